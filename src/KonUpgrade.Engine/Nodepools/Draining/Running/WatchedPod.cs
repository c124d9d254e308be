using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>A pod as a watch sees it: what it is now, and word of when that changes and of when it is gone.</summary>
internal sealed class WatchedPod(PodFacts facts)
{
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile PodFacts _facts = facts;

    /// <summary>What it is now.</summary>
    public PodFacts Facts => _facts;

    /// <summary>Ends when the pod is gone: there is none of its name, or one with another UID.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Ends when it changes next, in what matters to its going, or is gone. Take it before looking at <see cref="Facts"/>.</summary>
    public Task Changed => _changed.Task;

    public void Update(PodFacts facts)
    {
        var before = _facts;
        _facts = facts;
        if (before.IsReady != facts.IsReady || before.Phase != facts.Phase || before.DeletionTime != facts.DeletionTime)
            Tell();
    }

    public void End()
    {
        _gone.TrySetResult();
        Tell();
    }

    private void Tell()
    {
        var told = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        told.TrySetResult();
    }
}
