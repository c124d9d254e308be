namespace KonUpgrade.Model;

/// <summary>A reporter that keeps nothing.</summary>
public sealed class NullReporter : IReporter
{
    /// <summary>The one instance.</summary>
    public static NullReporter Instance { get; } = new();

    private NullReporter()
    {
    }

    /// <inheritdoc/>
    public void Progress(ProgressReport report)
    {
    }

    /// <inheritdoc/>
    public void Verbose(string message)
    {
    }

    /// <inheritdoc/>
    public void Debug(string message)
    {
    }

    /// <inheritdoc/>
    public void Warning(string message)
    {
    }

    /// <inheritdoc/>
    public void Information(string message)
    {
    }
}
