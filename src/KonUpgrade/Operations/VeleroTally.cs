using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Counts how backups or restores ended, for the one error at the end.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class VeleroTally(string cluster)
{
    private const int MostNamed = 5;

    private readonly List<VeleroOperation> _bad = [];
    private int _all;

    /// <summary>Counts one.</summary>
    public T Count<T>(T one)
        where T : VeleroOperation
    {
        _all++;
        if (one.Failure is not null)
            _bad.Add(one);
        return one;
    }

    /// <summary>Tells, where one did not end well.</summary>
    public void Tell(IPipelineHost host)
    {
        if (_bad is not [var first, ..])
            return;
        var named = string.Join(", ", _bad.Take(MostNamed).Select(one => $"{one.Name} ({one.Phase})")) + (_bad.Count > MostNamed ? $" and {_bad.Count - MostNamed} more" : "");
        host.Error(new Failure
        {
            Id = $"{first.GetType().Name}Incomplete",
            Kind = FailureKind.Incomplete,
            Message = $"{_bad.Count} of {_all} {(first is VeleroBackup ? "backups" : "restores")} of {cluster} are not whole: {named}. First: {first.Failure!.Message}",
            Recommendation = first.Failure.Recommendation,
            Target = first.Name,
        });
    }
}
