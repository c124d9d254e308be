using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>RuntimeClasses of node.k8s.io/v1alpha1, which had a spec, on their way to later versions.</summary>
internal sealed class RuntimeClassConverter : IObjectConverter
{
    private const string Group = "node.k8s.io";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["RuntimeClass"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from == Group + "/v1alpha1" && to is Group + "/v1beta1" or Group + "/v1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        if (o.Take("spec") is not JsonObject spec)
            return [];
        foreach (var (from, name) in ((string, string)[])[("runtimeHandler", "handler"), ("overhead", "overhead"), ("scheduling", "scheduling")])
        {
            if (spec.Take(from) is { } value)
                o[name] = value;
        }

        return [];
    }
}
