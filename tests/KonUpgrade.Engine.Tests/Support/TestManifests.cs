using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>Manifests that are nowhere but in the test.</summary>
internal sealed class TestManifests : IManifestContent
{
    private readonly Dictionary<string, byte[]> _content = [];
    private readonly List<ManifestFile> _files = [];

    public int Loads { get; private set; }

    /// <summary>Adds a manifest.</summary>
    /// <param name="json">The manifest.</param>
    /// <param name="owner">Who owns most of it.</param>
    /// <param name="content">What the file holds now, where it was altered since the export; null where it was not.</param>
    /// <param name="others">Who else owns fields of it.</param>
    /// <returns>These manifests.</returns>
    public TestManifests Add(string json, FieldOwner? owner = null, string? content = null, IReadOnlyList<FieldOwner>? others = null)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var metadata = root.GetProperty("metadata");
        var path = $"/export/{_content.Count}.yaml";
        _content[path] = Encoding.UTF8.GetBytes(content ?? json);
        _files.Add(new ManifestFile(this)
        {
            FilePath = path,
            ApiVersion = root.GetProperty("apiVersion").GetString()!,
            Kind = root.GetProperty("kind").GetString()!,
            Namespace = metadata.TryGetProperty("namespace", out var ns) ? ns.GetString() : null,
            Name = metadata.GetProperty("name").GetString()!,
            Owner = owner,
            OtherOwners = others ?? [],
            Problem = content is null ? null : ManifestFailures.Modified(path),
            OwnerReferences = metadata.TryGetProperty("ownerReferences", out var owners)
                ? [.. owners.EnumerateArray().Select(o => new OwnerReference(o.GetProperty("apiVersion").GetString()!, o.GetProperty("kind").GetString()!, o.GetProperty("name").GetString()!))]
                : [],
        });
        return this;
    }

    public void Clear() => _files.Clear();

    public TestManifests AddProblem(ManifestFile file)
    {
        _files.Add(file);
        return this;
    }

    public async IAsyncEnumerable<ManifestFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in _files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return file;
        }
    }

    public Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken)
    {
        lock (_content)
            Loads++;
        return Task.FromResult(KubernetesObject.Parse(_content[file.FilePath]));
    }
}
