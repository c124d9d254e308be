using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Query;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Elb;

/// <summary>
/// Elastic Load Balancing on the SDK's own runtime, query protocol: load balancers of applications and networks (version
/// 2015-12-01), and classic ones (2012-06-01), which Services of type LoadBalancer get where nothing else is said. Nothing
/// is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used.</param>
public sealed class LoadBalancerClient(AwsOptions options, IReporter reporter) : IDisposable
{
    private readonly QueryClient _client = Client(options, reporter, new AwsService("Elastic Load Balancing v2", "elasticloadbalancing", "2015-12-01"));
    private readonly QueryClient _classic = Client(options, reporter, new AwsService("Elastic Load Balancing", "elasticloadbalancing", "2012-06-01"));

    /// <summary>The region's load balancers, the classic ones last.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async IAsyncEnumerable<LoadBalancer> DescribeLoadBalancersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var balancer in _client.PagesAsync(DescribeLoadBalancers.Call, "LoadBalancers", cancellationToken).ConfigureAwait(false))
            yield return DescribeLoadBalancers.Read(balancer);
        await foreach (var balancer in _classic.PagesAsync(DescribeLoadBalancers.Call, "LoadBalancerDescriptions", cancellationToken).ConfigureAwait(false))
            yield return DescribeLoadBalancers.ReadClassic(balancer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _classic.Dispose();
    }

    private static QueryClient Client(AwsOptions options, IReporter reporter, AwsService service) => new(
        options,
        reporter,
        service,
        static async (login, token) =>
        {
            var region = await login.RegionAsync(token).ConfigureAwait(false);
            return (RegionalEndpoint.Named("elasticloadbalancing")(region, login.Source), region);
        },
        AwsFailures.Of);
}
