using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>
/// How a single Pod behaves, where it differs from the settings: annotations of the Pod, or labels, of the prefix
/// <c>sandbox.konupgrade.dev/</c>. Each is a time (<c>500ms</c>, <c>5s</c>, <c>2m</c>) or <c>never</c>, and counts from
/// the moment that it is read on the running Pod as well, so that a Pod can be made to fall ill. One that cannot be read
/// is told in the log, and does nothing:
/// <list type="bullet">
/// <item><c>start-after</c>: from the binding until its containers run.</item>
/// <item><c>ready-after</c>: from their start until it is ready.</item>
/// <item><c>complete-after</c>: from their start until they end with success.</item>
/// <item><c>fail-after</c>: from their start until they end with an error.</item>
/// <item><c>end-after</c>: from its deletion until it is gone, whatever its grace period says.</item>
/// </list>
/// </summary>
internal sealed record PodDirectives
{
    public const string Prefix = "sandbox.konupgrade.dev/";

    private static readonly PodDirectives None = new();

    /// <summary>One that is not known, or says no time; null for none.</summary>
    public string? Unreadable { get; private init; }

    public TimeSpan? StartAfter { get; private init; }

    public TimeSpan? ReadyAfter { get; private init; }

    public TimeSpan? CompleteAfter { get; private init; }

    public TimeSpan? FailAfter { get; private init; }

    public TimeSpan? EndAfter { get; private init; }

    public static PodDirectives Read(JsonObject metadata)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string place in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (metadata[place] is not JsonObject map) continue;
            foreach ((string key, JsonNode? value) in map)
            {
                if (key.StartsWith(Prefix, StringComparison.Ordinal) && value is JsonValue text && text.TryGetValue(out string? words)) found[key[Prefix.Length..]] = words;
            }
        }
        if (found.Count == 0) return None;
        string[] known = ["start-after", "ready-after", "complete-after", "fail-after", "end-after"];
        TimeSpan? Of(string name) => Durations.Read(found.GetValueOrDefault(name));
        return new PodDirectives
        {
            Unreadable = found.FirstOrDefault(entry => !known.Contains(entry.Key) || Of(entry.Key) is null).Key,
            StartAfter = Of("start-after"),
            ReadyAfter = Of("ready-after"),
            CompleteAfter = Of("complete-after"),
            FailAfter = Of("fail-after"),
            EndAfter = Of("end-after"),
        };
    }
}
