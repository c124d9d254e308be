using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which clusters are meant, and as whom AWS is asked.</summary>
internal sealed record TrafficRequest(ClusterRequest Blue, ClusterRequest? Green, AwsRequest Aws);

/// <summary>Reads and switches the traffic of host names.</summary>
internal static class TrafficOperation
{
    /// <summary>Gives the traffic of each name; of every name that leads to a cluster, where none is meant.</summary>
    public static async IAsyncEnumerable<ClusterTraffic> GetAsync(TrafficRequest request, TrafficOptions options, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var dns = new TrafficDns(request.Aws.Options(), host);
        var blue = await request.Blue.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using var openedBlue = blue.ConfigureAwait(false);
        var green = request.Green is null ? null : await request.Green.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using var openedGreen = (green as IAsyncDisposable ?? Nothing.Instance).ConfigureAwait(false);
        if (green is not null)
            await blue.RefuseSameClusterAsync(green, cancellationToken).ConfigureAwait(false);
        var reader = new TrafficReader(dns, blue, green);
        var found = options.HostName.Count > 0 ? reader.ReadAsync(options, cancellationToken) : reader.FindAsync(options.HostedZoneId, cancellationToken);
        await foreach (var traffic in found.ConfigureAwait(false))
            yield return traffic;
    }

    /// <summary>Switches names together, once that is answered with yes, and gives each as it is then.</summary>
    public static async IAsyncEnumerable<ClusterTraffic> SwitchAsync(TrafficRequest request, TrafficSwitchOptions options, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var dns = new TrafficDns(request.Aws.Options(), host);
        var blue = await request.Blue.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using var openedBlue = blue.ConfigureAwait(false);
        var green = await request.Green!.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using var openedGreen = green.ConfigureAwait(false);
        var prepared = await TrafficSwitch.PrepareAsync(dns, blue, green, options, host, cancellationToken).ConfigureAwait(false);
        if (prepared.Failure is { } failure)
            throw new UpgradeException(failure);
        if (prepared.Stages.Count == 0)
        {
            foreach (var traffic in prepared.Traffic)
                yield return traffic with { Action = TrafficAction.Unchanged };
            yield break;
        }

        if (options.Probe is { SkipCertificateCheck: true })
            host.Warning("The certificate of the load balancer is not checked: what answers may be anybody.");
        var to = (options.To == TrafficSide.Green ? green : blue).Context.Name;
        var answer = await host.AskToProcessAsync(
            string.Join(", ", prepared.Before.Select(static state => state.HostName)), $"Switch traffic to {to}: {string.Join("; ", prepared.Stages)}", cancellationToken).ConfigureAwait(false);
        if (answer == ProcessAnswer.WhatIf)
        {
            foreach (var traffic in prepared.Traffic)
                yield return traffic with { Action = TrafficAction.Planned, Stages = [.. prepared.Stages.Select(static stage => stage.ToString())] };
        }

        if (answer != ProcessAnswer.Yes)
            yield break;
        Failure? failed = null;
        foreach (var traffic in await prepared.RunAsync(cancellationToken).ConfigureAwait(false))
        {
            failed ??= traffic.Failure;
            yield return traffic;
        }

        if (failed is not null)
            host.Error(failed);
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public static Nothing Instance { get; } = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
