using System.Globalization;
using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>Why traffic can't be switched, or was not, and what to do about it.</summary>
internal static class TrafficFailures
{
    /// <summary>The failure of a name that Route 53 has no zone for: its switch is somebody else's work.</summary>
    public const string DnsElsewhereId = "TrafficDnsElsewhere";

    /// <summary>The failure of a test host whose name is another one's.</summary>
    public const string TestHostTakenId = "TrafficTestHostTaken";

    /// <summary>The failure of a name for which nothing of a cluster has a load balancer.</summary>
    public const string NoAddressId = "TrafficAddressNotFound";

    /// <summary>The failure of a probe.</summary>
    public const string ProbeFailedId = "TrafficProbeFailed";

    public static Failure NameInvalid(string text) => new()
    {
        Id = "HostNameInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{text}' is no host name.",
        Recommendation = "Write it as shop.example.com, or *.example.com for a wildcard.",
        Target = text,
    };

    public static Failure WeightInvalid(string weights) => new()
    {
        Id = "TrafficWeightInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"The weights {weights} are no stages: they are percents from 1 to 100, each greater than the one before, and the last is 100.",
        Recommendation = "Write them as 5, 25, 50, 100.",
    };

    public static Failure ProbeNeedsUri(string hostName) => new()
    {
        Id = "TrafficProbeNeedsUri",
        Kind = FailureKind.InvalidArgument,
        Message = $"{hostName} stands for many names, and none of them can be asked for without knowing it.",
        Recommendation = "Give a whole URL to probe with: https://one.of.them/healthz.",
        Target = hostName,
    };

    public static Failure AddressInvalid(string address) => new()
    {
        Id = "TrafficProbeAddressInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{address}' is no place to probe.",
        Recommendation = "Write it as host:port, 10.0.0.1:8443 or [::1]:8443.",
        Target = address,
    };

    public static Failure NoZone(string id) => new()
    {
        Id = "HostedZoneNotFound",
        Kind = FailureKind.NotFound,
        Message = $"Route 53 has no hosted zone with the id {id}.",
        Recommendation = "Look at the id, and at the account that the credentials belong to: aws route53 list-hosted-zones.",
        Target = id,
    };

    public static Failure WrongZone(string hostName, HostedZone zone) => new()
    {
        Id = "TrafficZoneWrong",
        Kind = FailureKind.InvalidArgument,
        Message = $"{hostName} does not lie in the hosted zone {zone.Id} ({HostNames.Plain(zone.Name)}).",
        Recommendation = "Leave the zone out to have it found by the name.",
        Target = hostName,
    };

    public static Failure DnsElsewhere(string hostName) => new()
    {
        Id = DnsElsewhereId,
        Kind = FailureKind.NotFound,
        Message = $"No hosted zone of this account's Route 53 has the name {hostName}: its DNS is kept elsewhere.",
        Recommendation = "Look at the account that the credentials belong to. Where DNS is kept elsewhere, switch the name there by hand, to the load balancer that Get-ClusterTraffic tells; in a plan that is the step 'traffic-elsewhere'.",
        Target = hostName,
    };

    public static Failure ZoneAmbiguous(string hostName, IReadOnlyList<HostedZone> zones) => new()
    {
        Id = "TrafficZoneAmbiguous",
        Kind = FailureKind.InvalidArgument,
        Message = $"Several hosted zones have records of {hostName}: {string.Join(", ", zones.Select(static zone => $"{zone.Id} ({(zone.PrivateZone ? "private" : "public")})"))}.",
        Recommendation = "Name one with -HostedZoneId, and switch the others after it.",
        Target = hostName,
    };

    public static Failure NoRecord(HostView view) => new()
    {
        Id = "TrafficRecordNotFound",
        Kind = FailureKind.NotFound,
        Message = view.Wildcard is { } wildcard
            ? $"{view.HostName} has no record of its own: the wildcard {wildcard} answers for it."
            : $"The hosted zone {HostNames.Plain(view.Zone.Name)} ({view.Zone.Id}) has no record of {view.HostName} that leads anywhere.",
        Recommendation = view.Wildcard is { } name ? $"Switch {name}, and with it all names that it answers for." : "Look at the name. Make its record first, leading to blue.",
        Target = view.HostName,
    };

