using System.Net;
using System.Net.Sockets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Finds out which cluster a host name leads to, as any client would, where no zone of ours tells it.</summary>
/// <param name="lookup">Asks DNS for the addresses of a name.</param>
internal sealed class TrafficSight(Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> lookup)
{
    // Any name will do, where a wildcard answers for all.
    private const string AnyLabel = "konupgrade";

    /// <summary>Looks the name up, and compares with the addresses that the clusters' load balancers have now.</summary>
    /// <param name="hostName">The name.</param>
    /// <param name="green">Green's load balancer, by name or address.</param>
    /// <param name="blue">Blue's; null where it is not known.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The side: Both where addresses of both are answered, Unknown where none is. And what was seen, for people.</returns>
    public async Task<(TrafficSide Side, string Seen)> ByDnsAsync(string hostName, string green, string? blue, CancellationToken cancellationToken)
    {
        var asked = hostName.StartsWith('*') ? $"{AnyLabel}{hostName[1..]}" : hostName;
        var answered = await LookUpAsync(asked, cancellationToken).ConfigureAwait(false);
        if (answered.Count == 0)
            return (TrafficSide.Unknown, $"DNS does not know {asked}");
        var isGreens = (await LookUpAsync(green, cancellationToken).ConfigureAwait(false)).Any(answered.Contains);
        var isBlues = blue is not null && (await LookUpAsync(blue, cancellationToken).ConfigureAwait(false)).Any(answered.Contains);
        var addresses = string.Join(", ", answered.Order(Comparer<IPAddress>.Create(static (one, other) => string.CompareOrdinal(one.ToString(), other.ToString()))));
        return (isGreens, isBlues) switch
        {
            (true, false) => (TrafficSide.Green, $"{asked} leads to {green} ({addresses})"),
            (true, true) => (TrafficSide.Both, $"{asked} leads to both load balancers ({addresses})"),
            (false, true) => (TrafficSide.Blue, $"{asked} still leads to {blue} ({addresses})"),
            _ => (TrafficSide.Unknown, $"{asked} leads to {addresses}, which is not {green}"),
        };
    }

    /// <summary>Asks for the name by HTTP, and looks where it is redirected to.</summary>
    /// <param name="hostName">The name.</param>
    /// <param name="greenHost">The host to which green's users are redirected.</param>
    /// <param name="probe">How it is asked.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<(TrafficSide Side, string Seen)> ByRedirectionAsync(string hostName, string greenHost, TrafficProbe probe, CancellationToken cancellationToken)
    {
        var answer = await new LoadBalancerProbe(probe).AnswerAsync(hostName, hostName, cancellationToken).ConfigureAwait(false);
        if (answer.Status is not (301 or 302 or 303 or 307 or 308) || answer.Location is not { IsAbsoluteUri: true } location)
            return (TrafficSide.Unknown, $"{answer.Words.TrimEnd('.')}, and no redirection to {greenHost}");
        return HostNames.Normal(location.Host) == greenHost
            ? (TrafficSide.Green, $"{hostName} redirects to {greenHost}")
            : (TrafficSide.Blue, $"{hostName} still redirects to {location.Host}");
    }

    /// <summary>Asks DNS as the machine does.</summary>
    public static async Task<IReadOnlyList<IPAddress>> LookUpHereAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Not known, or nobody answers: it is asked again.
            return [];
        }
    }

    private async Task<IReadOnlyList<IPAddress>> LookUpAsync(string name, CancellationToken cancellationToken) =>
        IPAddress.TryParse(name, out var address) ? [address] : await lookup(name, cancellationToken).ConfigureAwait(false);
}
