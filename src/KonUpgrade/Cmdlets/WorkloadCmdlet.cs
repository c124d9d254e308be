using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>
/// What suspending and resuming have in common: the workloads of a cluster that the command line describes, or single
/// ones that came in. Each cluster is asked about once, with counts, when everything has come in.
/// </summary>
public abstract class WorkloadCmdlet : ClusterCmdlet
{
    private readonly Dictionary<ClusterRequest, List<WorkloadTarget>?> _clusters = [];
    private bool _isGiven;

    /// <summary>The cluster. What changes never falls back to the current context.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Context")]
    [ClusterTransformation]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Single workloads, as earlier commands gave them, or a cluster.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>Names of workloads, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The classes that are meant.</summary>
    [Parameter]
    [ValidateSet(nameof(WorkloadClass.Scheduled), nameof(WorkloadClass.Serving), nameof(WorkloadClass.All))]
    public WorkloadClass Class { get; set; }

    /// <summary>Whether workloads are resumed.</summary>
    private protected abstract bool Resumes { get; }

    /// <summary>Whether workloads are resumed, too, whose data is not there.</summary>
    private protected virtual bool ResumesWithoutData => false;

    private bool IsPiped => MyInvocation.ExpectingInput || InputObject is not null;

    // What is named is meant, whatever its class; without a word, suspending touches only what begins work by itself.
    private WorkloadClass Classes => MyInvocation.BoundParameters.ContainsKey(nameof(Class)) ? Class
        : Resumes || Kind is not null || Name is not null ? WorkloadClass.All
        : WorkloadClass.Scheduled;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _isGiven = Cluster is not null;
        if (Cluster is null && !IsPiped)
            Fail(NoCluster());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            _clusters[RequestFor(Cluster)] = null;
            return;
        }

        var input = ReturnedObject.Unwrap(InputObject);
        if (input is string || new ClusterTransformationAttribute().Transform(null!, InputObject) is ClusterContext)
        {
            var context = (ClusterContext)new ClusterTransformationAttribute().Transform(null!, InputObject)!;
            _clusters[RequestFor(context)] = null;
            return;
        }

        if (WorkloadTarget.Of(InputObject) is not { } target)
        {
            WriteError(FailureRecord.For(
                new Failure
                {
                    Id = "NotAWorkload",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"'{InputObject}' names no object of a cluster.",
                    Recommendation = "Give objects of Import-ClusterConfig, Export-ClusterConfig -PassThru or of this command itself, or clusters.",
                },
                target: InputObject));
            return;
        }

        // Where the object itself names its cluster, it must tell which one that is: names change hands.
        if (Cluster is null || (!_isGiven && target.ClusterUid is ""))
        {
            WriteError(FailureRecord.For(NoCluster(), target: InputObject));
            return;
        }

        var request = RequestFor(Cluster);
        if (!_clusters.TryGetValue(request, out var targets))
            _clusters[request] = targets = [];
        targets?.Add(_isGiven ? target with { ClusterUid = null } : target);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var (cluster, targets) in _clusters)
        {
            if (targets is not null && (Kind is not null || Group is not null || Name is not null || LabelSelector is not null))
            {
                Fail(new Failure
                {
                    Id = "SelectionWithInput",
                    Kind = FailureKind.InvalidArgument,
                    Message = "The workloads come from the pipeline: -Kind, -Group, -Name and -LabelSelector do not choose among them.",
                    Recommendation = "Choose with Where-Object, or name a cluster and no objects.",
                });
            }

            // What comes in by itself is meant, whatever its class.
            var classes = targets is not null && !MyInvocation.BoundParameters.ContainsKey(nameof(Class)) ? WorkloadClass.All : Classes;
            var identities = (targets ?? []).Select(target => target.ClusterUid).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            if (identities.Count > 1)
                Fail(SeveralClusters(cluster.Context));
            var request = new WorkloadRequest(cluster, ChosenSystem, Selection, NamePattern.All(Name), targets, classes, Resumes, Throttle)
            {
                Force = ResumesWithoutData,
                ClusterUid = identities.Count > 0 ? identities[0] : null,
            };
            Run((host, token) => WorkloadOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, cluster.Context));
        }
    }

    private static Failure SeveralClusters(string? context) => new()
    {
        Id = "SeveralClusters",
        Kind = FailureKind.Refused,
        Message = $"The objects were read from several clusters that were all called '{context}'.",
        Recommendation = "Give those of one cluster at a time, with -Cluster.",
        Target = context,
    };

    private static Failure NoCluster() => new()
    {
        Id = "ClusterNotGiven",
        Kind = FailureKind.InvalidArgument,
        Message = "The cluster whose workloads are meant was not given.",
        Recommendation = "Name it with -Cluster. It is never the current context, so that nothing is hit by mistake.",
    };
}