    public static Failure OwnedByExternalDns(string hostName, string registry) => new()
    {
        Id = "TrafficOwnedByExternalDns",
        Kind = FailureKind.Refused,
        Message = $"external-dns owns the records of {hostName} ({registry}), and would write its own again within a minute.",
        Recommendation = "Have external-dns switch it: stop it on blue (or take the name from the object there) and let green's, with the same txt-owner-id, take the records over; or take the registry's TXT records away, when nobody runs it any more.",
        Target = hostName,
    };

    public static Failure OwnedByPolicy(string hostName, string instance) => new()
    {
        Id = "TrafficPolicyOwned",
        Kind = FailureKind.Refused,
        Message = $"The records of {hostName} are made by the traffic policy instance {instance}, which alone may change them.",
        Recommendation = "Change the traffic policy.",
        Target = hostName,
    };

    public static Failure TargetUnknown(HostView view, IEnumerable<string> targets, TrafficEnds ends) => new()
    {
        Id = "TrafficTargetUnknown",
        Kind = FailureKind.Refused,
        Message = $"{view.HostName} leads to {NameList.Some([.. targets])}, which is no load balancer of {ends.Blue}{(ends.Green is { } green ? $" or {green}" : "")}.",
        Recommendation = "Look whether these are the clusters that are meant. Where it leads to another name of a zone, switch that one.",
        Target = view.HostName,
    };

    public static Failure SameLoadBalancer(string hostName, string address) => new()
    {
        Id = "TrafficSameLoadBalancer",
        Kind = FailureKind.Refused,
        Message = $"{hostName} leads to {address}, which is a load balancer of both clusters: DNS can't tell them apart.",
        Recommendation = "Switch at the load balancer: its rules or target groups choose the cluster.",
        Target = hostName,
    };

    public static Failure NoAddress(string hostName, string cluster) => new()
    {
        Id = NoAddressId,
        Kind = FailureKind.NotFound,
        Message = $"{cluster} has no load balancer for {hostName}: no Ingress, Service or Gateway there tells an address for it.",
        Recommendation = "Wait until its controller has made the load balancer (kubectl get ingress,service -A), and look whether the controller runs.",
        Target = hostName,
    };

    public static Failure AddressAmbiguous(string hostName, string cluster, IEnumerable<ClusterAddress> found) => new()
    {
        Id = "TrafficAddressAmbiguous",
        Kind = FailureKind.InvalidArgument,
        Message = $"Which load balancer of {cluster} serves {hostName} can't be told: {NameList.Some([.. found.Select(static address => $"{address.Source} ({address.Address})")])}.",
        Recommendation = "Name its object: -GreenSource 'Ingress istio-system/shop' (or -BlueSource).",
        Target = hostName,
    };

    public static Failure SourceNotFound(string source, string cluster, IEnumerable<ClusterAddress> found) => new()
    {
        Id = "TrafficSourceNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} has no object '{source}' with a load balancer's address. With one are: {(found.Any() ? NameList.Some([.. found.Select(static address => address.Source)]) : "none")}.",
        Recommendation = "Write it as 'Ingress istio-system/shop', 'Service istio-system/istio-ingressgateway' or 'Gateway ns/name'.",
        Target = source,
    };

    public static Failure NotWeighted(string hostName, TrafficRouting routing) => new()
    {
        Id = "TrafficRoutingNotWeighted",
        Kind = FailureKind.Refused,
        Message = $"The records of {hostName} are chosen by {routing}, and records of one name can't have weights beside.",
        Recommendation = "Switch all at once (-AllAtOnce): each record is led to the other load balancer and keeps its routing.",
        Target = hostName,
    };

