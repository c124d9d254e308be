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
    private readonly Dictionary<ClusterRequest, Input> _clusters = [];
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

    /// <summary>Whether workloads are resumed, too, whose data is not there, and those that act on the world outside.</summary>
    private protected virtual bool ResumesByForce => false;

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
            InputOf(Cluster).IsWhole = true;
            return;
        }

        var input = ReturnedObject.Unwrap(InputObject);
        if (input is string || new ClusterTransformationAttribute().Transform(null!, InputObject) is ClusterContext)
        {
            var context = (ClusterContext)new ClusterTransformationAttribute().Transform(null!, InputObject)!;
            InputOf(context).IsWhole = true;
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

        InputOf(Cluster).Targets.Add(_isGiven ? target with { ClusterUid = null } : target);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // What makes no sense is said before the first cluster is changed.
        foreach (var (cluster, input) in _clusters)
            Check(cluster, input);
        foreach (var (cluster, input) in _clusters)
        {
            // What comes in by itself is meant, whatever its class.
            var classes = !input.IsWhole && !MyInvocation.BoundParameters.ContainsKey(nameof(Class)) ? WorkloadClass.All : Classes;
            var request = new WorkloadRequest(cluster, ChosenSystem, Selection, NamePattern.All(Name), input.IsWhole ? null : input.Targets, classes, Resumes, Throttle)
            {
                Force = ResumesByForce,
                ClusterUid = input.Identities.FirstOrDefault(),
            };
            Run((host, token) => WorkloadOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, cluster.Context));
        }
    }

    private Input InputOf(ClusterContext? cluster)
    {
        var request = RequestFor(cluster);
        if (!_clusters.TryGetValue(request, out var input))
            _clusters[request] = input = new Input();
        return input;
    }

    private void Check(ClusterRequest cluster, Input input)
    {
        if (input.Targets.Count > 0 && (Kind is not null || Group is not null || Name is not null || LabelSelector is not null))
        {
            Fail(new Failure
            {
                Id = "SelectionWithInput",
                Kind = FailureKind.InvalidArgument,
                Message = "The workloads come from the pipeline: -Kind, -Group, -Name and -LabelSelector do not choose among them.",
                Recommendation = "Choose with Where-Object, or name a cluster and no objects. -Class and -Namespace do choose among them.",
            });
        }

        if (input.Targets.Count > 0 && input.IsWhole)
            Fail(ClusterAndWorkloads(cluster.Context));
        if (input.Identities.Count() > 1)
            Fail(SeveralClusters(cluster.Context));
    }

    private static Failure ClusterAndWorkloads(string? context) => new()
    {
        Id = "ClusterAndWorkloads",
        Kind = FailureKind.InvalidArgument,
        Message = $"Both '{context}' as a whole and single workloads of it came in.",
        Recommendation = "Give the cluster, and choose with -Kind, -Name and -Namespace; or give the workloads alone.",
        Target = context,
    };

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

    // What came in for one cluster.
    private sealed class Input
    {
        public bool IsWhole { get; set; }

        public List<WorkloadTarget> Targets { get; } = [];

        public IEnumerable<string> Identities => Targets.Select(static target => target.ClusterUid).OfType<string>().Distinct(StringComparer.Ordinal);
    }
}
