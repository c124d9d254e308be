using System.Collections.Concurrent;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>
/// Objects as an export writes them: without what belongs to their cluster. Both sides of a comparison go through the
/// same rules, so that what they clear or leave out is no difference.
/// </summary>
internal sealed class CleanManifests(SystemDescription system, bool secrets)
{
    private readonly ManifestRules _rules = new(system, secrets ? SecretHandling.Include : SecretHandling.Skip, new HeldObjectsRule());
    private readonly ConcurrentDictionary<(string Group, string Kind), ManifestRules> _byKind = new();
    private readonly ConcurrentBag<(ManifestWriter Writer, RuleOutcome Outcome)> _idle = [];

    /// <summary>The checksum of the object's canonical YAML; null where it does not travel.</summary>
    public string? Sha256Of(KubernetesObject o) => Use(o, (writer, edits) => Sha256.Of(writer.ToYaml(o, edits).Span));

    /// <summary>The object; null where it does not travel.</summary>
    public KubernetesObject? Clean(KubernetesObject o) => Use(o, (writer, edits) => KubernetesObject.Copy(writer.ToJson(o, edits).Span));

    private T? Use<T>(KubernetesObject o, Func<ManifestWriter, IReadOnlyList<ManifestEdit>, T> write)
        where T : class
    {
        if (!_idle.TryTake(out var tools))
            tools = (new ManifestWriter(), new RuleOutcome());
        try
        {
            // What people wrote has no UID and is taken as it is.
            tools.Outcome.Clear();
            if (o.Uid is { Length: > 0 })
                _byKind.GetOrAdd((o.Group, o.Kind), kind => _rules.ForKind(kind.Group, kind.Kind)).Apply(o, tools.Outcome);
            return tools.Outcome.LeftOutReason is null ? write(tools.Writer, tools.Outcome.Edits) : null;
        }
        finally
        {
            _idle.Add(tools);
        }
    }
}
