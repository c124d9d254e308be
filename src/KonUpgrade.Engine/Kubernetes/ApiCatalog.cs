using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What an API server serves, as discovery told it.</summary>
public sealed class ApiCatalog
{
    private readonly Dictionary<(string Group, string Version, string Kind), ApiResource> _byKind = [];
    private readonly Dictionary<(string Group, string Kind), ApiResource> _preferred = [];

    /// <summary>Makes a catalog.</summary>
    /// <param name="resources">Everything served; within a group the preferred version first.</param>
    /// <param name="failures">Groups that could not be read.</param>
    public ApiCatalog(IReadOnlyList<ApiResource> resources, IReadOnlyList<Failure> failures)
    {
        Resources = resources;
        Failures = failures;
        foreach (var resource in resources)
        {
            _byKind.TryAdd((resource.Group, resource.Version, resource.Kind), resource);
            _preferred.TryAdd((resource.Group, resource.Kind), resource);
        }
    }

    /// <summary>All resources in all versions; groups in the server's order, within a group the preferred version first.</summary>
    public IReadOnlyList<ApiResource> Resources { get; }

    /// <summary>
    /// The groups that could not be read, or only an old copy of them (id <c>GroupDiscoveryFailed</c>); the target is
    /// group and version, the core group written <c>core/v1</c>.
    /// </summary>
    public IReadOnlyList<Failure> Failures { get; }

    /// <summary>The group that a failure of discovery is about; empty for the core group.</summary>
    public static string GroupOf(Failure failure)
    {
        var target = failure.Target ?? "";
        return ApiGroup.Of(target.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? target[..slash] : target);
    }

    /// <summary>A resource in one version, or null.</summary>
    public ApiResource? Find(string group, string version, string kind) => _byKind.GetValueOrDefault((group, version, kind));

    /// <summary>A resource in the first version of its group that has it, or null.</summary>
    public ApiResource? FindPreferred(string group, string kind) => _preferred.GetValueOrDefault((group, kind));

    /// <summary>
    /// The resources that a word means, each in its preferred version: a kind, plural, singular or short name in any case,
    /// with or without a group (<c>App.k11n.dev</c>), or with version and group (<c>deployments.v1.apps</c>).
    /// </summary>
    /// <returns>One a group and kind; empty when nothing has that name.</returns>
    public IReadOnlyList<ApiResource> Match(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var found = Collect(r => Names(r, name, shortNames: true));
        if (found.Count > 0 || name.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot))
            return found;
        var (word, rest) = (name[..dot], name[(dot + 1)..]);
        // kubectl's third form first: its second part is a version of the group that follows.
        if (rest.IndexOf('.', StringComparison.Ordinal) is > 0 and var second)
        {
            found = Collect(r => Same(r.Version, rest[..second]) && Same(r.Group, rest[(second + 1)..]) && Names(r, word, shortNames: false));
            if (found.Count > 0)
                return found;
        }
        found = Collect(r => Same(r.Version, rest) && r.Group.Length == 0 && Names(r, word, shortNames: false));
        return found.Count > 0 ? found : Collect(r => Same(r.Group, rest) && Names(r, word, shortNames: true));
    }

    private List<ApiResource> Collect(Func<ApiResource, bool> fits)
    {
        var found = new List<ApiResource>();
        foreach (var resource in Resources)
        {
            if (fits(resource) && !found.Any(f => f.Group == resource.Group && f.Kind == resource.Kind))
                found.Add(resource);
        }
        return found;
    }

    private static bool Names(ApiResource resource, string word, bool shortNames) =>
        Same(resource.Plural, word) || Same(resource.Singular, word) || Same(resource.Kind, word)
        || (shortNames && resource.ShortNames.Any(s => Same(s, word)));

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
