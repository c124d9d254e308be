using System.Collections.Concurrent;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Cleaning;

/// <summary>
/// Objects as an export writes them: without what belongs to their cluster. What a server wrote (it has a UID, also in a
/// file of <c>kubectl get -o yaml</c>) goes through the rules of an export. What people wrote has none and is taken as it
/// is: a nodePort in it is there because somebody wants it.
/// </summary>
internal sealed class CleanManifests(SystemDescription system, SecretHandling secrets)
{
    private readonly ManifestRules _rules = new(system, secrets, new HeldObjectsRule());
    private readonly ConcurrentDictionary<(string Group, string Kind), ManifestRules> _byKind = new();
    private readonly ConcurrentBag<(ManifestWriter Writer, RuleOutcome Outcome)> _idle = [];

    /// <summary>Whether a ServiceAccount <c>default</c> is taken, too, to which nobody has added anything. An export leaves it to the namespace.</summary>
    public bool BareAccounts { get; init; }

    /// <summary>Whether a server wrote the object.</summary>
    public static bool IsOfServer(KubernetesObject o) => o.Uid is { Length: > 0 };

    /// <summary>The checksum of the object's canonical YAML; null where it does not travel.</summary>
    public string? Sha256Of(KubernetesObject o) => Use(o, (writer, edits) => Sha256.Of(writer.ToYaml(o, edits).Span), out _);

    /// <summary>The object; null where it does not travel.</summary>
    /// <param name="o">The object.</param>
    /// <param name="leftOut">Why it does not travel, or null.</param>
    public KubernetesObject? Clean(KubernetesObject o, out string? leftOut) => Use(o, (writer, edits) => KubernetesObject.Copy(writer.ToJson(o, edits).Span), out leftOut);

    private ManifestRules RulesFor(string group, string kind)
    {
        var rules = _rules.ForKind(group, kind);
        return BareAccounts ? rules.Without(DefaultServiceAccountRule.RuleName) : rules;
    }

    private T? Use<T>(KubernetesObject o, Func<ManifestWriter, IReadOnlyList<ManifestEdit>, T> write, out string? leftOut)
        where T : class
    {
        if (!_idle.TryTake(out var tools))
            tools = (new ManifestWriter(), new RuleOutcome());
        try
        {
            tools.Outcome.Clear();
            if (IsOfServer(o))
                _byKind.GetOrAdd((o.Group, o.Kind), kind => RulesFor(kind.Group, kind.Kind)).Apply(o, tools.Outcome);
            leftOut = tools.Outcome.LeftOutReason;
            return leftOut is null ? write(tools.Writer, tools.Outcome.Edits) : null;
        }
        finally
        {
            _idle.Add(tools);
        }
    }
}
