using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>
/// What of a Kubeflow works in a cluster: the controllers of profiles, of the pipelines' share in them, of notebooks and of models; and its servers.
/// Each works as long as its Deployment is there and not scaled to nothing, as the real one does; without a Deployment
/// a cluster with the kinds alone stays as it is.
/// </summary>
internal sealed class KubeflowLoop : IAsyncDisposable
{
    private static readonly HashSet<string> s_followed = new(StringComparer.Ordinal)
    {
        "profiles.kubeflow.org", "notebooks.kubeflow.org", "inferenceservices.serving.kserve.io", "namespaces", "deployments.apps", "statefulsets.apps",
    };

    private readonly SimulatedCluster _cluster;
    private readonly KubeflowController[] _controllers;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public KubeflowLoop(SimulatedCluster cluster)
    {
        _cluster = cluster;
        var objects = new KubeflowObjects(cluster);
        _controllers = [new ProfileController(objects), new PipelinesController(objects), new NotebookController(objects), new ModelController(objects)];
        cluster.BackEnds.Install(KubeflowServers.All);
        cluster.Store.Changed += Follow;
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _cluster.Store.Changed -= Follow;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    // Called under the store's gate. One signal that waits stands for all that come meanwhile.
    private void Follow(Collection collection, StoreEvent change)
    {
        if (s_followed.Contains(collection.Name)) _changes.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (bool _ in _changes.Reader.ReadAllAsync(_stop.Token))
            {
                foreach (KubeflowController controller in _controllers) Work(controller);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private void Work(KubeflowController controller)
    {
        try
        {
            if (controller.IsRunning) controller.Work();
        }
        catch (ApiError refused)
        {
            // As a real controller does: what the server refuses now, it may take later.
            _cluster.Settings.Log.WriteLine($"{_cluster.Name}: {controller.GetType().Name}: {refused.Message}");
        }
    }
}
