using System.Reflection;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Systems.Konstellation;
using KonUpgrade.Engine.Systems.Kubeflow;
using KonUpgrade.Engine.Systems.Kubermatic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems;

/// <summary>
/// The systems that come with KonUpgrade, a <c>system.yaml</c> each and code where data is not enough; and one of the
/// user's own beside them, where there is one.
/// </summary>
public sealed class SystemCatalog
{
    private const string Prefix = "Systems/";
    private const string Suffix = "system.yaml";
    private readonly SortedDictionary<string, SystemDefinition> _systems = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the descriptions.</summary>
    /// <param name="services">What the systems' code may use; null for the real ones.</param>
    /// <param name="own">A system of the user's own, or null.</param>
    /// <exception cref="UpgradeException">
    /// The user's own system has the name of one that comes with KonUpgrade (<c>SystemNameTaken</c>), or one of its checks has
    /// the id of another (<c>CheckNameTaken</c>).
    /// </exception>
    public SystemCatalog(SystemServices? services = null, SystemDescription? own = null)
    {
        services ??= new SystemServices();
        var assembly = typeof(SystemCatalog).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Suffix, StringComparison.Ordinal)))
        {
            var description = SystemDescription.Load(Read(assembly, resource), resource.Replace('\\', '/'));
            _systems.Add(description.Name, new SystemDefinition(description)
            {
                CreateImportHook = description.Name switch
                {
                    "Konstellation" => () => new KonstellationImport(services.Roles),
                    "Kubermatic" => () => new KubermaticImport(),
                    "KubeflowAws" => () => new KubeflowImport(),
                    _ => null,
                },
                Family = description.Name == "Kubermatic" ? new KubermaticFamily() : null,
            });
        }
        if (own is not null)
        {
            if (_systems.ContainsKey(own.Name))
                throw new UpgradeException(NameTaken(own.Name));
            SystemChecks.CheckIds(own, Descriptions);
            _systems.Add(own.Name, new SystemDefinition(own));
        }

        // What holds keys holds them whatever system is named, and what can't be without its status can't.
        var sensitive = _systems.Values.SelectMany(system => system.Description.Export.Sensitive).ToList();
        var keepStatus = _systems.Values.SelectMany(system => system.Description.Export.KeepStatus).Distinct(StringComparer.Ordinal).ToList();
        foreach (var (name, system) in _systems.ToList())
        {
            var description = system.Description;
            _systems[name] = system with { Description = description with { Export = description.Export with { Sensitive = sensitive, KeepStatus = keepStatus } } };
        }
        if (own is not null)
            Own = _systems[own.Name];
    }

    /// <summary>The layouts in which the systems' own programs write directories.</summary>
    public IReadOnlyList<IManifestLayout> Layouts => [new KonDirectory(_systems["Konstellation"].Description)];

    /// <summary>The system of the user's own, or null.</summary>
    public SystemDefinition? Own { get; }

    /// <summary>The system that carries everything of a cluster.</summary>
    public SystemDefinition Whole => _systems["Kubernetes"];

    /// <summary>
    /// The system that a cluster has: the one whose kinds it serves all. Where it has none, or kinds are selected that
    /// do not belong to it, or namespaces in which it carries nothing, the one that carries everything.
    /// </summary>
    /// <param name="served">What the cluster serves.</param>
    /// <param name="selection">What of the cluster is meant.</param>
    /// <param name="cluster">How messages name the cluster.</param>
    /// <exception cref="UpgradeException">It has several (<c>SystemAmbiguous</c>, which names them).</exception>
    public SystemDefinition Detect(ApiCatalog served, ClusterConfigSelection selection, string cluster) => Find(served, selection) switch
    {
        [] => Whole,
        [var only] => only,
        var several => throw new UpgradeException(new Failure
        {
            Id = "SystemAmbiguous",
            Kind = FailureKind.InvalidArgument,
            Message = $"{cluster} has several systems: {string.Join(", ", several.Select(system => system.Description.Name))}.",
            Recommendation = "Name the one that is meant with -System; Kubernetes carries everything.",
            Target = cluster,
        }),
    };

    /// <summary>The system that a cluster has, for what needs none to be certain: where there are several, the one that carries everything.</summary>
    /// <param name="served">What the cluster serves.</param>
    /// <param name="selection">What of the cluster is meant.</param>
    public SystemDefinition DetectOrWhole(ApiCatalog served, ClusterConfigSelection selection) => Find(served, selection) is [var only] ? only : Whole;

    /// <summary>What the systems' descriptions say, by name.</summary>
    public IEnumerable<SystemDescription> Descriptions => _systems.Values.Select(system => system.Description);

    /// <summary>All systems, by name.</summary>
    public IReadOnlyList<UpgradeSystem> All => [.. _systems.Values.Select(s => SystemView.Of(s.Description))];

    /// <summary>The systems that a cluster has, by what it serves; the one that carries everything where it has none.</summary>
    public IReadOnlyList<SystemDefinition> FindOn(ApiCatalog served) => Find(served, new ClusterConfigSelection()) is { Count: > 0 } found ? found : [Whole];

    /// <summary>A system by its name, in any case.</summary>
    /// <exception cref="UpgradeException">There is none of that name (<c>UnknownSystem</c>).</exception>
    public SystemDefinition Get(string name) => _systems.GetValueOrDefault(name) ?? throw new UpgradeException(new Failure
    {
        Id = "UnknownSystem",
        Kind = FailureKind.InvalidArgument,
        Message = $"There is no system '{name}'. There are: {string.Join(", ", _systems.Keys)}.",
        Recommendation = "Use one of these names (Get-UpgradeSystem tells more about each); a system of your own needs its file too, with -SystemPath.",
        Target = name,
    });

    private List<SystemDefinition> Find(ApiCatalog served, ClusterConfigSelection selection)
    {
        var kinds = served.Resources.Select(resource => resource.KindAndGroup).ToHashSet(StringComparer.Ordinal);
        var selected = selection.Kind.SelectMany(served.Match)
            .Concat(selection.Group.SelectMany(group => served.Resources.Where(resource => resource.Group == ApiGroup.Of(group))))
            .ToList();
        return
        [
            .. _systems.Values.Where(system => system.Description is { Detect.Count: > 0 } description
                && description.Detect.All(kinds.Contains)
                && selected.TrueForAll(resource => description.Knows(resource.Group, resource.Kind))
                && (selection.Namespace.Count == 0 || served.Resources.Any(resource => CarriesIn(selection.Namespace, description, resource)))),
        ];
    }

    // Kinds without a namespace are no part of any, and those that a system leaves out are nothing of it that travels.
    private static bool CarriesIn(IReadOnlyList<string> namespaces, SystemDescription system, ApiResource resource)
    {
        var isNamespace = resource is { Group: "", Kind: "Namespace" };
        return (resource.Namespaced || isNamespace)
            && system.Export.HasKind(resource.Group, resource.Kind, resource.Namespaced)
            && ManifestRules.ReasonForWholeKind(system, resource.Group, resource.Kind) is null
            && (!(isNamespace ? system.Export.Names : system.Export.Namespaces).TryGetValue(resource.KindAndGroup, out var patterns)
                || namespaces.Any(ns => TextPattern.Matches(patterns, ns)));
    }

    private static Failure NameTaken(string name) => new()
    {
        Id = "SystemNameTaken",
        Kind = FailureKind.InvalidArgument,
        Message = $"The system '{name}' of the file has the name of one that comes with KonUpgrade.",
        Recommendation = "Give it another metadata.name: exports tell by the name which rules they were made by.",
        Target = name,
    };

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
