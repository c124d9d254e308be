using System.Management.Automation;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Operations;

/// <summary>How an upgrade is run, as the command line says it.</summary>
internal sealed record UpgradeRequest(JournalRequest Journal)
{
    /// <summary>The kubeconfig that counts in place of the plan's own; null for those.</summary>
    public string? KubeConfigPath { get; init; }

    /// <summary>The session's directory, in which relative paths of <c>$KUBECONFIG</c> begin.</summary>
    public string? Location { get; init; }

    /// <summary>Whether no program may be started to log in.</summary>
    public bool NoExecPlugin { get; init; }

    /// <summary>As whom AWS is asked, and where, where a step does not say it.</summary>
    public AwsRequest? Aws { get; init; }

    /// <summary>The file of the system of one's own; null where the plan's comes with KonUpgrade.</summary>
    public string? SystemPath { get; init; }

    /// <summary>Where steps write; null for what the journal says.</summary>
    public string? WorkPath { get; init; }

    /// <summary>Whether steps write to a temporary folder.</summary>
    public bool HasTemporaryFiles => WorkPath is null && Journal.Path is null;

    /// <summary>What encrypts and opens Secrets.</summary>
    public GivenCertificates? Certificates { get; init; }

    /// <summary>How many requests may be under way at once; null for the engine's own number.</summary>
    public int? ThrottleLimit { get; init; }

    /// <summary>After how long it stops at a safe point.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Steps before which it waits for a person.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Steps that may go on.</summary>
    public IReadOnlyList<string> Approve { get; init; } = [];

    /// <summary>Script blocks of gates, by step.</summary>
    public IReadOnlyDictionary<string, ScriptBlock> GateScripts { get; init; } = new Dictionary<string, ScriptBlock>();

    /// <summary>Script blocks that prove external steps, by step.</summary>
    public IReadOnlyDictionary<string, ScriptBlock> Probes { get; init; } = new Dictionary<string, ScriptBlock>();

    /// <summary>What becomes of it when a step fails.</summary>
    public UpgradeFailureAction OnFailure { get; init; }

    /// <summary>Whether an undo deletes what was created.</summary>
    public bool RemoveImported { get; init; }

    /// <summary>Whether steps are given as they end.</summary>
    public bool Steps { get; init; }

    /// <summary>The upgrade that the journal must be of; null where any is meant.</summary>
    public BlueGreenUpgrade? Meant { get; init; }

    /// <summary>How the engine runs it.</summary>
    public UpgradeRunOptions Options => new() { MaxDuration = MaxDuration, Gates = Gates, Approve = Approve, RemoveImported = RemoveImported, OnFailure = OnFailure };

    /// <summary>Looks whether the plan and the command line fit each other, before anything is opened or asked.</summary>
    /// <returns>The plan's system.</returns>
    /// <exception cref="UpgradeException">UnknownStep, ScriptNotAsked, CertificateMissing, CertificateNotUsed, ExportsNotKept; a system or a context that is not there.</exception>
    public async Task<SystemDefinition> CheckAsync(UpgradePlan plan, bool forward, IReporter reporter, CancellationToken cancellationToken)
    {
        _ = Aws?.Options();
        foreach (var id in Gates.Concat(Approve).Concat(GateScripts.Keys).Concat(Probes.Keys).Where(id => plan.Steps.All(step => step.Id != id)))
            throw new UpgradeException(UpgradePlanner.UnknownStep(id, plan.Name, plan.Steps));
        foreach (var step in plan.Steps.Where(step => GateScripts.ContainsKey(step.Id) && step.Gate != UpgradeGate.Script))
            throw new UpgradeException(NotAsked(step, "GateScript", "gate: Script"));
        foreach (var step in plan.Steps.Where(step => Probes.ContainsKey(step.Id) && step.Setting.GetValueOrDefault("probe") != "true"))
            throw new UpgradeException(NotAsked(step, "Probe", "kind: External and probe: true"));
        if (forward && plan.Secret == SecretHandling.Encrypt && Certificates is null)
            throw new UpgradeException(CertificateMissing(plan));
        if (plan.Secret != SecretHandling.Encrypt && Certificates is not null)
            throw new UpgradeException(CertificateNotUsed(plan));
        if (forward && HasTemporaryFiles && InPlacePlanner.ExportsInWorkPath(plan) is [var export, ..])
            throw new UpgradeException(ExportsNotKept(plan, export, Journal.WorkPath(plan)));
        foreach (var cluster in new[] { plan.Blue, plan.Green }.OfType<UpgradeCluster>())
        {
            var target = TargetOf(cluster);
            if (target.KubeConfigPath is not null || cluster.Context != "in-cluster")
                (await KubeConfig.LoadAsync(target.KubeConfigPath, cancellationToken, Location).ConfigureAwait(false)).Find(target.Context);
        }

        var chosen = await new SystemRequest(plan.System, SystemPath) { NoExecPlugin = NoExecPlugin }.OpenAsync(reporter, cancellationToken).ConfigureAwait(false);
        return chosen.Named!;
    }

    /// <summary>Opens one of the plan's clusters.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="beforeChange">Called before every request that changes something.</param>
    /// <param name="reporter">Told how it logs in.</param>
    /// <param name="cancellationToken">Stops.</param>
    public Task<ClusterConnection> OpenAsync(UpgradeCluster cluster, Action? beforeChange, IReporter reporter, CancellationToken cancellationToken) =>
        ClusterConnection.OpenAsync(
            TargetOf(cluster), new ConnectionOptions { Exec = NoExecPlugin ? ExecPolicy.Forbid : ExecPolicy.Allow, BeforeChange = beforeChange }, reporter, cancellationToken);

    private ClusterTarget TargetOf(UpgradeCluster cluster) => new(cluster.Context, KubeConfigPath ?? cluster.KubeConfigPath) { Location = Location };

    private static Failure NotAsked(UpgradeStep step, string parameter, string wanted) => new()
    {
        Id = "ScriptNotAsked",
        Kind = FailureKind.InvalidArgument,
        Message = $"-{parameter} has a script block for the step '{step.Id}', and the plan asks for none there: it would never run.",
        Recommendation = $"Write {wanted} into the plan, or leave the script block away.",
        Target = step.Id,
    };

    private static Failure CertificateMissing(UpgradePlan plan) => new()
    {
        Id = "CertificateMissing",
        Kind = FailureKind.InvalidArgument,
        Message = $"{plan.Name} takes Secrets along encrypted, and that needs a certificate with its private key.",
        Recommendation = "Name it with -Certificate.",
        Target = plan.Name,
    };

    private static Failure ExportsNotKept(UpgradePlan plan, UpgradeStep export, string temporary) => new()
    {
        Id = "ExportsNotKept",
        Kind = FailureKind.InvalidArgument,
        Message = $"The exports of {plan.Name} are what is restored from, and the step '{export.Id}' would write them to {temporary}, a temporary folder. Nothing was begun.",
        Recommendation = $"Name a directory that stays with -WorkPath, in every run; or make the plan with its full path: -Setting @{{ '{export.Id}' = @{{ path = '…' }} }}.",
        Target = export.Id,
    };

    private static Failure CertificateNotUsed(UpgradePlan plan) => new()
    {
        Id = "CertificateNotUsed",
        Kind = FailureKind.InvalidArgument,
        Message = $"A certificate was given, and nothing is encrypted: secret of {plan.Name} is {plan.Secret}.",
        Recommendation = "Make the plan with -Secret Encrypt, or leave the certificate out.",
        Target = plan.Name,
    };
}
