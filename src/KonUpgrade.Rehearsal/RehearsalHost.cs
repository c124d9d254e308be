using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal;

/// <summary>Whoever runs the rehearsal's upgrade: shows how far it is, and lets a step fail where that is wanted.</summary>
internal sealed class RehearsalHost : IUpgradeHost
{
    private readonly SandboxHost? _sandbox;
    private readonly RehearsedSystem? _system;
    private readonly string? _break;
    private readonly IReporter _reporter;

    public RehearsalHost(SandboxHost sandbox, RehearsedSystem system, string? step)
        : this(NullReporter.Instance)
    {
        _sandbox = sandbox;
        _system = system;
        _break = step;
    }

    public RehearsalHost(IReporter reporter) => _reporter = reporter;

    private RehearsalHost(RehearsalHost other, IReporter reporter)
    {
        _sandbox = other._sandbox;
        _system = other._system;
        _break = other._break;
        _reporter = reporter;
    }

    /// <summary>Whether a step can be let fail. One that waits for a cluster would wait on, and one that checks asks.</summary>
    public static bool CanBreak(UpgradePlan plan, string id) => plan.Steps.Any(step => step.Id == id && step.Kind is not ("WaitForCluster" or "TestReadiness" or "TestHealth" or "CompareHealth"));

    /// <summary>It, with another display.</summary>
    public RehearsalHost With(IReporter reporter) => new(this, reporter);

    public void Progress(ProgressReport report) => _reporter.Progress(report);

    public void Verbose(string message) => _reporter.Verbose(message);

    public void Debug(string message) => _reporter.Debug(message);

    public void Warning(string message) => _reporter.Warning(message);

    public void Information(string message) => _reporter.Information(message);

    /// <summary>Mends what was broken.</summary>
    public void Mend() => _sandbox!.Faults.Clear();

    /// <summary>Breaks the cluster that a step is about, or does what it asks somebody else to do, and lets the step begin.</summary>
    public Task<bool?> IsLetThroughAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        if (step.Id == _break)
        {
            _sandbox!.Faults.Add(FaultFor(step));
        }
        else if (_system!.Plays(step))
        {
            _system.Play(step);
        }

        return Task.FromResult<bool?>(true);
    }

    public Task<bool?> ProbeAsync(UpgradeStep step, CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

    // Traffic is to reach green first, and to be led back: its load balancer answers the first questions.
    private SandboxFault FaultFor(UpgradeStep step)
    {
        var cluster = step.Target == UpgradeSide.Green ? _system!.Green : _system!.Blue;
        return step.Kind == "SwitchTraffic"
            ? new() { Kind = FaultKind.ServerError, Cluster = cluster, Group = "load-balancer", StatusCode = 503, Skip = 2, Count = null }
            : new() { Kind = FaultKind.Refuse, Cluster = cluster, Verb = step.Kind == "ImportConfig" ? "create" : "list", Count = null, Message = "refused, since the rehearsal breaks this step" };
    }
}
