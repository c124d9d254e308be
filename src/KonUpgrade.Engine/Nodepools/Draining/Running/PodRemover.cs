using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>Asks the server to let a pod go: that very pod, and no other one of its name.</summary>
/// <param name="client">The cluster.</param>
/// <param name="version">Group and version of the Eviction that it takes.</param>
/// <param name="gracePeriodSecond">Seconds that pods get to end; negative for their own.</param>
internal sealed class PodRemover(KubernetesClient client, string version, int gracePeriodSecond) : IDisposable
{
    // Pods of many nodes want to go at once; the server has others to serve, too.
    private const int RequestsAtOnce = 64;

    private readonly SemaphoreSlim _room = new(RequestsAtOnce);

    /// <summary>Group and version of the Eviction that a server takes, as its discovery says; null where it takes none.</summary>
    public static string? VersionOf(ApiCatalog catalog) => catalog.Find("", "v1", "Pod")?.SubresourceVersions.GetValueOrDefault("eviction");

    /// <summary>Evicts a pod: its budget is asked.</summary>
    public Task<EvictionAnswer> EvictAsync(PodFacts pod, CancellationToken cancellationToken) => AskAsync(
        pod,
        async token =>
        {
            using var answer = await client.CreateSubresourceAsync(CoreResources.Pods, pod.Namespace, pod.Name, "eviction", Body(pod), new WriteOptions(), token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Deletes a pod: no budget is asked.</summary>
    public Task<EvictionAnswer> DeleteAsync(PodFacts pod, CancellationToken cancellationToken) => AskAsync(
        pod,
        token => client.DeleteAsync(CoreResources.Pods, pod.Namespace, pod.Name, new DeleteOptions { Uid = pod.Uid, GracePeriodSeconds = gracePeriodSecond < 0 ? null : gracePeriodSecond }, token),
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    private async Task<EvictionAnswer> AskAsync(PodFacts pod, Func<CancellationToken, Task<bool>> ask, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new EvictionAnswer(await ask(cancellationToken).ConfigureAwait(false) ? EvictionResult.Accepted : EvictionResult.Gone);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 409)
        {
            return await IsThereAsync(pod, cancellationToken).ConfigureAwait(false) ? new EvictionAnswer(EvictionResult.Unsure, e.Failure) : new EvictionAnswer(EvictionResult.Gone);
        }
        catch (KubernetesApiException e)
        {
            return new EvictionAnswer(ResultOf(e, pod), e.Failure, e.RetryAfter);
        }
        finally
        {
            _room.Release();
        }
    }

    private static EvictionResult ResultOf(KubernetesApiException e, PodFacts pod) => e.StatusCode switch
    {
        404 when e.DetailsName == pod.Name => EvictionResult.Gone,
        // Its budget went in between.
        404 when e.DetailsName is not null => EvictionResult.Unsure,
        429 => EvictionResult.Blocked,
        403 when e.Causes.Any(cause => cause.Reason == "NamespaceTerminating") => EvictionResult.NamespaceTerminating,
        // pkg/registry/core/pod/storage/eviction.go; there is no reason by which to tell it.
        500 when e.Failure.Message.Contains("more than one PodDisruptionBudget", StringComparison.Ordinal) => EvictionResult.MultipleBudgets,
        // Asked again, the answer is of the same pod: to one that is going already the server says yes.
        0 or 502 or 503 or 504 => e.Outcome == CallOutcome.Unknown ? EvictionResult.Unsure : EvictionResult.Failed,
        _ => EvictionResult.Failed,
    };

    private async Task<bool> IsThereAsync(PodFacts pod, CancellationToken cancellationToken)
    {
        using var there = await client.GetAsync(CoreResources.Pods, pod.Namespace, pod.Name, cancellationToken).ConfigureAwait(false);
        return there is not null && there.Uid == pod.Uid;
    }

    private byte[] Body(PodFacts pod)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", version);
            json.WriteString("kind", "Eviction");
            json.WriteStartObject("metadata");
            json.WriteString("name", pod.Name);
            json.WriteString("namespace", pod.Namespace);
            json.WriteEndObject();
            json.WriteStartObject("deleteOptions");
            if (gracePeriodSecond >= 0)
                json.WriteNumber("gracePeriodSeconds", gracePeriodSecond);
            json.WriteStartObject("preconditions");
            json.WriteString("uid", pod.Uid);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}
