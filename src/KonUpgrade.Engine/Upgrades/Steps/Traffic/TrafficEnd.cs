using System.Net;
using System.Net.Sockets;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>Where somebody else has to lead a host name, and where it led before.</summary>
/// <param name="HostName">The name.</param>
/// <param name="Green">Green's load balancer, or the host of green that users are redirected to.</param>
/// <param name="Blue">Blue's load balancer; null where it is not known.</param>
internal sealed record TrafficEnd(string HostName, string Green, string? Blue)
{
    /// <summary>Which record is to be changed, as a sentence.</summary>
    /// <param name="forward">To green; otherwise back.</param>
    public string Record(bool forward)
    {
        var (to, from) = forward ? (Green, Blue) : (Blue, Green);
        if (to is null)
            return $"Where the DNS of {HostName} is kept, put back what led to blue, in place of {from}.";
        return $"Where the DNS of {HostName} is kept, make its record {Form(to)} {to}{(from is null ? "" : $", in place of {from}")}.";
    }

    /// <summary>Which rule is to be changed, as a sentence.</summary>
    /// <param name="forward">To green; otherwise back.</param>
    public string Rule(bool forward) => forward
        ? $"In the load balancer that redirects {HostName}, let the rule redirect to {Green}, with status 302: browsers keep a 301, and would not come back."
        : $"In the load balancer that redirects {HostName}, let the rule redirect to blue's host again, in place of {Green}.";

    private static string Form(string target) => !IPAddress.TryParse(target, out var address) ? "a CNAME (at the apex of a zone, an alias) for"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? "an AAAA record with" : "an A record with";
}
