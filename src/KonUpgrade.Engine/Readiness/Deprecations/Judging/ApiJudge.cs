using System.Collections.Concurrent;
using System.Globalization;
using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Judging;

/// <summary>
/// Judges API versions for one target. A cluster's discovery decides what it serves; where it knows nothing of a kind,
/// and where the target is a version alone, Kubernetes' own table does. Any number of threads may ask.
/// </summary>
internal sealed class ApiJudge(ApiTarget target)
{
    private readonly ConcurrentDictionary<(string ApiVersion, string Kind), ApiVerdict?> _verdicts = new();

    /// <summary>What it judges for.</summary>
    public ApiTarget Target => target;

    /// <summary>What is to be said of a version of a kind; null where there is nothing to say.</summary>
    public ApiVerdict? Of(string apiVersion, string kind) => _verdicts.GetOrAdd((apiVersion, kind), static (api, judge) => judge.Judge(api.ApiVersion, api.Kind), this);

    /// <summary>
    /// Whether the target is a cluster that serves nothing at all of a custom kind. Then its definition is yet to come, or is
    /// forgotten: nobody can tell which versions it will have.
    /// </summary>
    public bool IsUnknownCustom(string apiVersion, string kind)
    {
        var group = ApiResource.GroupOf(apiVersion);
        return target.Catalog is { } catalog && !BuiltInGroups.Contains(group) && group.Contains('.', StringComparison.Ordinal)
            && ApiLifecycles.Find(apiVersion, kind) is null && catalog.FindPreferred(group, kind) is null && !HasFailed(catalog, group);
    }

    /// <summary>
    /// What is to be said of a version that a server itself calls deprecated, where nothing is known of it otherwise.
    /// </summary>
    /// <param name="removedIn">The version that the server names for its end; empty for none.</param>
    public ApiVerdict Told(string removedIn)
    {
        var isRemoved = Minor(removedIn) is { } minor && target.Version.IsAtLeast(1, minor);
        return new ApiVerdict(
            isRemoved ? DeprecatedApiSeverity.Removed : DeprecatedApiSeverity.Deprecated, null, removedIn.Length > 0 ? removedIn : null, null, null, null, Convertible: false, null);
    }

    private ApiVerdict? Judge(string apiVersion, string kind)
    {
        var known = ApiLifecycles.Find(apiVersion, kind);
        if (target.Catalog is { } catalog && Served(catalog, apiVersion, kind, known) is { } isServed)
        {
            if (!isServed)
                return Unserved(catalog, apiVersion, kind, known);
            return known is null ? null : Verdict(known, known.IsDeprecatedOn(target.Version) ? DeprecatedApiSeverity.Deprecated : DeprecatedApiSeverity.Announced);
        }

        if (known is null)
            return null;
        return Verdict(
            known,
            known.IsRemovedOn(target.Version) ? DeprecatedApiSeverity.Removed
                : known.IsDeprecatedOn(target.Version) ? DeprecatedApiSeverity.Deprecated
                : DeprecatedApiSeverity.Announced);
    }

    // Null where discovery can't tell: it knows the kind in no version at all (some are never listed there, others not there
    // yet), or could not be read.
    private static bool? Served(ApiCatalog catalog, string apiVersion, string kind, ApiLifecycle? known)
    {
        var group = ApiResource.GroupOf(apiVersion);
        if (catalog.Find(group, ApiResource.VersionOf(apiVersion), kind) is not null)
            return true;
        if (HasFailed(catalog, group))
            return null;
        return catalog.FindPreferred(group, kind) is not null
            || known?.Replacements.Any(replacement => catalog.FindPreferred(ApiResource.GroupOf(replacement.ApiVersion), kind) is not null) == true
            ? false
            : null;
    }

    private static ApiVerdict Unserved(ApiCatalog catalog, string apiVersion, string kind, ApiLifecycle? known)
    {
        var group = ApiResource.GroupOf(apiVersion);
        var choice = VersionChoice.For(catalog, group, ApiResource.VersionOf(apiVersion), kind);
        var replacement = choice.Resource?.ApiVersion ?? catalog.FindPreferred(group, kind)?.ApiVersion;
        return new ApiVerdict(
            DeprecatedApiSeverity.Removed,
            known is null ? null : Text(known.DeprecatedIn),
            known?.RemovedIn is { } removed ? Text(removed) : null,
            replacement,
            known?.Change,
            known?.Remedy,
            choice.Resource is not null,
            known?.Source);
    }

    private ApiVerdict Verdict(ApiLifecycle known, DeprecatedApiSeverity severity)
    {
        var replacement = known.ReplacementOn(target.Version);
        return new ApiVerdict(
            severity,
            Text(known.DeprecatedIn),
            known.RemovedIn is { } removed ? Text(removed) : null,
            replacement,
            known.Change,
            known.Remedy,
            replacement is not null && VersionChoice.CanBecome(known.Kind, known.ApiVersion, replacement),
            known.Source);
    }

    private static bool HasFailed(ApiCatalog catalog, string group) => catalog.Failures.Any(failure => ApiCatalog.GroupOf(failure) == group);

    private static string Text(int minor) => string.Create(CultureInfo.InvariantCulture, $"1.{minor}");

    private static int? Minor(string version) =>
        version.StartsWith("1.", StringComparison.Ordinal) && int.TryParse(version.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? minor : null;
}
