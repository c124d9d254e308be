namespace KonUpgrade.Model;

/// <summary>The one family of exceptions that KonUpgrade throws on purpose: each carries a <see cref="Model.Failure"/>.</summary>
/// <param name="failure">What went wrong.</param>
/// <param name="innerException">The exception that caused it, if any.</param>
public class UpgradeException(Failure failure, Exception? innerException = null)
    : Exception((failure ?? throw new ArgumentNullException(nameof(failure))).Message, innerException)
{
    /// <summary>What went wrong, with its stable id and what to do next.</summary>
    public Failure Failure { get; } = failure;
}
