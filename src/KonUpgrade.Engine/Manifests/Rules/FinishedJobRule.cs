using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Leaves out Jobs that are over: on another cluster they would run once more.</summary>
internal sealed class FinishedJobRule : IManifestRule
{
    public string Name => "FinishedJob";

    public bool AppliesTo(string group, string kind) => (group, kind) is ("batch", "Job");

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        var status = o.Root.Member("status"u8);
        if (status.Member("completionTime"u8).ValueKind == JsonValueKind.String || Has(status, "Complete"u8))
            outcome.LeaveOut("The Job is complete and would run once more.");
        else if (Has(status, "Failed"u8))
            outcome.LeaveOut("The Job has failed and would run once more.");
    }

    private static bool Has(JsonPart status, ReadOnlySpan<byte> type)
    {
        foreach (var condition in status.Member("conditions"u8).Elements())
        {
            if (condition.Member("type"u8).Is(type) && condition.Member("status"u8).Is("True"u8))
                return true;
        }

        return false;
    }
}
