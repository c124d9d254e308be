using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration.Cleaning;

/// <summary>
/// Writes what is held as it was before: nobody wanted it suspended, but until it is resumed. What somebody has changed
/// since is written as they set it.
/// </summary>
internal sealed class HeldObjectsRule : IManifestRule
{
    public string Name => "HeldObjects";

    public bool AppliesTo(string group, string kind) => true;

    /// <exception cref="KonUpgrade.Model.UpgradeException">HoldStateDamaged: nobody can tell what it was before.</exception>
    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        // Most objects are not held: looking for the bytes is much cheaper than reading annotations.
        if (o.Json.Span.IndexOf("\"konupgrade.dev/held\""u8) < 0 || WorkloadHold.Release(o) is not { } before)
            return;
        foreach (var (path, value) in before.Changes)
        {
            if (value is { } json)
                outcome.Replace(path, json);
            else
                outcome.Drop(path);
        }
        if (before.Fields.Count > 0)
            outcome.Note($"It is held, and written as it was before: {string.Join(", ", before.Fields.Select(f => $"{f.Path} {f.After ?? "(none)"}"))}.");
        // Kept as well where somebody has started it, or where nobody can tell what was given which value.
        foreach (var kept in before.Kept)
            outcome.Note(kept);
    }
}
