using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>What became of a step, or of taking it back.</summary>
/// <param name="Text">What it brought about, for people.</param>
internal sealed record StepResult(string Text)
{
    /// <summary>What later steps use of it, and where it has left lists for reports; also where it failed or asks.</summary>
    public IReadOnlyDictionary<string, string> Output { get; init; } = new Dictionary<string, string>();

    /// <summary>What went wrong; null where it is done.</summary>
    public Failure? Failure { get; init; }

    /// <summary>On the way back, the classes of workloads of which not all could be changed; null where nothing is known of that.</summary>
    public WorkloadClass? NotDone { get; init; }

    /// <summary>What an approval is for: these things and no others.</summary>
    /// <param name="what">What they are.</param>
    /// <param name="names">They, in order.</param>
    public static string PointOf(string what, IEnumerable<string> names) =>
        $"{what} {Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))))[..16]}";

    /// <summary>Adds its output to what a line of the journal tells.</summary>
    public void AddOutputTo(JsonObject data)
    {
        if (Output.Count > 0)
            data["output"] = new JsonObject(Output.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value)));
    }

    /// <summary>What somebody has to approve before it is done; null for nothing. What is approved is this and nothing else.</summary>
    public string? ApprovalPoint { get; init; }
}
