using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Drops the addresses, address families and ports that this cluster gave to a Service. They stay where they are a
/// choice: the <c>None</c> of a headless Service, what somebody asked for (as the last applied configuration or the
/// field managers tell), and everything of an ExternalName.
/// </summary>
internal sealed class ServiceRule : IManifestRule
{
    private static readonly ManifestEdit s_clusterIp = new(FieldPath.Of("spec", "clusterIP"), null);
    private static readonly ManifestEdit s_clusterIps = new(FieldPath.Of("spec", "clusterIPs"), null);
    private static readonly ManifestEdit s_healthCheck = new(FieldPath.Of("spec", "healthCheckNodePort"), null);
    private static readonly ManifestEdit s_families = new(FieldPath.Of("spec", "ipFamilies"), null);
    private static readonly ManifestEdit s_familyPolicy = new(FieldPath.Of("spec", "ipFamilyPolicy"), null);
    private static readonly FieldPath s_ports = FieldPath.Of("spec", "ports");

    public string Name => "Service";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("", "Service");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var spec = o.Root.Member("spec"u8);
        if (spec.Member("type"u8).Is("ExternalName"u8))
            return;
        if (!spec.Member("clusterIP"u8).Is("None"u8))
        {
            outcome.Edit(s_clusterIp);
            outcome.Edit(s_clusterIps);
        }

        using var choices = new ServiceChoices(o);
        if (choices.AreKnown && !choices.Families)
            outcome.Edit(s_families);
        if (choices.AreKnown && !choices.FamilyPolicy)
            outcome.Edit(s_familyPolicy);
        if (!choices.HealthCheckNodePort)
            outcome.Edit(s_healthCheck);
        var index = 0;
        foreach (var port in spec.Member("ports"u8).Elements())
        {
            if (HasNodePort(port) && !choices.NodePort(port))
                outcome.Drop(s_ports.Element(index).Member("nodePort"));
            index++;
        }
    }

    private static bool HasNodePort(JsonPart port) => port.Member("nodePort"u8).ValueKind == JsonValueKind.Number;
}
