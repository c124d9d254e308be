using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>What the server said to an eviction.</summary>
/// <param name="Result">In a word.</param>
/// <param name="Failure">Its own words, where it did not let the pod go.</param>
/// <param name="RetryAfter">How long it asks to wait, where it does.</param>
internal sealed record EvictionAnswer(EvictionResult Result, Failure? Failure = null, TimeSpan? RetryAfter = null);

/// <summary>What the server said to an eviction, in a word.</summary>
internal enum EvictionResult
{
    /// <summary>The pod is on its way out.</summary>
    Accepted,

    /// <summary>It is gone already, or another pod has its name.</summary>
    Gone,

    /// <summary>Its budget lets none go now.</summary>
    Blocked,

    /// <summary>Its namespace is being deleted, and takes no evictions.</summary>
    NamespaceTerminating,

    /// <summary>Several budgets select it: no eviction of it ever succeeds.</summary>
    MultipleBudgets,

    /// <summary>No decision: an answer was lost, or something came in between.</summary>
    Unsure,

    /// <summary>It can't be evicted.</summary>
    Failed,
}
