using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>How the steps of a move stand, and how long each took.</summary>
internal sealed class MoveLog(TimeProvider time)
{
    private readonly NodepoolMoveStep[] _steps =
        [.. Enum.GetValues<NodepoolMoveStepName>().Select(name => new NodepoolMoveStep { Name = name, State = NodepoolMoveStepState.Planned })];

    private long _begun = time.GetTimestamp();

    /// <summary>The steps, in their order.</summary>
    public IReadOnlyList<NodepoolMoveStep> Steps => [.. _steps];

    /// <summary>The step that is being done.</summary>
    public NodepoolMoveStepName Current { get; private set; }

    /// <summary>A step begins.</summary>
    public void Begin(NodepoolMoveStepName step) => (Current, _begun) = (step, time.GetTimestamp());

    /// <summary>It ended.</summary>
    public void End(NodepoolMoveStepState state, string? detail) =>
        _steps[(int)Current] = _steps[(int)Current] with { State = state, Detail = detail, Duration = time.GetElapsedTime(_begun) };

    /// <summary>A step that is not begun stands otherwise than planned.</summary>
    public void Set(NodepoolMoveStepName step, NodepoolMoveStepState state, string? detail) => _steps[(int)step] = _steps[(int)step] with { State = state, Detail = detail };
}
