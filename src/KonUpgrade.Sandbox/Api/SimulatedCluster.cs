using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Api.BackEnds;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>One cluster without its network: what it keeps, what it serves, who may use it and what works in it unseen.</summary>
internal sealed class SimulatedCluster : IAsyncDisposable
{
    private readonly object _catalogGate = new();
    private readonly IReadOnlyList<ServedResource> _builtIn;
    private readonly List<ApiResource> _builtInResources;
    private ResourceCatalog _catalog;
    private long _catalogRevision;
    private SimulatedDataPlane? _plane;

    public SimulatedCluster(string name, KubernetesVersion version, Authenticator authenticator, FaultPlan faults, ClusterSettings settings)
    {
        Name = name;
        Version = version;
        Authenticator = authenticator;
        Faults = faults;
        Settings = settings;
        _builtIn = BuiltInKinds.For(version.Minor);
        _builtInResources = BuildResources();
        _catalog = BuildCatalog([]);
        Definitions = new CustomResourceDefinitions(this);
        Kinds = new KindBehaviors(this);
        Writes = new ObjectWrites(this);
        Deletions = new ObjectDeletions(this);
        Evictions = new PodEvictions(this);
        Controllers = new ControllerLoop(this);
        ClusterContent.Lay(this);
        Controllers.Start();
    }

    public string Name { get; }

    public KubernetesVersion Version { get; }

    public ClusterSettings Settings { get; }

    /// <summary>Who signs the tokens of its ServiceAccounts.</summary>
    public string Issuer { get; set; } = "https://kubernetes.default.svc.cluster.local";

    public ClusterStore Store { get; } = new();

    public Authenticator Authenticator { get; }

    public Authorizer Authorizer { get; } = new();

    public FaultPlan Faults { get; }

    /// <summary>What answers behind its Services.</summary>
    public BackEndTable BackEnds { get; } = new();

    /// <summary>What was asked for so far.</summary>
    public RequestCounts Requests { get; } = new();

    public ObjectWrites Writes { get; }

    public ObjectDeletions Deletions { get; }

    public PodEvictions Evictions { get; }

    public DisruptionLog Disruptions { get; } = new();

    public CustomResourceDefinitions Definitions { get; }

    public KindBehaviors Kinds { get; }

    public ControllerLoop Controllers { get; }

    /// <summary>What makes it live; null while it is a mere API server.</summary>
    public SimulatedDataPlane? Plane => Volatile.Read(ref _plane);

    /// <summary>The time in the cluster.</summary>
    public DateTimeOffset Now => Plane?.Clock.Now ?? DateTimeOffset.UtcNow;

    /// <summary>What is served at this moment.</summary>
    public ResourceCatalog Catalog => Volatile.Read(ref _catalog);

    /// <summary>A built-in kind in its storage version.</summary>
    public ApiResource BuiltIn(string group, string plural)
        => Catalog.Resources.First(resource => !resource.IsCustom && resource.Group == group && resource.Plural == plural && resource.ApiVersion == resource.StorageApiVersion);

    /// <summary>Reads the CRDs anew, after one came, changed or went.</summary>
    public void RefreshCatalog()
    {
        lock (_catalogGate)
        {
            ResourceCatalog before = _catalog, after = BuildCatalog(Definitions.Served());
            Volatile.Write(ref _catalog, after);
            // A kind that goes or is defined anew takes its watches with it. The catalog came first: who subscribes from
            // now on sees it.
            foreach (ApiResource old in before.Resources.Where(resource => resource.IsCustom))
            {
                if (!ReferenceEquals(after.Find(old.Group, old.Version, old.Plural)?.Definition, old.Definition)) Store.CompleteSubscriptions(old.Collection);
            }
        }
    }

    /// <summary>Makes it live; whoever comes second changes how.</summary>
    public SimulatedDataPlane StartPlane(DataPlaneSettings settings)
    {
        lock (_catalogGate)
        {
            if (Plane is { } running)
            {
                running.Change(settings);
                return running;
            }
            var plane = new SimulatedDataPlane(this, settings);
            // Deletions are graceful from the first moment that somebody ends what is deleted.
            Volatile.Write(ref _plane, plane);
            plane.Start();
            return plane;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Plane is { } plane) await plane.DisposeAsync();
        await Controllers.DisposeAsync();
    }

    private ResourceCatalog BuildCatalog(IReadOnlyList<ApiResource> custom) => new([.. _builtInResources, .. custom], ++_catalogRevision);

    private List<ApiResource> BuildResources()
    {
        var resources = new List<ApiResource>();
        foreach (ServedResource served in _builtIn)
        {
            string store = served.Kind.HomeGroup.Length == 0 ? served.Kind.Plural : $"{served.Kind.Plural}.{served.Kind.HomeGroup}";
            ServedResource stored = _builtIn.First(other => other.Kind.Kind == served.Kind.Kind && other.Kind.HomeGroup == served.Kind.HomeGroup && other.StorageVersion);
            resources.Add(new ApiResource
            {
                Group = served.Group,
                Version = served.Version,
                Plural = served.Kind.Plural,
                Singular = served.Kind.Singular,
                Kind = served.Kind.Kind,
                ListKind = served.Kind.ListKind,
                Namespaced = served.Kind.Namespaced,
                ShortNames = served.Kind.ShortNames,
                Categories = served.Kind.Categories,
                Verbs = served.Kind.Verbs,
                Subresources = served.Kind.Subresources,
                Scale = served.Kind.Subresources.Contains("scale") ? ScaleFields.BuiltIn : null,
                Schema = served.Schema,
                Collection = Store.Collection(store),
                StorageApiVersion = stored.ApiVersion,
                Convert = ConvertBuiltIn(served.Kind),
                Described = served,
            });
        }
        return resources;
    }

    private Func<JsonObject, string, string, JsonObject> ConvertBuiltIn(BuiltInKind kind)
    {
        ServedResource Find(string apiVersion) => _builtIn.First(served => served.Kind.Kind == kind.Kind && served.Kind.HomeGroup == kind.HomeGroup && served.ApiVersion == apiVersion);
        // A copy: what was asked for is still validated in its own version.
        return (item, from, to) => from == to ? item : Conversion.Convert((JsonObject)item.DeepClone(), Find(from), Find(to));
    }
}
