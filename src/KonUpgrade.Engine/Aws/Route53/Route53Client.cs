using System.Runtime.CompilerServices;
using Amazon;
using KonUpgrade.Engine.Aws.RestXml;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>
/// Route 53 on the SDK's own runtime: operations and fields are named as in the service's model, version 2013-04-01. It is
/// one service a partition, signed for the partition's home region, and takes five requests a second of an account.
/// Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
public sealed class Route53Client(AwsOptions options, IReporter reporter) : IDisposable
{
    private const int PageSize = 300;

    private static readonly AwsService Service = new("Route 53", "route53", "2013-04-01");

    private readonly RestXmlClient _client = new(options, reporter, Service, static (login, _) => Task.FromResult(Home(login.Source)), Route53Failures.Of);

    /// <summary>The account's hosted zones.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async IAsyncEnumerable<HostedZone> ListHostedZonesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await _client.CallAsync(ListHostedZones.Call(marker), cancellationToken).ConfigureAwait(false);
            foreach (var zone in page.List("HostedZones"))
                yield return HostedZone.Read(zone);
            marker = page.Text("IsTruncated") == "true" ? page.Text("NextMarker") : null;
        }
        while (!string.IsNullOrEmpty(marker));
    }

    /// <summary>The account's hosted zones of one name: a public one, private ones, or several.</summary>
    /// <param name="dnsName">The name.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async Task<IReadOnlyList<HostedZone>> ListHostedZonesByNameAsync(string dnsName, CancellationToken cancellationToken)
    {
        var wanted = $"{dnsName.TrimEnd('.')}.";
        var page = await _client.CallAsync(ListHostedZonesByName.Call(wanted), cancellationToken).ConfigureAwait(false);
        return [.. page.List("HostedZones").Select(HostedZone.Read).Where(zone => string.Equals(zone.Name, wanted, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>A hosted zone; null where there is none of this id.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async Task<HostedZone?> GetHostedZoneAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.CallAsync(GetHostedZone.Call(Route53Xml.BareId(id)), cancellationToken).ConfigureAwait(false)).Part("HostedZone") is { } zone ? HostedZone.Read(zone) : null;
        }
        catch (AwsException e) when (e.ErrorCode == Route53Failures.NoZone)
        {
            return null;
        }
    }

    /// <summary>The record sets of a zone in the service's order, page by page.</summary>
    /// <param name="zoneId">The zone.</param>
    /// <param name="startName">The name that the list begins with; null for the zone's first.</param>
    /// <param name="pageSize">How many are asked for at once; null for as many as there may be.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async IAsyncEnumerable<ResourceRecordSet> ListResourceRecordSetsAsync(string zoneId, string? startName, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string? Name, string? Type, string? Identifier) from = (startName, null, null);
        do
        {
            var page = await _client.CallAsync(ListResourceRecordSets.Call(zoneId, from.Name, from.Type, from.Identifier, pageSize ?? PageSize), cancellationToken).ConfigureAwait(false);
            foreach (var record in page.List("ResourceRecordSets"))
                yield return ResourceRecordSet.Read(record);
            (string? Name, string? Type, string? Identifier) next =
                page.Text("IsTruncated") == "true" ? (page.Text("NextRecordName"), page.Text("NextRecordType"), page.Text("NextRecordIdentifier")) : default;
            if (next.Name is not null && next == from)
                throw new AwsException(Route53Failures.SamePage(zoneId));
            from = next;
        }
        while (!string.IsNullOrEmpty(from.Name));
    }

    /// <summary>Makes all changes of a batch, or none.</summary>
    /// <param name="zoneId">The zone.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="comment">What the service is to keep with the change.</param>
    /// <param name="cancellationToken">Stops waiting; the change may be made all the same.</param>
    /// <exception cref="AwsException">RecordChangeRefused: something does not fit what the zone has; or what the service, or the way to it, says.</exception>
    public async Task<ChangeInfo> ChangeResourceRecordSetsAsync(string zoneId, IReadOnlyList<RecordChange> changes, string comment, CancellationToken cancellationToken) =>
        ChangeInfo.Read(await _client.CallAsync(ChangeResourceRecordSets.Call(zoneId, changes, comment), cancellationToken).ConfigureAwait(false));

    /// <summary>How far a change is.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async Task<ChangeInfo> GetChangeAsync(string id, CancellationToken cancellationToken) =>
        ChangeInfo.Read(await _client.CallAsync(GetChange.Call(id), cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // One service a partition, which is asked and signed for at the partition's home.
    private static (Uri Url, string SigningRegion) Home(AwsCredentialSource source) => RegionEndpoint.GetBySystemName(source.Region ?? "us-east-1").PartitionName switch
    {
        "aws-cn" => (new Uri("https://route53.amazonaws.com.cn"), "cn-northwest-1"),
        "aws-us-gov" => (new Uri("https://route53.us-gov.amazonaws.com"), "us-gov-west-1"),
        _ => (new Uri(source.UseFips ? "https://route53-fips.amazonaws.com" : "https://route53.amazonaws.com"), "us-east-1"),
    };
}
