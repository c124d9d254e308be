using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>One side of a comparison.</summary>
public interface IConfigSource
{
    /// <summary>How messages call it: a context or a directory.</summary>
    string Name { get; }

    /// <summary>Whether it can be read in any version that a cluster serves, rather than in the one in which it was written.</summary>
    bool ChoosesVersions { get; }

    /// <summary>Whether it can tell of Secrets and of what a system names as sensitive.</summary>
    SecretSight Secrets { get; }

    /// <summary>Tells what it knows of the words of a selection before anything is read. A directory knows when it was read.</summary>
    Task TellNamesAsync(SelectedNames names, CancellationToken cancellationToken);

    /// <summary>The objects, in any order, each once.</summary>
    /// <param name="options">What is compared.</param>
    /// <param name="names">What the words of the selection mean.</param>
    /// <param name="versions">The versions in which the other side was read, to be taken where possible.</param>
    /// <param name="problems">Takes what could not be read.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<ConfigEntry> ReadAsync(
        CompareOptions options, SelectedNames names, IReadOnlyDictionary<(string Group, string Kind), string> versions, CompareProblems problems, CancellationToken cancellationToken);

    /// <summary>What lies there and is not read, in words, when all was read; or null.</summary>
    string? Unlisted => null;

    /// <summary>An object's content without what belongs to its cluster; null where it is gone.</summary>
    Task<KubernetesObject?> LoadAsync(ConfigEntry entry, CancellationToken cancellationToken);
}

/// <summary>How much a side can tell of Secrets.</summary>
public enum SecretSight
{
    /// <summary>Nothing: they were left out, or can't be opened.</summary>
    None,

    /// <summary>Everything, where it is asked to.</summary>
    OnDemand,

    /// <summary>Everything: they are there to be compared.</summary>
    Full,
}

/// <summary>What could not be read of a side. Nothing is said about objects of which one side could not tell.</summary>
public sealed class CompareProblems
{
    private readonly object _lock = new();
    private readonly List<Failure> _failures = [];
    private readonly HashSet<(string Group, string? Kind)> _unknown = [];

    /// <summary>What went wrong.</summary>
    public IReadOnlyList<Failure> Failures
    {
        get
        {
            lock (_lock)
                return [.. _failures];
        }
    }

    /// <summary>Why a cluster has nothing at all of what is compared; null where it may have something.</summary>
    internal Failure? Nothing { get; set; }

    /// <summary>Adds a failure.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="group">The group of which not everything is known, or null.</param>
    /// <param name="kind">The kind of it, or null for all of the group.</param>
    public void Add(Failure failure, string? group = null, string? kind = null)
    {
        lock (_lock)
        {
            _failures.Add(failure);
            if (group is not null)
                _unknown.Add((group, kind));
        }
    }

    /// <summary>Whether everything of a kind could be read.</summary>
    public bool IsKnown(string group, string kind)
    {
        lock (_lock)
            return !_unknown.Contains((group, kind)) && !_unknown.Contains((group, null));
    }
}
