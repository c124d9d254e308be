using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;

namespace KonUpgrade.Engine.Readiness.Deprecations;

/// <summary>What is looked for, and where it is to work.</summary>
public sealed record DeprecatedApiOptions
{
    /// <summary>
    /// What the findings are judged by. Null means the minor version after the source's, where that is known: a cluster's, or
    /// the one that an export is of. Otherwise it means the newest version of Kubernetes that is known here.
    /// </summary>
    public ApiTarget? Target { get; init; }

    /// <summary>Kinds, as <c>Ingress</c>, <c>ingresses</c> or <c>Ingress.extensions</c>; empty for all.</summary>
    public IReadOnlyList<string> Kind { get; init; } = [];

    /// <summary>Namespaces; empty for all. Evidence that is of no namespace is left out where any is named.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>
    /// Evidence that is surely older is left out: what was fixed meanwhile goes away. What tells no time stays. Null for any
    /// age.
    /// </summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>How many kinds of a cluster are listed at the same time.</summary>
    public int ThrottleLimit { get; init; } = 4;

    /// <summary>How many files are read at the same time.</summary>
    public int FileReaders { get; init; } = Math.Clamp(Environment.ProcessorCount, 2, 8);

    /// <summary>Region, login and URL for AWS that come before those of the cluster's own login; null for nothing.</summary>
    public AwsOptions? Aws { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
