using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// Which ports and address families of a Service somebody asked for. The server gives them after it has noted who set
/// which field, so a field manager that owns a nodePort wrote it (Velero tells them apart the same way; seen on servers
/// of 1.33 and 1.36).
/// </summary>
internal sealed class ServiceChoices : IDisposable
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private readonly JsonIndex? _lastApplied;
    private readonly JsonPart _applied;
    private readonly List<JsonPart> _owned = [];

    public ServiceChoices(KubernetesObject o)
    {
        if (o.Annotation(LastApplied) is { } text)
        {
            try
            {
                _lastApplied = JsonIndex.Parse(text);
                _applied = _lastApplied.Root.Member("spec"u8);
            }
            catch (JsonException)
            {
                // An annotation that is no JSON tells nothing; the field managers still may.
            }
        }

        foreach (var entry in o.Metadata.Member("managedFields"u8).Elements())
        {
            if (entry.Member("subresource"u8).ValueKind != JsonValueKind.String)
                _owned.Add(entry.Member("fieldsV1"u8).Member("f:spec"u8));
        }
    }

    /// <summary>Whether somebody asked for the port of the health check.</summary>
    public bool HealthCheckNodePort =>
        _applied.Member("healthCheckNodePort"u8).ValueKind == JsonValueKind.Number
        || _owned.Exists(spec => spec.Member("f:healthCheckNodePort"u8).ValueKind == JsonValueKind.Object);

    /// <summary>Whether the server noted who set the fields at all.</summary>
    public bool AreKnown => _owned.Exists(spec => spec.ValueKind == JsonValueKind.Object);

    /// <summary>Whether somebody asked for certain address families.</summary>
    public bool Families => _applied.Member("ipFamilies"u8).HasContent || _owned.Exists(spec => spec.Member("f:ipFamilies"u8).ValueKind == JsonValueKind.Object);

    /// <summary>Whether somebody asked for one family or two.</summary>
    public bool FamilyPolicy =>
        _applied.Member("ipFamilyPolicy"u8).ValueKind == JsonValueKind.String
        || _owned.Exists(spec => spec.Member("f:ipFamilyPolicy"u8).ValueKind == JsonValueKind.Object);

    /// <summary>Whether somebody asked for a port's nodePort.</summary>
    public bool NodePort(JsonPart port)
    {
        foreach (var applied in _applied.Member("ports"u8).Elements())
        {
            if (applied.Member("nodePort"u8).ValueKind == JsonValueKind.Number && IsSame(applied, port))
                return true;
        }

        foreach (var spec in _owned)
        {
            var ports = spec.Member("f:ports"u8);
            if (ports.ValueKind != JsonValueKind.Object)
                continue;
            foreach (var owned in ports.EnumerateObject())
            {
                if (owned.Value.Member("f:nodePort"u8).ValueKind == JsonValueKind.Object && IsKeyOf(owned.Name, port))
                    return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _lastApplied?.Dispose();

    private static bool IsSame(JsonPart left, JsonPart right) =>
        Number(left) == Number(right) && Protocol(left) == Protocol(right);

    // k:{"port":80,"protocol":"TCP"}
    private static bool IsKeyOf(string name, JsonPart port)
    {
        if (!name.StartsWith("k:", StringComparison.Ordinal))
            return false;
        try
        {
            using var key = JsonIndex.Parse(name[2..]);
            return IsSame(key.Root, port);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int Number(JsonPart port) =>
        port.Member("port"u8) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : -1;

    private static string Protocol(JsonPart port) => port.Member("protocol"u8).Text() ?? "TCP";
}
