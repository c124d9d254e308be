using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Sets how many user clusters each seed of a Kubermatic works on at the same time, or puts back what was before.</summary>
[Cmdlet(VerbsCommon.Set, "ReconcileLimit", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = LimitSet)]
[OutputType(typeof(ReconcileLimit))]
public sealed class SetReconcileLimitCommand : ReconcileLimitCmdlet
{
    private const string LimitSet = "Limit";
    private const string ResetSet = "Reset";

    private bool _isGiven;

    /// <summary>The master. What changes never falls back to the current context.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Context")]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>A limit, as Get-ReconcileLimit gave it.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ReconcileLimitTransformation]
    [ValidateNotNull]
    public ReconcileLimit? InputObject { get; set; }

    /// <summary>The limit that is to hold.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LimitSet)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int Limit { get; set; }

    /// <summary>Whether the field is taken from managers that apply it.</summary>
    [Parameter(ParameterSetName = LimitSet)]
    public SwitchParameter ForceConflict { get; set; }

    /// <summary>Whether what was before is put back.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ResetSet)]
    public SwitchParameter Reset { get; set; }

    /// <summary>Whether it is put back also while load remains.</summary>
    [Parameter(ParameterSetName = ResetSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>Whether it is waited until the controllers of the seeds run with the limit.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _isGiven = Cluster is not null;
        if (Cluster is null && !MyInvocation.ExpectingInput && InputObject is null)
            Fail(NoMaster());
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Reset)) && !Reset)
            Fail(NothingAsked());
        if (Timeout is not null && !Wait)
            Fail(TimeoutWithoutWait());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var given = InputObject;
        // Where the object itself names its cluster, it must tell which one that is: names change hands.
        var cluster = _isGiven ? Cluster : given?.Managed?.ToContext() ?? (given?.Context is { } context ? new ClusterContext { Name = context, KubeConfigPath = "" } : Cluster);
        if (cluster is null || (!_isGiven && given is not null && given.ClusterUid is null))
        {
            WriteError(FailureRecord.For(NoMaster(), target: given));
            return;
        }

        var request = new ReconcileLimitRequest(RequestFor(cluster), given?.Namespace ?? Namespace, FailingAfter)
        {
            Given = given,
            Limit = Reset ? null : Limit,
            Force = Force,
            ForceConflict = ForceConflict,
            Wait = Wait,
            Timeout = Timeout,
        };
        Run((host, token) => ReconcileLimitOperation.SetAsync(request, host, token), RunOptions.Record(this, target: given as object ?? cluster));
    }

    private static Failure NoMaster() => new()
    {
        Id = "ClusterNotGiven",
        Kind = FailureKind.InvalidArgument,
        Message = "The master whose limit is meant was not given.",
        Recommendation = "Name it with -Cluster. It is never the current context, so that nothing is hit by mistake.",
    };

    private static Failure NothingAsked() => new()
    {
        Id = "LimitNotGiven",
        Kind = FailureKind.InvalidArgument,
        Message = "-Reset is false, and no limit is given.",
        Recommendation = "Give -Limit, or -Reset.",
    };

    private static Failure TimeoutWithoutWait() => new()
    {
        Id = "TimeoutWithoutWait",
        Kind = FailureKind.InvalidArgument,
        Message = "-Timeout says how long it is waited, and -Wait is not there.",
        Recommendation = "Add -Wait, or leave out -Timeout.",
    };
}
