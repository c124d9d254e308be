using System.Collections.Concurrent;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Cleaning;

/// <summary>
/// Plain manifests that a server wrote (<c>kubectl get -o yaml</c>; they have a UID) get the same clean-up as an export.
/// What people wrote has none and is taken as it is: a nodePort in it is there because somebody wants it.
/// </summary>
internal sealed class ServerDump(SystemDescription system)
{
    // Who names a file with Secrets in it wants them to arrive.
    private readonly ManifestRules _rules = new(system, SecretHandling.Include, new HeldObjectsRule());
    private readonly ConcurrentDictionary<(string Group, string Kind), ManifestRules> _byKind = new();

    /// <summary>Whether a server wrote the object.</summary>
    public static bool Is(KubernetesObject o) => o.Uid is { Length: > 0 };

    /// <summary>The object without what belonged to its cluster.</summary>
    /// <param name="o">The object.</param>
    /// <param name="leftOut">Why it does not travel at all, or null.</param>
    public KubernetesObject Clean(KubernetesObject o, out string? leftOut)
    {
        var rules = _byKind.GetOrAdd((o.Group, o.Kind), kind => _rules.ForKind(kind.Group, kind.Kind));
        var outcome = new RuleOutcome();
        rules.Apply(o, outcome);
        leftOut = outcome.LeftOutReason;
        using var writer = new ManifestWriter();
        return KubernetesObject.Copy(writer.ToJson(o, outcome.Edits).Span);
    }
}
