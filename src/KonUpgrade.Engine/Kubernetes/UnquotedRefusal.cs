using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What servers say of objects that hold what only some may see: a message may quote the very value that it refuses.</summary>
internal static class UnquotedRefusal
{
    /// <summary>The failure without what the server said in words.</summary>
    /// <param name="exception">What went wrong. What no server said quotes nothing, and stays as it is.</param>
    /// <param name="what">The object, as people write it.</param>
    /// <param name="recommendation">What to do to see what the server says.</param>
    public static Failure Of(UpgradeException exception, string what, string recommendation)
    {
        if (exception is not KubernetesApiException { StatusCode: not 0 } refusal)
            return exception.Failure;
        var fields = refusal.Causes.Select(cause => Plain(cause.Field)).Where(field => field.Length > 0).Distinct(StringComparer.Ordinal).Take(5).ToList();
        return refusal.Failure with
        {
            Message = $"{what} was refused: HTTP {refusal.StatusCode} {refusal.Reason}{(fields.Count > 0 ? $" ({string.Join(", ", fields)})" : "")}. What the server said is not shown, since it may quote what the object holds.",
            Recommendation = recommendation,
            Target = what,
        };
    }

    // Keys of maps are written in brackets, and are the owner's own words.
    private static string Plain(string field) => field.IndexOf('[', StringComparison.Ordinal) is var bracket and >= 0 ? field[..bracket] : field;
}
