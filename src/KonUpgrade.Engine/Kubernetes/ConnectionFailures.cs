using System.Net.Sockets;
using System.Security.Authentication;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Makes typed errors of calls that got no answer, or only a part of one.</summary>
internal static class ConnectionFailures
{
    public static KubernetesApiException From(ApiRequest request, ClusterEndpoint endpoint, HttpConnections connections, Exception exception)
    {
        var server = endpoint.Server.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        var cluster = endpoint.Name == server ? server : $"{endpoint.Name} ({server})";
        var way = connections.ProxyName is { } proxy ? $" through the proxy {proxy}" : "";
        var socket = Find<SocketException>(exception);
        var error = (exception as HttpRequestException)?.HttpRequestError ?? (Find<HttpIOException>(exception)?.HttpRequestError ?? HttpRequestError.Unknown);

        if (error == HttpRequestError.SecureConnectionError && Find<AuthenticationException>(exception) is null && (socket is not null || Find<IOException>(exception) is not null))
        {
            // The connection broke before the two had agreed on anything: a server that is going down or coming up behind
            // a balancer does that. What it does not like it says.
            return Make("ConnectionLost", FailureKind.Unavailable, CallOutcome.NotProcessed, $"the connection broke while TLS was being agreed on{way}",
                "Try again; where it stays, check that the server speaks TLS at this port, and what stands between.");
        }
        if (Find<AuthenticationException>(exception) is not null || error == HttpRequestError.SecureConnectionError)
            return Tls();
        if (error == HttpRequestError.ProxyTunnelError)
        {
            return Make("ProxyRefused", FailureKind.Unavailable, CallOutcome.NotProcessed, $"the proxy {connections.ProxyName} gave no way to the server",
                "Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY.");
        }
        if (error == HttpRequestError.NameResolutionError || socket?.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
        {
            return Make("HostNotFound", FailureKind.Unavailable, CallOutcome.NotProcessed, $"the name {endpoint.Server.Host} can't be resolved{way}",
                "Check the server's name in the kubeconfig, DNS, and whether a VPN is needed.");
        }
        if (socket?.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return Make("ConnectionRefused", FailureKind.Unavailable, CallOutcome.NotProcessed, $"the connection was refused{way}",
                "Check that the API server runs, and the server's address and port in the kubeconfig.");
        }
        if (error == HttpRequestError.ConnectionError)
        {
            return Make("Unreachable", FailureKind.Unavailable, CallOutcome.NotProcessed,
                $"no connection could be made{way} ({socket?.SocketErrorCode.ToString() ?? "connection failed"})",
                "Check the network, the firewall, and whether a VPN or proxy is needed.");
        }
        return Make("ConnectionLost", FailureKind.Unavailable, CallOutcome.Unknown,
            $"the connection broke before the answer was whole{way} ({(error == HttpRequestError.Unknown ? socket?.SocketErrorCode.ToString() ?? exception.GetType().Name : error.ToString())})",
            "Try again; where it stays, look for a proxy or load balancer that cuts connections.");

        KubernetesApiException Tls()
        {
            var problem = connections.Verifier.LastProblem;
            return problem?.Kind switch
            {
                CertificateProblemKind.UnknownAuthority or CertificateProblemKind.Missing or CertificateProblemKind.Other =>
                    Make("CertificateNotTrusted", FailureKind.Security, CallOutcome.Final, problem.Message,
                        "Check certificate-authority in the kubeconfig: it may belong to another cluster, or to this one before it was made anew."),
                CertificateProblemKind.NameMismatch =>
                    Make("CertificateNameMismatch", FailureKind.Security, CallOutcome.Final,
                        $"{problem.Message}, not for {endpoint.TlsServerName ?? endpoint.Server.Host}",
                        "Use a server name that the certificate carries, or set tls-server-name in the kubeconfig."),
                CertificateProblemKind.NotTimeValid =>
                    Make("CertificateExpired", FailureKind.Security, CallOutcome.Final, problem.Message,
                        "Renew the server's certificate, and check the clocks of both machines."),
                _ => Make("TlsFailed", FailureKind.Security, CallOutcome.Final, "no TLS connection could be agreed on",
                        "Check that the server speaks TLS at this port, and that it takes the client certificate."),
            };
        }

        KubernetesApiException Make(string id, FailureKind kind, CallOutcome outcome, string message, string recommendation) =>
            new(new Failure { Id = id, Kind = kind, Message = $"{request.Action} on {cluster}: {message}", Recommendation = recommendation, Target = request.Target ?? endpoint.Name }, exception)
            {
                Outcome = outcome,
            };
    }

    public static KubernetesApiException TimedOut(ApiRequest request, ClusterEndpoint endpoint, TimeSpan after, bool connecting, Exception? exception) =>
        new(new Failure
        {
            Id = connecting ? "ConnectTimeout" : "RequestTimeout",
            Kind = FailureKind.Timeout,
            Message = connecting
                ? $"{request.Action} on {endpoint.Name}: no connection to {endpoint.Server.Authority} within {after.TotalSeconds:0.#} s"
                : $"{request.Action} on {endpoint.Name}: no answer within {after.TotalSeconds:0.#} s",
            Recommendation = connecting
                ? "Check the server's address, the network and the firewall, and whether a VPN or proxy is needed."
                : "Try again when the server is less busy.",
            Target = request.Target ?? endpoint.Name,
        }, exception)
        {
            Outcome = connecting ? CallOutcome.NotProcessed : CallOutcome.Unknown,
        };

    /// <summary>A time that ran out in each of several tries: how long was waited in all is what whoever waited wants to know.</summary>
    public static KubernetesApiException InAll(KubernetesApiException last, int tries, TimeSpan elapsed) =>
        new(last.Failure with { Message = $"{last.Failure.Message}, in none of {tries} tries ({elapsed.TotalSeconds:0} s in all)" }, last.InnerException) { Outcome = last.Outcome };

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
                return found;
        }
        return null;
    }
}
