using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Elb;
using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Traffic;

/// <summary>The zones of Route 53 as traffic sees them.</summary>
/// <param name="options">As whom, and where, AWS is asked.</param>
/// <param name="reporter">Told which credentials are used, and of every change.</param>
public sealed class TrafficDns(AwsOptions options, IReporter reporter) : IDisposable
{
    // A zone of this size is read whole, in a few requests; of a larger one only what is near the name.
    private const long SmallZone = 1500;
    private const int NearName = 20;

    private static readonly string[] s_leading = ["A", "AAAA", "CNAME"];

    private readonly Route53Client _route53 = new(options ?? throw new ArgumentNullException(nameof(options)), reporter);
    private readonly LoadBalancerClient _balancers = new(options.Beside(), reporter);
    private readonly Dictionary<string, IReadOnlyList<ResourceRecordSet>> _whole = new(StringComparer.Ordinal);

    /// <summary>Called before every change; it throws where nothing may be changed any more.</summary>
    public Action BeforeChange { get; init; } = static () => { };

    internal Route53Client Route53 => _route53;

    /// <inheritdoc/>
    public void Dispose()
    {
        _route53.Dispose();
        _balancers.Dispose();
    }

    /// <summary>The zone of a name.</summary>
    /// <param name="hostName">The name.</param>
    /// <param name="zoneId">The zone that is meant; null for the one with the longest name that the host name ends with.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">TrafficDnsElsewhere, TrafficZoneAmbiguous, TrafficZoneWrong, HostedZoneNotFound.</exception>
    internal async Task<HostedZone> ZoneOfAsync(string hostName, string? zoneId, CancellationToken cancellationToken)
    {
        if (zoneId is not null)
        {
            var named = await _route53.GetHostedZoneAsync(zoneId, cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(TrafficFailures.NoZone(zoneId));
            return HostNames.Suffixes(hostName).Contains(HostNames.Plain(named.Name), StringComparer.Ordinal) ? named : throw new UpgradeException(TrafficFailures.WrongZone(hostName, named));
        }
        foreach (var suffix in HostNames.Suffixes(hostName))
        {
            var zones = await _route53.ListHostedZonesByNameAsync(suffix, cancellationToken).ConfigureAwait(false);
            if (zones.Count == 0)
                continue;
            if (zones.Count == 1)
                return zones[0];
            // One name in several zones: inside and outside, or one that nobody delegates to.
            var having = new List<HostedZone>();
            foreach (var zone in zones)
            {
                if ((await AtAsync(zone.Id, hostName, cancellationToken).ConfigureAwait(false)).Any(IsLeading))
                    having.Add(zone);
            }
            return having.Count == 1 ? having[0]
                : having.Count == 0 ? zones.OrderBy(static zone => zone.PrivateZone).First()
                : throw new UpgradeException(TrafficFailures.ZoneAmbiguous(hostName, having));
        }
        throw new UpgradeException(TrafficFailures.DnsElsewhere(hostName));
    }

    /// <summary>Whether any zone of the account can have a name.</summary>
    /// <exception cref="UpgradeException">What AWS says.</exception>
    internal async Task<bool> HasZoneAsync(string hostName, CancellationToken cancellationToken)
    {
        foreach (var suffix in HostNames.Suffixes(hostName))
        {
            if ((await _route53.ListHostedZonesByNameAsync(suffix, cancellationToken).ConfigureAwait(false)).Count > 0)
                return true;
        }
        return false;
    }

    /// <summary>The account's zones, or the one that is named.</summary>
    /// <exception cref="UpgradeException">HostedZoneNotFound.</exception>
    internal async IAsyncEnumerable<HostedZone> ZonesAsync(string? zoneId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (zoneId is not null)
        {
            yield return await _route53.GetHostedZoneAsync(zoneId, cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(TrafficFailures.NoZone(zoneId));
            yield break;
        }
        await foreach (var zone in _route53.ListHostedZonesAsync(cancellationToken).ConfigureAwait(false))
            yield return zone;
    }

    /// <summary>What a zone has of a name, with what stands around it: who else owns it, and which wildcard answers for it.</summary>
    internal async Task<HostView> LookAsync(string hostName, HostedZone zone, CancellationToken cancellationToken)
    {
        var around = await AroundAsync(hostName, zone, cancellationToken).ConfigureAwait(false);
        var view = ViewOf(hostName, zone, around);
        return view with
        {
            Owner = ExternalDns.OwnerOf(hostName, around),
            Wildcard = view.Records.Count > 0 ? null : around.Where(IsLeading).Select(static record => HostNames.Plain(record.Name)).FirstOrDefault(name => name != hostName && HostNames.Covers(name, hostName)),
        };
    }

    /// <summary>What a zone has of a name now, and no more.</summary>
    internal async Task<HostView> ViewAsync(string hostName, HostedZone zone, CancellationToken cancellationToken) => ViewOf(
        hostName,
        zone,
        [
            .. await AtAsync(zone.Id, hostName, cancellationToken).ConfigureAwait(false),
            .. await AtAsync(zone.Id, TrafficMarker.NameFor(hostName), cancellationToken).ConfigureAwait(false),
        ]);

    /// <summary>The record sets of a name.</summary>
    internal async Task<IReadOnlyList<ResourceRecordSet>> AtAsync(string zoneId, string name, CancellationToken cancellationToken)
    {
        var found = new List<ResourceRecordSet>();
        await foreach (var record in _route53.ListResourceRecordSetsAsync(zoneId, HostNames.InZone(name), NearName, cancellationToken).ConfigureAwait(false))
        {
            if (HostNames.Plain(record.Name) != name)
                break;
            found.Add(record);
        }
        return found;
    }

    /// <summary>The record sets of a zone, read once.</summary>
    internal async Task<IReadOnlyList<ResourceRecordSet>> WholeAsync(HostedZone zone, CancellationToken cancellationToken)
    {
        if (!_whole.TryGetValue(zone.Id, out var all))
            _whole[zone.Id] = all = await ToListAsync(_route53.ListResourceRecordSetsAsync(zone.Id, null, null, cancellationToken)).ConfigureAwait(false);
        return all;
    }

    /// <summary>Forgets what was read once: it is about to change.</summary>
    internal void Forget() => _whole.Clear();

    /// <summary>The zone that an alias of a load balancer names: that of one beside it, or what the service says.</summary>
    /// <exception cref="UpgradeException">TrafficLoadBalancerNotFound, AwsAccessDenied.</exception>
    internal async Task<string> AliasZoneAsync(AliasTarget beside, string target, CancellationToken cancellationToken)
    {
        // All of a region and kind have one zone, and names that end alike.
        if (Domain(HostNames.Target(beside.DNSName)) == Domain(target))
            return beside.HostedZoneId;
        await foreach (var balancer in _balancers.DescribeLoadBalancersAsync(cancellationToken).ConfigureAwait(false))
        {
            if (HostNames.Target(balancer.DNSName) == target)
                return balancer.CanonicalHostedZoneId;
        }
        throw new UpgradeException(TrafficFailures.NoLoadBalancer(target));

        static string Domain(string name) => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>Whether a record leads anywhere.</summary>
    internal static bool IsLeading(ResourceRecordSet record) => s_leading.Contains(record.Type);

    private static HostView ViewOf(string hostName, HostedZone zone, IReadOnlyCollection<ResourceRecordSet> records)
    {
        var marker = TrafficMarker.NameFor(hostName);
        return new HostView(
            hostName,
            zone,
            [.. records.Where(record => IsLeading(record) && HostNames.Plain(record.Name) == hostName)],
            records.FirstOrDefault(record => record.Type == "TXT" && HostNames.Plain(record.Name) == marker));
    }

    private async Task<IReadOnlyCollection<ResourceRecordSet>> AroundAsync(string hostName, HostedZone zone, CancellationToken cancellationToken)
    {
        if (zone.ResourceRecordSetCount <= SmallZone)
            return await WholeAsync(zone, cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"The zone {zone.Name} has {zone.ResourceRecordSetCount} record sets: whether external-dns owns {hostName} under a prefix or suffix of its user's own is not looked for.");
        var found = new List<ResourceRecordSet>();
        var bare = hostName.StartsWith("*.", StringComparison.Ordinal) ? $"wildcard.{hostName[2..]}" : hostName;
        IEnumerable<string> names =
        [
            hostName, bare, $"a-{bare}", $"aaaa-{bare}", $"cname-{bare}", TrafficMarker.NameFor(hostName), $"*.{hostName[(hostName.IndexOf('.', StringComparison.Ordinal) + 1)..]}",
        ];
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            found.AddRange(await AtAsync(zone.Id, name, cancellationToken).ConfigureAwait(false));
        return found;
    }

    private static async Task<IReadOnlyList<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items.ConfigureAwait(false))
            list.Add(item);
        return list;
    }
}
