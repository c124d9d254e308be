using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

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

    /// <summary>A bearer token of its administrator, for clients that read no kubeconfig.</summary>
    public string AdminToken => _cluster.Authenticator.AdminToken;

    /// <summary>The revision of its last change.</summary>
    public long Revision => _cluster.Store.Revision;

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

    /// <summary>Forgets the past, as etcd's compaction does: older watches and pages answer 410.</summary>
    public void Compact() => _cluster.Store.Compact();

    internal SimulatedCluster Simulated => _cluster;
}
