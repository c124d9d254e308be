using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>One of two clusters that are compared: what of it a system carries to another one, by the rules of an export.</summary>
internal sealed class HealthSide
{
    private const int KindsAtOnce = 4;
    private readonly IReadOnlyList<KindPlan> _kinds;

    private HealthSide(ClusterSurvey survey, IReadOnlyList<KindPlan> kinds)
    {
        Survey = survey;
        _kinds = kinds;
    }

    /// <summary>What is read of it once.</summary>
    public ClusterSurvey Survey { get; }

    /// <summary>What could not be read of it.</summary>
    public CompareProblems Problems { get; } = new();

    /// <summary>Finds out what there is to be read.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="options">What is compared.</param>
    /// <param name="scope">What of it.</param>
    /// <param name="reporter">Told that there is nothing of it.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">The cluster can't be reached.</exception>
    public static async Task<HealthSide> OpenAsync(ClusterConnection cluster, HealthComparisonOptions options, ComparisonScope scope, IReporter reporter, CancellationToken cancellationToken)
    {
        var survey = await ClusterSurvey.BeginAsync(cluster, options.Namespaces, cancellationToken).ConfigureAwait(false);
        var system = await FoundNamespaces.FindAsync(cluster.Client, options.System.Description, cancellationToken).ConfigureAwait(false);
        if (Plan(survey, system, options, reporter) is not { } plan)
            return new HealthSide(survey, []);
        var kinds = plan.Kinds.Where(kind => kind.WholeKindReason is null
            && ComparedObject.IsCompared(kind.Resource)
            && CompareScope.IsCompared(system, kind.Resource.Group, kind.Resource.Kind)
            && scope.Includes(kind.Resource.Group, kind.Resource.Kind));
        var side = new HealthSide(survey, [.. kinds]);
        foreach (var failure in plan.Failures)
            side.Problems.Add(failure, ApiCatalog.GroupOf(failure));
        return side;
    }

    /// <summary>The objects, each as it comes, in any order.</summary>
    public IAsyncEnumerable<ComparedObject> ReadAsync(CancellationToken cancellationToken) => ChannelStream.RunAsync<ComparedObject>(
        (writer, token) => Parallel.ForEachAsync(_kinds, new ParallelOptions { MaxDegreeOfParallelism = KindsAtOnce, CancellationToken = token }, async (kind, stop) => await ListAsync(kind, writer, stop).ConfigureAwait(false)),
        cancellationToken);

    // A cluster that has nothing of what is meant lacks all of it.
    private static ListPlan? Plan(ClusterSurvey survey, SystemDescription system, HealthComparisonOptions options, IReporter reporter)
    {
        try
        {
            return ListPlan.Make(survey.Catalog, system, new ClusterConfigSelection { Namespace = options.Namespaces }, SecretHandling.Skip);
        }
        catch (UpgradeException e) when (e.Failure.Id == "KindNotInSystem")
        {
            reporter.Verbose($"{survey.Name}: {e.Failure.Message}");
            return null;
        }
    }

    private async Task ListAsync(KindPlan kind, ChannelWriter<ComparedObject> writer, CancellationToken cancellationToken)
    {
        var outcome = new RuleOutcome();
        try
        {
            await foreach (var o in Survey.ListAsync(kind.Resource, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    if (!kind.Includes(o))
                        continue;
                    var compared = ComparedObject.Of(kind.Resource, o);
                    if (compared.IsDeleting || Travels(kind, o, outcome))
                        await writer.WriteAsync(compared, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (UpgradeException e)
        {
            if (e is not KubernetesApiException { StatusCode: 404 } || !await UnservedKinds.IsUnservedAsync(Survey.Cluster.Client, kind.Resource, cancellationToken).ConfigureAwait(false))
                Problems.Add(e.Failure with { Target = e.Failure.Target ?? kind.Resource.ToString() }, kind.Resource.Group, kind.Resource.Kind);
        }
    }

    // What a controller makes anew, and what a system leaves behind, need not be on the other side.
    private static bool Travels(KindPlan kind, KubernetesObject o, RuleOutcome outcome)
    {
        try
        {
            kind.Rules.Apply(o, outcome);
            return outcome.LeftOutReason is null;
        }
        catch (UpgradeException)
        {
            // What it was before it was held can't be told; that it is there can.
            return true;
        }
    }
}