    public static Failure Several(string hostName, string type) => new()
    {
        Id = "TrafficRecordsSeveral",
        Kind = FailureKind.Refused,
        Message = $"{hostName} has more than one weighted {type} record for one of the two clusters: whose weight is to change can't be told.",
        Recommendation = "Switch all at once (-AllAtOnce), or leave one record for each cluster.",
        Target = hostName,
    };

    public static Failure TypeDiffers(string hostName, string record, string address) => new()
    {
        Id = "TrafficRecordTypeDiffers",
        Kind = FailureKind.NotSupported,
        Message = $"The record of {hostName} is {record}, which can't lead to {address}.",
        Recommendation = "Make it an alias or a CNAME for a load balancer with a name, or an A record for one with an address, still leading to where it leads now; then switch.",
        Target = hostName,
    };

    public static Failure NoLoadBalancer(string address) => new()
    {
        Id = "TrafficLoadBalancerNotFound",
        Kind = FailureKind.NotFound,
        Message = $"Elastic Load Balancing has no load balancer {address} in this region and account, so that the zone that an alias of it names is not known.",
        Recommendation = "Name the region of the load balancer with -Region.",
        Target = address,
    };

    public static Failure TestHostTaken(string testHost) => new()
    {
        Id = TestHostTakenId,
        Kind = FailureKind.AlreadyExists,
        Message = $"The test host {testHost} has records that lead elsewhere.",
        Recommendation = "Choose a name that is free.",
        Target = testHost,
    };

    public static Failure ChangedMeanwhile(HostView view) => new()
    {
        Id = "TrafficChangedMeanwhile",
        Kind = FailureKind.Conflict,
        Message = $"Somebody else has changed the records of {view.HostName} while they were switched: {(view.Records.Count == 0 ? "there are none" : string.Join("; ", view.Records))}. They were left as they are.",
        Recommendation = $"Look at them with whoever did. The records of before are kept in the TXT record {TrafficMarker.NameFor(view.HostName)} until a switch ends.",
        Target = view.HostName,
    };

    public static Failure NotInSync(string hostName, TimeSpan waited) => new()
    {
        Id = "TrafficNotInSync",
        Kind = FailureKind.Timeout,
        Message = $"After {waited} not all name servers of Route 53 have the change of {hostName}. It was left as it is.",
        Recommendation = "Run the same command again: it goes on from here.",
        Target = hostName,
    };

    public static Failure NotServing(string hostName, string cluster, string answer) => new()
    {
        Id = "TrafficTargetNotServing",
        Kind = FailureKind.Refused,
        Message = $"{cluster} does not serve {hostName} yet: {answer} Nothing was changed.",
        Recommendation = "Look at the host's Ingress and Pods there. Where that answer is a good one, say so: Switch-ClusterTraffic with -ProbeUri and -ExpectedStatus, a plan with the settings probe and status of its step.",
        Target = hostName,
    };

    public static Failure ProbeFailed(string hostName, string cluster, int percent, string answer) => new()
    {
        Id = ProbeFailedId,
        Kind = FailureKind.Incomplete,
        Message = string.Create(CultureInfo.InvariantCulture, $"{cluster} did not serve {hostName} well with {percent} % of the traffic: {answer}"),
        Recommendation = "Find the cause on that cluster, and switch anew.",
        Target = hostName,
    };

    public static Failure NotServedWell(string hostName, string cluster, string answer) => new()
    {
        Id = ProbeFailedId,
        Kind = FailureKind.Incomplete,
        Message = $"{cluster} did not go on to serve {hostName} well: {answer}",
        Recommendation = "Find the cause on that cluster and resume: it is watched anew. Or take the upgrade back, which leads traffic back first.",
        Target = hostName,
    };

    public static Failure NotPutBack(string hostName, Failure cause, Failure why) => new()
    {
        Id = "TrafficNotPutBack",
        Kind = why.Kind,
        Message = $"{cause.Message} That could not be put back: {why.Message}",
        Recommendation = $"Run Switch-ClusterTraffic to the side that served before, at once. {why.Recommendation}",
        Target = hostName,
    };
}
