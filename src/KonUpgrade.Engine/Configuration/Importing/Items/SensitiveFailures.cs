using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>What servers say of objects that hold what only some may see: a message may quote the very value that it refuses.</summary>
internal static class SensitiveFailures
{
    /// <summary>The failure without what the server said in words.</summary>
    public static Failure Of(UpgradeException exception, ImportItem item)
    {
        // What no server said quotes nothing.
        if (exception is not KubernetesApiException { StatusCode: not 0 } refusal)
            return exception.Failure;
        var fields = refusal.Causes.Select(cause => Plain(cause.Field)).Where(field => field.Length > 0).Distinct(StringComparer.Ordinal).Take(5).ToList();
        return refusal.Failure with
        {
            Message = $"{item} was refused: HTTP {refusal.StatusCode} {refusal.Reason}{(fields.Count > 0 ? $" ({string.Join(", ", fields)})" : "")}. What the server said is not shown, since it may quote what the object holds.",
            Recommendation = "Try to create the object by hand to see what the server says (kubectl create --dry-run=server).",
            Target = item.ToString(),
        };
    }

    // Keys of maps are written in brackets, and are the owner's own words.
    private static string Plain(string field) => field.IndexOf('[', StringComparison.Ordinal) is var bracket and >= 0 ? field[..bracket] : field;
}
