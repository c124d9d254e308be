using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out the namespace <c>konupgrade</c>, in which runs of upgrades keep their journals, and all that is in it.</summary>
internal sealed class JournalNamespaceRule : IManifestRule
{
    private const string JournalNamespace = "konupgrade";

    public string Name => "JournalNamespace";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var scope = o.Metadata.Member("namespace"u8);
        if (scope.Is("konupgrade"u8) || o is { Kind: "Namespace", Group: "", Name: JournalNamespace })
            outcome.LeaveOut("It belongs to KonUpgrade's own runs on this cluster.");
    }
}
