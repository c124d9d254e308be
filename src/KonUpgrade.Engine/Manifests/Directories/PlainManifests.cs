using System.Runtime.CompilerServices;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Manifests as people keep them: a file, or all <c>.yaml</c>, <c>.yml</c> and <c>.json</c> files below a directory, with
/// several documents and lists in them. Files and folders that begin with a dot are passed over: they belong to tools
/// and not to the cluster.
/// </summary>
internal sealed class PlainManifests(string path) : IManifestSource
{
    // As many as fit into a message.
    private const int Named = 3;

    private readonly List<string> _empty = [];
    private long _emptyCount;

    /// <inheritdoc/>
    public string? Unread => _emptyCount == 0 ? null
        : $"{_emptyCount} file(s) in {path} are empty, or pipes or devices, which are not read: {string.Join(", ", _empty)}{(_emptyCount > _empty.Count ? $" and {_emptyCount - _empty.Count} more" : "")}.";

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _empty.Clear();
        _emptyCount = 0;
        foreach (var (file, problem) in FoundManifests.In(path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (problem is not null)
            {
                yield return Broken(file, 1, problem);
                continue;
            }

            if (FoundManifests.IsEmpty(file))
            {
                if (_emptyCount++ < Named)
                    _empty.Add(System.IO.Path.GetRelativePath(path, file) is "." ? System.IO.Path.GetFileName(file) : System.IO.Path.GetRelativePath(path, file));
                continue;
            }

            // A file of one object is read again when it is loaded; from a file of several they are kept, lest it be read for each.
            var manifests = FoundManifests.IsEncrypted(file) ? [Broken(file, 1, ManifestFailures.EncryptedOutside(file))] : await ReadFileAsync(file, cancellationToken).ConfigureAwait(false);
            foreach (var manifest in manifests)
                yield return manifests.Count == 1 && manifest.Problem is null ? Only(manifest) : manifest;
        }
    }

    private static async Task<IReadOnlyList<ManifestFile>> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        IReadOnlyList<YamlDocument> documents;
        try
        {
            documents = YamlReader.Read(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false), file);
        }
        catch (UpgradeException exception)
        {
            return [Broken(file, 1, exception.Failure)];
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return [Broken(file, 1, ManifestFailures.Unreadable(file, exception))];
        }

        var objects = new List<ManifestFile>();
        foreach (var document in documents)
            Read(document, file, objects);
        // One word for a file of something else, whatever its documents lack.
        return objects.Count > 0 && objects.All(o => o.IsForeign) ? [Broken(file, 1, ManifestFailures.Foreign(file), isForeign: true)] : objects;
    }

    private static void Read(YamlDocument document, string file, List<ManifestFile> objects)
    {
        using var json = JsonIndex.Parse(document.Json);
        var root = json.Root;
        var items = root.Member("items"u8);
        if (root.Member("kind"u8).Text()?.EndsWith("List", StringComparison.Ordinal) == true && items.ValueKind == JsonValueKind.Array)
        {
            var cursor = new TextCursor(document.Json.Span, document.Line, document.Column);
            var number = 0;
            foreach (var item in items.EnumerateArray())
            {
                // Of what was made out of YAML the text that is read here has other places.
                var place = document.Items is { } places ? places[number++] : cursor.Of(item.Offset);
                objects.Add(Manifest(item, item.GetRawBytes().ToArray(), place, file));
            }
        }
        else
        {
            objects.Add(Manifest(root, document.Json, (document.Line, document.Column), file));
        }
    }

    private static ManifestFile Manifest(JsonPart root, ReadOnlyMemory<byte> json, (int Line, int Column) place, string file)
    {
        var (line, column) = place;
        var metadata = root.Member("metadata"u8);
        var apiVersion = root.Member("apiVersion"u8).Text();
        var kind = root.Member("kind"u8).Text();
        var name = metadata.Member("name"u8).Text();
        var missing = apiVersion is null or "" ? "apiVersion" : kind is null or "" ? "kind" : name is null or "" ? "metadata.name" : null;
        return missing is null
            ? new ManifestFile(new ContentOnHand(json))
            {
                FilePath = file,
                Line = line,
                ApiVersion = apiVersion!,
                Kind = kind!,
                Namespace = metadata.Member("namespace"u8).Text() is { Length: > 0 } ns ? ns : null,
                Name = name!,
                OwnerReferences = ExportedFile.ReadReferences(metadata.Member("ownerReferences"u8)),
            }
            : new ManifestFile(new ContentOnHand(json))
            {
                FilePath = file,
                Line = line,
                ApiVersion = apiVersion ?? "",
                Kind = kind ?? "",
                Name = name ?? "",
                Problem = ManifestFailures.NotAManifest(file, line, column, $"{missing} is missing."),
                // A kustomization calls itself an object, and is for a program.
                IsForeign = apiVersion is null or "" || kind is null or "" || apiVersion.StartsWith("kustomize.config.k8s.io/", StringComparison.Ordinal),
            };
    }

    private static ManifestFile Only(ManifestFile manifest) => new(new ReadAgain())
    {
        FilePath = manifest.FilePath,
        Line = manifest.Line,
        ApiVersion = manifest.ApiVersion,
        Kind = manifest.Kind,
        Namespace = manifest.Namespace,
        Name = manifest.Name,
        OwnerReferences = manifest.OwnerReferences,
    };

    private static ManifestFile Broken(string file, int line, Failure problem, bool isForeign = false) => new(new ContentOnHand(default))
    {
        FilePath = file,
        Line = line,
        ApiVersion = "",
        Kind = "",
        Name = "",
        Problem = problem,
        IsForeign = isForeign,
    };

    private sealed class ReadAgain : IManifestContent
    {
        public long LengthOf(ManifestFile file) => WholeFile.LengthOf(file.FilePath);

        public async Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken)
        {
            // What became a pipe meanwhile is not waited for.
            var manifests = FoundManifests.IsEmpty(file.FilePath) ? [] : await ReadFileAsync(file.FilePath, cancellationToken).ConfigureAwait(false);
            if (manifests.Count == 1 && manifests[0] is { Problem: null } found && found.ToString() == file.ToString())
                return await found.LoadAsync(cancellationToken).ConfigureAwait(false);
            throw new UpgradeException(
                manifests.Count == 1 && manifests[0].Problem is { } problem
                    ? problem
                    : ManifestFailures.NotAManifest(file.FilePath, file.Line, 1, $"{file} was here and is no more."));
        }
    }
}
