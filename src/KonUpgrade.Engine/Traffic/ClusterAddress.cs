using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>A load balancer of a cluster: the name or address that its controller has told in the status of an object.</summary>
/// <param name="Kind"><c>Ingress</c>, <c>Service</c>, <c>Gateway</c>, or <c>IngressRequest</c> of Konstellation, whose Ingresses name no hosts.</param>
/// <param name="Namespace">The object's namespace.</param>
/// <param name="Name">The object's name.</param>
/// <param name="Address">The load balancer's host name in small letters, or its IP address.</param>
/// <param name="Hosts">The host names that the object says it serves; empty where it says none.</param>
public sealed record ClusterAddress(string Kind, string Namespace, string Name, string Address, IReadOnlyList<string> Hosts)
{
    private const string HostNameAnnotation = "external-dns.alpha.kubernetes.io/hostname";

    private static readonly ApiResource s_ingresses = new() { Group = "networking.k8s.io", Version = "v1", Kind = "Ingress", Plural = "ingresses", Singular = "ingress", Namespaced = true };

    /// <summary>How messages and parameters name the object: <c>Ingress istio-system/shop</c>.</summary>
    public string Source => $"{Kind} {Namespace}/{Name}";

    /// <summary>The load balancers of a cluster, by their objects' names. A login that reads Ingresses and Services does.</summary>
    /// <exception cref="UpgradeException">What the API server says.</exception>
    public static async Task<IReadOnlyList<ClusterAddress>> ListAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var found = new List<ClusterAddress>();
        var catalog = await cluster.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        ApiResource?[] kinds =
        [
            catalog.FindPreferred("networking.k8s.io", "Ingress") ?? s_ingresses, CoreResources.Services,
            catalog.FindPreferred("gateway.networking.k8s.io", "Gateway"), catalog.FindPreferred("k11n.dev", "IngressRequest"),
        ];
        foreach (var resource in kinds)
        {
            if (resource is null)
                continue;
            await foreach (var o in cluster.Client.ListAsync(resource, [], cancellationToken).ConfigureAwait(false))
            {
                using (o)
                    found.AddRange(Of(o));
            }
        }
        return [.. found.OrderBy(static address => address.Source, StringComparer.Ordinal).ThenBy(static address => address.Address, StringComparer.Ordinal)];
    }

    private static IEnumerable<ClusterAddress> Of(KubernetesObject o)
    {
        var status = o.Root.Member("status"u8);
        var addresses = status.Member("loadBalancer"u8).Objects("ingress").Select(static part => part.Text("hostname") is { Length: > 0 } host ? host : part.Text("ip"))
            .Concat(status.Objects("addresses").Select(static part => part.Text("value")))
            .Append(status.Text("address"));
        var spec = o.Root.Member("spec"u8);
        var hosts = spec.Objects("rules").Select(static rule => rule.Text("host"))
            .Concat(spec.Objects("tls").SelectMany(static tls => tls.Texts("hosts")))
            .Concat(spec.Objects("listeners").Select(static listener => listener.Text("hostname")))
            .Concat(spec.Texts("hosts"))
            .Concat((o.Annotation(HostNameAnnotation) ?? "").Split(','));
        IReadOnlyList<string> named = [.. hosts.OfType<string>().Select(HostNames.Normal).OfType<string>().Distinct(StringComparer.Ordinal)];
        return [.. addresses.OfType<string>().Where(static address => address.Length > 0).Select(address => new ClusterAddress(o.Kind, o.Namespace ?? "", o.Name, HostNames.Target(address), named))];
    }
}
