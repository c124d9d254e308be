using System.Reflection;
using KonUpgrade.Engine.Configuration;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Systems.Konstellation;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems;

/// <summary>The systems that come with KonUpgrade: a <c>system.yaml</c> each, and code where data is not enough.</summary>
public sealed class SystemCatalog
{
    private const string Prefix = "Systems/";
    private const string Suffix = "system.yaml";
    private readonly SortedDictionary<string, SystemDefinition> _systems = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the descriptions.</summary>
    /// <param name="services">What the systems' code may use; null for the real ones.</param>
    public SystemCatalog(SystemServices? services = null)
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
                    _ => null,
                },
            });
        }
    }

    /// <summary>All systems, by name.</summary>
    public IReadOnlyList<UpgradeSystem> All => [.. _systems.Values.Select(s => Describe(s.Description))];

    /// <summary>A system by its name, in any case.</summary>
    /// <exception cref="UpgradeException">There is none of that name (<c>UnknownSystem</c>).</exception>
    public SystemDefinition Get(string name) => _systems.GetValueOrDefault(name) ?? throw new UpgradeException(new Failure
    {
        Id = "UnknownSystem",
        Kind = FailureKind.InvalidArgument,
        Message = $"There is no system '{name}'. There are: {string.Join(", ", _systems.Keys)}.",
        Recommendation = "Use one of these names; Get-UpgradeSystem tells more about each.",
        Target = name,
    });

    private static UpgradeSystem Describe(SystemDescription description) => new()
    {
        Name = description.Name,
        Title = description.Title,
        Description = description.Description,
        Documentation = description.Documentation,
        ExportedKind = description.Export.Kinds,
        LeftOutKind = description.Export.LeaveOut.Where(rule => rule.ByKind)
            .SelectMany(rule => rule.Kinds.Select(kind => (kind, rule.Reason)))
            .ToDictionary(entry => entry.kind, entry => entry.Reason, StringComparer.Ordinal),
    };

    private static byte[] Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }
}
