using System.Globalization;
using System.Text;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Asks Services of a cluster through its API server.</summary>
internal static class ServiceProxy
{
    public static Task<ServiceAnswer> AskAsync(ApiTransport transport, ServiceCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        var name = string.Create(CultureInfo.InvariantCulture, $"{(call.IsTls ? "https" : "http")}:{call.Service}:{call.Port}");
        var request = new ApiRequest
        {
            Method = HttpMethod.Get,
            Path = ResourcePath.Of(CoreResources.Services, call.Namespace, name, "proxy").Append(call.Path).ToString(),
            Action = $"ask {call} for {call.Path}",
            Target = call.ToString(),
            Accept = "*/*",
            // Whoever asks wants to know how it is now.
            Repeatable = false,
            Timeout = call.Timeout,
            IsPassedOn = static (code, body) => !ApiFailures.IsRefusal(code, body.Span),
        };
        return transport.RunAsync(request, ReadAsync, cancellationToken);
    }

    private static async Task<ServiceAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var text = Encoding.UTF8.GetString((await ApiTransport.BeginningAsync(response, cancellationToken).ConfigureAwait(false)).Span);
            return new ServiceAnswer((int)response.StatusCode, text.Length <= ServiceAnswer.LongestBody ? text : text[..ServiceAnswer.LongestBody]);
        }
    }
}
