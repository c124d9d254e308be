using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Api.BackEnds;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>One simulated cluster of a running sandbox.</summary>
public sealed class SandboxCluster
{
    private readonly SimulatedCluster _cluster;

    internal SandboxCluster(SimulatedCluster cluster, Uri uri)
    {
        _cluster = cluster;
        Uri = uri;
    }

    /// <summary>Its name, and that of its kubeconfig context with all rights.</summary>
    public string Name => _cluster.Name;

    /// <summary>The version as <c>/version</c> tells it, such as <c>v1.32.0</c>.</summary>
    public string Version => _cluster.Version.GitVersion;

    /// <summary>Where it is served.</summary>
    public Uri Uri { get; }

    /// <summary>Where a server answers in the stead of its load balancers, by the host that is asked for; null where it has none.</summary>
    public Uri? LoadBalancerUri { get; internal set; }

    /// <summary>A bearer token of its administrator, for clients that read no kubeconfig.</summary>
    public string AdminToken => _cluster.Authenticator.AdminToken;

    /// <summary>The revision of its last change.</summary>
    public long Revision => _cluster.Store.Revision;

    /// <summary>Its data plane; null while the cluster is a mere API server.</summary>
    public SandboxDataPlane? DataPlane => _cluster.Plane is { } plane ? new SandboxDataPlane(_cluster, plane) : null;

    /// <summary>Makes the cluster live: nodes, a scheduler, kubelets and controllers. When it lives already it changes how.</summary>
    public SandboxDataPlane StartDataPlane(DataPlaneSettings? settings = null) => new(_cluster, _cluster.StartPlane(settings ?? new DataPlaneSettings()));

    /// <summary>How many objects of a kind it has; 0 for a kind that it does not know.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="plural">The plural.</param>
    public int Count(string group, string plural)
        => _cluster.Catalog.FindPreferred(group, plural) is { } resource ? _cluster.Store.Snapshot(resource.Collection).Objects.Count : 0;

    /// <summary>
    /// Lays objects into the cluster, past the network, the write delay and the faults, but by its rules. They keep their
    /// status, and where they have them their UID, times, generation and managedFields. Namespaces that are missing are
    /// made; owners without a UID get the UID of the object that they name; a CRD is served at once.
    /// </summary>
    /// <param name="objects">Each one Kubernetes object as JSON.</param>
    /// <param name="fieldManager">Who owns their fields, where they do not tell.</param>
    /// <exception cref="SandboxException">An object is refused; those before it stay.</exception>
    public int Seed(IEnumerable<string> objects, string fieldManager = "sandbox")
    {
        ArgumentNullException.ThrowIfNull(objects);
        return Seed(objects.Select(json => JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(json))), fieldManager);
    }

    /// <inheritdoc cref="Seed(IEnumerable{string}, string)"/>
    public int Seed(IEnumerable<JsonObject> objects, string fieldManager = "sandbox")
    {
        ArgumentNullException.ThrowIfNull(objects);
        var seeding = new Seeding(_cluster, fieldManager);
        int count = 0;
        foreach (JsonObject item in objects)
        {
            seeding.Lay(item);
            count++;
        }
        return count;
    }

    /// <summary>Applies an object as a controller would (server-side apply), past the network and the faults, but by the cluster's rules.</summary>
    /// <param name="object">The object as JSON.</param>
    /// <param name="fieldManager">Who applies it.</param>
    /// <exception cref="SandboxException">The cluster does not serve the kind, or refuses the object.</exception>
    public void Apply(string @object, string fieldManager)
    {
        JsonObject item = JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(@object));
        Write(Metadata.Text(item, "apiVersion"), Metadata.Text(item, "kind"), Metadata.Namespace(item), Metadata.Name(item),
            (resource, ns, name) => _cluster.Writes.Apply(resource, ns, name, string.Empty, item, new WriteOptions { Manager = fieldManager }));
    }

    /// <summary>Changes an object (merge patch), past the network and the faults, but by the cluster's rules.</summary>
    /// <param name="apiVersion">The object's apiVersion.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="namespace">Its namespace; empty for what lives in the cluster.</param>
    /// <param name="name">Its name.</param>
    /// <param name="patch">What changes, as JSON.</param>
    /// <param name="fieldManager">Who changes it.</param>
    /// <exception cref="SandboxException">It is not there, or the cluster refuses the change.</exception>
    public void Patch(string apiVersion, string kind, string @namespace, string name, string patch, string fieldManager)
        => Write(apiVersion, kind, @namespace, name, (resource, ns, _) => _cluster.Writes.Patch(
            resource, ns, name, string.Empty, JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(patch)), strategic: false, new WriteOptions { Manager = fieldManager }));

    /// <summary>Everything that the cluster has, as it lies in its store.</summary>
    public IEnumerable<JsonObject> Objects()
        => _cluster.Store.Collections().SelectMany(collection => _cluster.Store.Snapshot(collection).Objects).Select(item => JsonTree.ParseObject(item.Json));

    /// <summary>Makes many small custom objects (<c>samples.bench.konupgrade.dev</c>), for measuring.</summary>
    /// <param name="count">How many.</param>
    /// <param name="namespace">Where; made when it is missing.</param>
    public int SeedSamples(int count, string @namespace = "default") => new Seeding(_cluster, "sandbox").LaySamples(count, @namespace);

    /// <summary>Takes rights away.</summary>
    public void Deny(DeniedAccess denied)
    {
        ArgumentNullException.ThrowIfNull(denied);
        _cluster.Authorizer.Deny(denied);
    }

    /// <summary>Gives all rights back that <see cref="Deny"/> took.</summary>
    public void AllowAgain() => _cluster.Authorizer.AllowAgain();

    /// <summary>Lets somebody answer behind a Service who is asked through the API server, before all who did so far.</summary>
    public void PutBackEnd(BackEnd backEnd)
    {
        ArgumentNullException.ThrowIfNull(backEnd);
        _cluster.BackEnds.Put(backEnd);
    }

    /// <summary>Takes away all that <see cref="PutBackEnd"/> put.</summary>
    public void ClearBackEnds() => _cluster.BackEnds.Clear();

    /// <summary>Forgets the past, as etcd's compaction does: older watches and pages answer 410.</summary>
    public void Compact() => _cluster.Store.Compact();

    private void Write(string apiVersion, string kind, string @namespace, string name, Action<ApiResource, string, string> write)
    {
        if (_cluster.Catalog.FindKind(apiVersion, kind) is not { } resource)
            throw new SandboxException($"{Name} ({Version}) does not serve {kind} in {apiVersion}.");
        try
        {
            write(resource, resource.Namespaced ? @namespace : string.Empty, name);
        }
        catch (ApiError refused)
        {
            throw new SandboxException($"{Name} refuses the change of {kind} {@namespace}/{name}: {refused.Message}", refused);
        }
    }

    internal SimulatedCluster Simulated => _cluster;
}
