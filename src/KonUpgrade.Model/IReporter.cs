namespace KonUpgrade.Model;

/// <summary>
/// What an operation tells beside its results. Calls come from any thread and must not block for long;
/// whoever implements it brings the messages to the right place.
/// </summary>
public interface IReporter
{
    /// <summary>How far an activity has come. Called often; the receiver coalesces.</summary>
    void Progress(ProgressReport report);

    /// <summary>A decision, or a call that was made.</summary>
    void Verbose(string message);

    /// <summary>Wire detail, with secrets masked.</summary>
    void Debug(string message);

    /// <summary>Something surprising that does not stop the work.</summary>
    void Warning(string message);

    /// <summary>A milestone.</summary>
    void Information(string message);
}
