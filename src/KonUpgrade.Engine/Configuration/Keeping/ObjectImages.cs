using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Keeping;

/// <summary>
/// What objects were before an upgrade changed them, a file each, so that an undo can put them back. Beside it stands
/// what each was after the change: of what the change did, that is taken back which nobody has changed since.
/// </summary>
/// <param name="folder">Where the files are.</param>
/// <param name="begun">Called once, before the first of them is written.</param>
public sealed class ObjectImages(string folder, Func<Task>? begun = null)
{
    private readonly Lazy<Task> _begun = new(() => begun?.Invoke() ?? Task.CompletedTask);

    /// <summary>Where the files are.</summary>
    public string Folder => folder;

    /// <summary>Keeps an object as it is, before it is changed.</summary>
    /// <exception cref="UpgradeException">The file can't be written: then the object must not be changed.</exception>
    public async Task KeepAsync(ApiResource resource, KubernetesObject live, CancellationToken cancellationToken)
    {
        var file = FileOf(resource, live.Namespace, live.Name);
        var before = JsonTree.Parse(live.Json);
        if (File.Exists(file) && Read(file) is var kept && kept["uid"]?.GetValue<string>() == live.Uid)
        {
            // A change that was begun and not settled: what was before it is known.
            if (kept["before"] is not JsonObject first || kept["after"] is not JsonObject after)
                return;
            // It is changed once more: what others have changed since the first time is theirs, and what was before.
            before = TakenBack.Of(first, after, before, []);
            if (TakenBack.OwnersOf(first, after, JsonTree.Parse(live.Json)) is { } owners)
                before["metadata"]!["managedFields"] = owners;
        }

        await WriteAsync(file, new JsonObject { ["uid"] = live.Uid, ["before"] = before }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that an object is about to be changed of which nothing may lie about in files.</summary>
    /// <exception cref="UpgradeException">The file can't be written: then the object must not be changed.</exception>
    public async Task PassOverAsync(ApiResource resource, KubernetesObject live, CancellationToken cancellationToken)
    {
        var file = FileOf(resource, live.Namespace, live.Name);
        if (!File.Exists(file))
            await WriteAsync(file, new JsonObject { ["uid"] = live.Uid, ["name"] = live.ToString() }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes what an object has become. Nothing is noted of one that was not kept.</summary>
    public async Task SettleAsync(ApiResource resource, KubernetesObject changed, CancellationToken cancellationToken)
    {
        var file = FileOf(resource, changed.Namespace, changed.Name);
        if (!File.Exists(file))
            return;
        var image = Read(file);
        if (image["uid"]?.GetValue<string>() != changed.Uid || image["before"] is null || image["after"] is not null)
            return;
        image["after"] = JsonTree.Parse(changed.Json);
        await WriteAsync(file, image, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The objects that were changed, or were to be, and of which nothing is kept.</summary>
    public IReadOnlyList<string> PassedOver() => [.. Files().Select(Read).Where(image => image["before"] is null).Select(image => image["name"]?.GetValue<string>() ?? "?").Order(StringComparer.Ordinal)];

    /// <summary>Puts every object that was kept back to what it was.</summary>
    /// <returns>What became of each.</returns>
    public async IAsyncEnumerable<RestoredObject> RestoreAsync(ClusterConnection cluster, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = Files();
        if (files.Count == 0)
            yield break;
        var served = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        foreach (var file in files)
        {
            RestoredObject result;
            try
            {
                result = await RestoreAsync(cluster, served, Read(file), cancellationToken).ConfigureAwait(false);
            }
            catch (UpgradeException e)
            {
                // One image that can't be read does not keep the others from being put back.
                result = new RestoredObject(Path.GetFileName(file)) { Failure = e.Failure };
            }

            yield return result;
        }
    }

    private static async Task<RestoredObject> RestoreAsync(ClusterConnection cluster, ApiCatalog served, JsonObject image, CancellationToken cancellationToken)
    {
        if (image["before"] is not JsonObject before)
            return new RestoredObject(image["name"]?.GetValue<string>() ?? "?") { Left = "it may hold secrets, and nothing is kept of what it was before" };
        using var was = KubernetesObject.Parse(JsonTree.Write(before));
        var result = new RestoredObject(was.ToString());
        if ((served.Resources.FirstOrDefault(r => r.ApiVersion == was.ApiVersion && r.Kind == was.Kind) ?? served.FindPreferred(was.Group, was.Kind)) is not { } resource)
            return result with { Left = "its kind is not served any more" };
        try
        {
            using var live = await cluster.Client.GetAsync(resource, was.Namespace, was.Name, cancellationToken).ConfigureAwait(false);
            if (live is null || live.Uid != image["uid"]?.GetValue<string>())
                return result with { Left = live is null ? "it is gone" : "another of its name was made since" };
            var now = JsonTree.Parse(live.Json);
            if (TakenBack.IsSame(before, now))
                return result;
            if (image["after"] is not JsonObject after)
                return result with { Left = "the upgrade was stopped while it changed it, and what others have changed since can't be told from that" };
            var left = new List<string>();
            var body = TakenBack.Of(before, after, now, left);
            if (left.Count > 0)
                result = result with { Left = $"somebody has changed it since the upgrade did: {string.Join(", ", left.Take(5))}{(left.Count > 5 ? ", …" : "")}" };
            if (TakenBack.IsSame(body, now))
                return result;
            using var restored = await cluster.Client.UpdateAsync(resource, was.Namespace, was.Name, JsonTree.Write(body), new WriteOptions(), cancellationToken).ConfigureAwait(false);
            if (TakenBack.OwnersOf(before, after, now) is not { } managed)
                return result;
            // A server gives what is changed to whoever changes it; it is theirs to whom it belonged.
            var owners = new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = restored.ResourceVersion, ["managedFields"] = managed } };
            using var owned = await cluster.Client.PatchAsync(resource, was.Namespace, was.Name, PatchKind.Merge, JsonTree.Write(owners), new WriteOptions(), cancellationToken).ConfigureAwait(false);
            return result;
        }
        catch (KubernetesApiException e)
        {
            return result with { Failure = e.Failure };
        }
    }

    private async Task WriteAsync(string file, JsonObject image, CancellationToken cancellationToken)
    {
        await _begun.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            throw FileFailures.Write(folder, e);
        }

        await WholeFile.WriteAsync(file, JsonTree.Write(image), cancellationToken).ConfigureAwait(false);
    }

    private IReadOnlyList<string> Files() => Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];

    private static JsonObject Read(string file)
    {
        try
        {
            return JsonTree.Parse(File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new UpgradeException(
                new Failure
                {
                    Id = "ImageUnreadable",
                    Kind = FailureKind.ReadError,
                    Message = $"The image of an object can't be read: {file}: {e.Message}",
                    Recommendation = "Bring the file back as it was, or put the object back by hand and remove the file.",
                    Target = file,
                },
                e);
        }
    }

    private string FileOf(ApiResource resource, string? ns, string name)
    {
        var key = $"{resource.KindAndGroup}\n{ns}\n{name}";
        return Path.Combine(folder, $"{resource.Kind}-{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..24]}.json");
    }
}

/// <summary>An object that was to be put back.</summary>
/// <param name="Name">It, as people write it.</param>
public sealed record RestoredObject(string Name)
{
    /// <summary>Why it was left as it is; null where it is as it was.</summary>
    public string? Left { get; init; }

    /// <summary>What went wrong; null where nothing did.</summary>
    public Failure? Failure { get; init; }
}
