using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// One thing that is true of what leaves a cluster: fields that belong to the cluster and not to the object's owner, or
/// objects that must not travel. A rule has no state and is used by several threads.
/// </summary>
public interface IManifestRule
{
    /// <summary>A name for messages, in PascalCase.</summary>
    string Name { get; }

    /// <summary>Whether the rule has anything to say about a kind. Asked once a kind.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="kind">The kind.</param>
    bool AppliesTo(string group, string kind);

    /// <summary>Looks at an object and tells what to change, or that it stays behind.</summary>
    void Apply(KubernetesObject o, RuleOutcome outcome);
}
