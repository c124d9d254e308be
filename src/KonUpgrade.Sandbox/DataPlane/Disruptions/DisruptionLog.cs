namespace KonUpgrade.Sandbox.DataPlane.Disruptions;

/// <summary>Who takes Pods away.</summary>
public enum DisruptionCause
{
    /// <summary>A client that deletes Pods itself, past all budgets.</summary>
    Deletion,

    /// <summary>A client that evicts.</summary>
    Eviction,

    /// <summary>A node that went, or was tainted NoExecute.</summary>
    Node,

    /// <summary>A controller that scales, rolls out or follows its owner's deletion, which budgets do not bind.</summary>
    Controller,
}

/// <summary>A healthy Pod was taken from a budget that then had less than it needs.</summary>
/// <param name="Time">By the cluster's clock.</param>
/// <param name="Namespace">The budget's and the Pod's.</param>
/// <param name="Budget">The PodDisruptionBudget.</param>
/// <param name="Pod">The Pod.</param>
/// <param name="Cause">Who took it.</param>
/// <param name="Healthy">How many healthy Pods were left.</param>
/// <param name="Desired">How many it needs.</param>
public sealed record BudgetViolation(DateTimeOffset Time, string Namespace, string Budget, string Pod, DisruptionCause Cause, long Healthy, long Desired);

/// <summary>Keeps what budgets had to suffer.</summary>
internal sealed class DisruptionLog
{
    private readonly object _gate = new();
    private readonly List<BudgetViolation> _violations = [];
    private readonly AsyncLocal<DisruptionCause?> _cause = new();

    /// <summary>What the work under way is done for; null where nobody said.</summary>
    public DisruptionCause? Cause => _cause.Value;

    public IReadOnlyList<BudgetViolation> Violations
    {
        get { lock (_gate) return [.. _violations]; }
    }

    /// <summary>How many there were, but for what controllers did.</summary>
    public int Count
    {
        get { lock (_gate) return _violations.Count(violation => violation.Cause != DisruptionCause.Controller); }
    }

    public void Add(BudgetViolation violation)
    {
        lock (_gate) _violations.Add(violation);
    }

    public void Clear()
    {
        lock (_gate) _violations.Clear();
    }

    /// <summary>Says what all is done for until the end is disposed.</summary>
    public IDisposable Because(DisruptionCause cause)
    {
        DisruptionCause? before = _cause.Value;
        _cause.Value = cause;
        return new End(this, before);
    }

    private sealed class End(DisruptionLog log, DisruptionCause? before) : IDisposable
    {
        public void Dispose() => log._cause.Value = before;
    }
}
