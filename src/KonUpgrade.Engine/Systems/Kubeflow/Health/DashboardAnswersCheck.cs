using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubeflow.Health;

/// <summary>
/// The dashboard answers at the gateway through which people come: with a page, or by sending whoever has not logged in to
/// where one does. It is asked through the API server, and not by the address that people use: that one is still blue's.
/// </summary>
/// <param name="longest">How long it is waited for an answer; null for the usual time.</param>
internal sealed class DashboardAnswersCheck(TimeSpan? longest = null) : IReadinessCheck<ClusterSurvey>
{
    private readonly ServiceCall _call = new() { Namespace = "istio-system", Service = "istio-ingressgateway", Port = 80, Path = "/", Timeout = longest ?? ServiceReply.Longest };

    public ReadinessRule Rule { get; } = new()
    {
        Id = "DashboardAnswers",
        Title = "Kubeflow's dashboard answers at the gateway",
        Category = ReadinessCategory.System,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the pods of istio-ingressgateway, of the login (authservice, oauth2-proxy or dex) and of centraldashboard, and at the gateway's VirtualServices.",
        Documentation = "https://www.kubeflow.org/docs/components/central-dash/access/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var reply = await ServiceReply.OfAsync(subject, _call, cancellationToken).ConfigureAwait(false);
        var finding = reply switch
        {
            { Silence: { } silence } => reply.Finding(silence),
            { Answer.StatusCode: >= 200 and < 400 } => null,
            // Somebody is there who asks for a login: the dashboard behind was not seen.
            { Answer.StatusCode: 401 or 403 } => reply.Finding($"{Answered(reply)}, which turns away who has no login; the dashboard was not seen", ReadinessSeverity.Advisory),
            _ => reply.Finding(Answered(reply)),
        };
        return ReadinessOutcome.Of(1, "Service", finding is null ? [] : [finding]);
    }

    private static string Answered(ServiceReply reply) => string.Create(CultureInfo.InvariantCulture, $"it answered HTTP {reply.Answer?.StatusCode}");
}
