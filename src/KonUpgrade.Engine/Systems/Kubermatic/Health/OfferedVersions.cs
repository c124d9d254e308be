using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>The versions of Kubernetes that a Kubermatic lets user clusters have.</summary>
internal sealed class OfferedVersions
{
    // The release's own lists, by its minor version: which are offered, and from which clusters are updated by themselves.
    private static readonly Dictionary<(int Major, int Minor), (string[] Offered, string[] AutomaticFrom)> s_ofReleases = new()
    {
        [(2, 31)] = (["1.33.*", "1.34.*", "1.35.*", "1.36.*"], ["1.32.*"]),
    };

    private readonly List<VersionRange> _ranges;

    private OfferedVersions(List<VersionRange> ranges, string text)
    {
        _ranges = ranges;
        Text = text;
    }

    /// <summary>Them as people read them.</summary>
    public string Text { get; }

    /// <summary>The versions that a configuration offers, or the release where it names none.</summary>
    /// <returns>Null where nobody here knows them, or a rule can't be read.</returns>
    public static OfferedVersions? Of(ConfigurationFact configuration, KubermaticVersion target)
    {
        s_ofReleases.TryGetValue((target.Major, target.Minor), out var release);
        var offered = configuration.Offered.Count > 0 ? configuration.Offered : release.Offered;
        var automatic = configuration.AutomaticFrom ?? (configuration.Offered.Count > 0 ? [] : release.AutomaticFrom);
        if (offered is null || automatic is null)
            return null;
        var ranges = offered.Concat(automatic).Select(VersionRange.Parse).ToList();
        return ranges.Contains(null) ? null : new OfferedVersions([.. ranges.OfType<VersionRange>()], $"offered: {NameList.Some([.. offered])}{(automatic.Count > 0 ? $"; updated from: {NameList.Some([.. automatic])}" : "")}");
    }

    /// <summary>Whether a cluster may have it.</summary>
    public bool Includes(KubermaticVersion version) => _ranges.Exists(range => range.Contains(version));
}
