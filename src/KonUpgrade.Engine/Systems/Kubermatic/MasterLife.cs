using System.Text.Json;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>
/// Whether the master that an export is of still works: whether its operator or its controllers run, which reconcile every
/// seed that it knows.
/// </summary>
internal static class MasterLife
{
    private const string Namespace = "kubermatic";

    private static readonly string[] s_controllers = ["kubermatic-operator", "kubermatic-master-controller-manager"];
    private static readonly ApiResource s_deployments = new() { Group = "apps", Version = "v1", Kind = "Deployment", Plural = "deployments", Namespaced = true };

    /// <summary>What of it runs; empty where nothing does; null where nobody can look.</summary>
    public static async Task<IReadOnlyList<string>?> RunningAsync(ImportHookSource? source, IReporter reporter, CancellationToken cancellationToken)
    {
        if (source is null)
            return null;
        try
        {
            if (await source(cancellationToken).ConfigureAwait(false) is not { } master)
                return null;
            await using (master.ConfigureAwait(false))
            {
                var running = new List<string>();
                var there = 0;
                foreach (var name in s_controllers)
                {
                    using var found = await master.Client.GetAsync(s_deployments, Namespace, name, cancellationToken).ConfigureAwait(false);
                    there += found is null ? 0 : 1;
                    if (found is not null && Runs(found))
                        running.Add(name);
                }
                // One that has neither may have them elsewhere: that is no proof that it has stopped.
                return there == 0 ? null : running;
            }
        }
        catch (UpgradeException e)
        {
            reporter.Verbose($"Whether the master that was exported still works can't be told: {e.Failure.Message}");
            return null;
        }
    }

    // What was scaled down ends only when its Pods have.
    private static bool Runs(KubernetesObject deployment)
    {
        var wanted = deployment.Root.Member("spec"u8).Member("replicas"u8);
        var there = deployment.Root.Member("status"u8).Member("replicas"u8);
        return Number(wanted, otherwise: 1) > 0 || Number(there, otherwise: 0) > 0;
    }

    private static int Number(Foundation.Json.JsonPart part, int otherwise) =>
        part.ValueKind == JsonValueKind.Number && part.TryGetInt64(out var number) ? (int)Math.Clamp(number, 0, int.MaxValue) : otherwise;
}
