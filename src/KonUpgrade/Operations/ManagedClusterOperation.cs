using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which managed clusters are asked for.</summary>
internal sealed record ManagedClusterRequest(AwsRequest Aws, IReadOnlyList<NamePattern> Names);

/// <summary>Gets managed clusters.</summary>
internal static class ManagedClusterOperation
{
    public static async IAsyncEnumerable<ManagedCluster> RunAsync(
        ManagedClusterRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var clusters = new ManagedClusters(request.Aws.Options(), host);
        // A name that is said whole needs no right to list all of them.
        foreach (var name in request.Names.Where(static name => !name.IsWild).Select(static name => name.Text).Distinct(StringComparer.Ordinal))
        {
            ManagedCluster? found = null;
            try
            {
                found = await clusters.GetAsync(name, cancellationToken).ConfigureAwait(false);
            }
            catch (ResourceNotFoundException missing)
            {
                host.Error(missing.Failure, missing);
            }

            if (found is not null)
                yield return found;
        }

        var wild = request.Names.Where(static name => name.IsWild).ToList();
        if (request.Names.Count > 0 && wild.Count == 0)
            yield break;
        await foreach (var name in clusters.NamesAsync(cancellationToken).ConfigureAwait(false))
        {
            var isMeant = wild.Count == 0 || wild.Any(pattern => pattern.Matches(name));
            if (!isMeant || request.Names.Any(said => !said.IsWild && said.Text == name))
                continue;
            ManagedCluster? found = null;
            try
            {
                found = await clusters.GetAsync(name, cancellationToken).ConfigureAwait(false);
            }
            catch (ResourceNotFoundException)
            {
                host.Verbose($"the cluster '{name}' was deleted since it was listed");
            }

            if (found is not null)
                yield return found;
        }
    }
}
