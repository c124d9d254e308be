using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubeflow.Health;

/// <summary>The API of the pipelines says of itself that it is healthy; one of before 2.0 knows only v1beta1.</summary>
/// <param name="longest">How long it is waited for an answer; null for the usual time.</param>
internal sealed class PipelinesAnswerCheck(TimeSpan? longest = null) : IReadinessCheck<ClusterSurvey>
{
    private readonly ServiceCall _call = new() { Namespace = "kubeflow", Service = "ml-pipeline", Port = 8888, Path = "/apis/v2beta1/healthz", Timeout = longest ?? ServiceReply.Longest };

    public ReadinessRule Rule { get; } = new()
    {
        Id = "PipelinesAnswer",
        Title = "The API of Kubeflow's pipelines is healthy",
        Category = ReadinessCategory.System,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the log of ml-pipeline in the namespace kubeflow: it needs its database and its bucket.",
        Documentation = "https://www.kubeflow.org/docs/components/pipelines/reference/api/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var reply = await ServiceReply.OfAsync(subject, _call, cancellationToken).ConfigureAwait(false);
        if (reply.Answer?.StatusCode == 404)
            reply = await ServiceReply.OfAsync(subject, _call with { Path = "/apis/v1beta1/healthz" }, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(1, "Service", reply switch
        {
            { Silence: { } silence } => [reply.Finding(silence)],
            { Answer.StatusCode: 200 } => [],
            { Answer.StatusCode: 404 } => [reply.Finding("it knows neither /apis/v2beta1/healthz nor /apis/v1beta1/healthz")],
            _ => [reply.Finding(string.Create(CultureInfo.InvariantCulture, $"it answered HTTP {reply.Answer?.StatusCode} to {_call.Path}"))],
        });
    }
}
