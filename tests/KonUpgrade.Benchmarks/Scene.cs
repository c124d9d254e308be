using System.Globalization;

namespace KonUpgrade.Benchmarks;

/// <summary>Brings a cluster to where a measurement starts, and back.</summary>
internal static class Scene
{
    private static readonly IReadOnlyList<string> Made =
        [$"{Widgets.CrdPath}/{Widgets.CrdName}", .. Widgets.Namespaces.Select(static ns => $"/api/v1/namespaces/{ns}")];

    /// <summary>Makes sure that the cluster has nothing of what will be made: what is somebody's is not measured with, and not deleted afterwards.</summary>
    /// <exception cref="SceneTakenException">It has.</exception>
    public static async Task CheckAsync(RawClient client, CancellationToken cancellationToken)
    {
        foreach (var path in Made)
        {
            if (await client.ExistsAsync(path, cancellationToken))
                throw new SceneTakenException(path);
        }
    }

    /// <summary>The custom resource and its namespaces, served.</summary>
    /// <exception cref="SceneTakenException">The cluster has one of them already.</exception>
    public static async Task PrepareAsync(RawClient client, CancellationToken cancellationToken)
    {
        await CheckAsync(client, cancellationToken);
        await client.PostAsync(Widgets.CrdPath, System.Text.Encoding.UTF8.GetBytes(Widgets.Crd), cancellationToken);
        foreach (var ns in Widgets.Namespaces)
        {
            var json = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + ns + "\"}}";
            await client.PostAsync("/api/v1/namespaces", System.Text.Encoding.UTF8.GetBytes(json), cancellationToken);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await client.ExistsAsync(Widgets.ListPath + "?limit=1", deadline.Token))
            await Task.Delay(100, deadline.Token);
    }

    public static async Task FillAsync(RawClient client, int from, int to, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"making objects {from} to {to} …"));
        var posts = Enumerable.Range(from, to - from).Select(i => (Widgets.Collection(Widgets.NamespaceOf(i)), Widgets.Json(i)));
        await client.PostAllAsync(posts, parallel: 64, cancellationToken);
    }

    /// <summary>Takes away all that the benchmark made and waits until it is gone.</summary>
    public static async Task CleanAsync(RawClient client, CancellationToken cancellationToken)
    {
        await client.DeleteAsync($"{Widgets.CrdPath}/{Widgets.CrdName}", cancellationToken);
        foreach (var ns in Widgets.Namespaces)
            await client.DeleteAsync($"/api/v1/namespaces/{ns}", cancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(5));
        foreach (var path in Made)
        {
            while (await client.ExistsAsync(path, deadline.Token))
                await Task.Delay(250, deadline.Token);
        }
    }
}

/// <summary>The cluster has already what the benchmark would make.</summary>
internal sealed class SceneTakenException(string path) : Exception(
    $"{path} is there already. The benchmark makes it, and deletes it with all that is in it: if it is left from an earlier run, delete it yourself; if not, take another cluster.");
