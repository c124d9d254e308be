using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>A rule of the part <c>hold</c> of a system's description: by what its workloads are held back.</summary>
public sealed record SystemHold
{
    /// <summary>The kinds, each by itself: <c>App.k11n.dev</c>.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Scheduled or Serving.</summary>
    public required WorkloadClass Class { get; init; }

    /// <summary>The fields that hold, with their values as JSON; a null value stands for the time of the hold.</summary>
    public required IReadOnlyList<KeyValuePair<FieldPath, string?>> Fields { get; init; }

    /// <summary>Whether what it runs ends with the hold, and can be waited for; not where only a controller's work at it stops.</summary>
    public bool Waits { get; init; } = true;

    /// <summary>What the kinds begin that runs on for itself, beside Jobs and Pods.</summary>
    public IReadOnlyList<SystemBegun> Begins { get; init; } = [];

    internal static SystemHold Read(DescriptionNode node)
    {
        var kinds = node.Texts("kinds");
        if (kinds.Count == 0)
            throw node.Error("kinds", "The rule names no kinds.");
        if (kinds.FirstOrDefault(kind => kind.Contains('*', StringComparison.Ordinal)) is { } pattern)
            throw node.Error("kinds", $"'{pattern}' is no kind: a hold names each kind by itself, since each has its own fields.");
        var fields = new List<KeyValuePair<FieldPath, string?>>();
        foreach (var (field, json) in node.Scalars("set"))
            fields.Add(KeyValuePair.Create<FieldPath, string?>(PathOf(node, "set", field), json));
        foreach (var field in node.Texts("stamp"))
            fields.Add(KeyValuePair.Create<FieldPath, string?>(PathOf(node, "stamp", field), null));
        if (fields.Count == 0)
            throw node.Error("set", "The rule needs fields that hold: set (fields with values) or stamp (fields that get the time).");
        return new SystemHold
        {
            Kinds = kinds,
            Class = node.RequiredText("class") switch
            {
                nameof(WorkloadClass.Scheduled) => WorkloadClass.Scheduled,
                nameof(WorkloadClass.Serving) => WorkloadClass.Serving,
                var other => throw node.Error("class", $"'{other}' is no class: a workload is Scheduled (it begins work by itself) or Serving (it runs all the time)."),
            },
            Fields = fields,
            Waits = node.Flag("waits", otherwise: true),
            Begins = [.. node.Items("begins").Select(SystemBegun.Read)],
        };
    }

    private static FieldPath PathOf(DescriptionNode node, string name, string field)
    {
        if (!FieldPath.TryParse(field, out var path))
            throw node.Error(name, $"'{field}' is no field's path, such as spec.suspend or spec.targets[*].deployMode.");
        if (SystemExport.Identity.Contains(path))
            throw node.Error(name, $"'{field}' can't hold: by apiVersion, kind, metadata.name and metadata.namespace an object is known.");
        var lists = 0;
        foreach (var step in path.Steps)
        {
            if (step.Name is null && (step.Index >= 0 || ++lists > 1))
                throw node.Error(name, $"'{field}' leads through more than one list, or to one element of a list; at most one [*] can be held.");
        }
        return path.Steps[^1].Name is not null && path.Steps[0].Name is not null ? path : throw node.Error(name, $"'{field}' names no field of an object.");
    }
}
