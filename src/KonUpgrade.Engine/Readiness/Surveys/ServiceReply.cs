using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>What a Service gave when it was asked through the API server.</summary>
internal sealed record ServiceReply
{
    /// <summary>
    /// How long it is waited: longer than the half minute for which an API server tries to reach a pod, so that a back end
    /// that keeps silent is told from one that it can't reach.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(35);

    private readonly ServiceCall _call;

    private ServiceReply(ServiceCall call) => _call = call;

    /// <summary>What it answered; null where it did not.</summary>
    public ServiceAnswer? Answer { get; private init; }

    /// <summary>Why it did not answer; null where it did.</summary>
    public string? Silence { get; private init; }

    /// <summary>Asks.</summary>
    /// <exception cref="KubernetesApiException">Whether it answers can't be found out: the right lacks, or the server can't reach the pods.</exception>
    public static async Task<ServiceReply> OfAsync(ClusterSurvey subject, ServiceCall call, CancellationToken cancellationToken)
    {
        try
        {
            return new ServiceReply(call) { Answer = await subject.Cluster.Client.AskServiceAsync(call, cancellationToken).ConfigureAwait(false) };
        }
        catch (KubernetesApiException e) when (SilenceOf(e, call) is { } silence)
        {
            return new ServiceReply(call) { Silence = silence };
        }
    }

    /// <summary>A finding about the Service.</summary>
    public ReadinessFinding Finding(string message, ReadinessSeverity severity = ReadinessSeverity.Blocking) => new()
    {
        Target = _call.ToString(),
        ApiVersion = "v1",
        Kind = "Service",
        Namespace = _call.Namespace,
        Name = _call.Service,
        Message = message,
        Severity = severity,
    };

    private static string? SilenceOf(KubernetesApiException e, ServiceCall call) => e.Failure.Id switch
    {
        "NotFound" => "it is not there, or nobody keeps its endpoints",
        "NoEndpoints" => "no endpoint of it is ready",
        "NoServicePort" => string.Create(CultureInfo.InvariantCulture, $"it has no port {call.Port}"),
        // Nobody listens; that the server has no way to the pods looks otherwise.
        "BackEndUnreachable" when e.Failure.Message.Contains("connection refused", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"its pod refuses connections at port {call.Port}"),
        "RequestTimeout" => string.Create(CultureInfo.InvariantCulture, $"it did not answer within {call.Timeout?.TotalSeconds:0.#} s"),
        _ => null,
    };
}
