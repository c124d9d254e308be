using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// A webhook with side effects (<c>sideEffects</c> Some or Unknown, which only objects of v1beta1 may still say) is not
/// asked in a dry run: the API server answers 400 in its stead, and nobody knows what the webhook would have said.
/// </summary>
internal static class DryRunRefusal
{
    /// <summary>What the server says of the webhook; null for any other failure.</summary>
    public static string? Of(KubernetesApiException exception) =>
        exception.StatusCode == 400 && exception.Failure.Message.Contains("does not support dry run", StringComparison.Ordinal)
            ? $"Not tried on the server: {exception.Failure.Message}"
            : null;
}
