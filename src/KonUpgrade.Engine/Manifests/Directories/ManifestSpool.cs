using System.Runtime.CompilerServices;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;
using Microsoft.Win32.SafeHandles;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Manifests that come one after another and are needed in another order: they wait on the disk, in a directory that
/// nobody else may enter, and nothing of it is left when the spool is disposed of, nor when the process is killed. Objects
/// are put in by one thread, before they are read by any number.
/// </summary>
internal sealed class ManifestSpool : IManifestSource, IDisposable
{
    private const int Buffered = 64 * 1024;

    private readonly string _directory;
    private readonly FileStream _file;
    private readonly List<ManifestFile> _manifests = [];
    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);
    private SafeFileHandle? _handle;
    private long _length;

    private ManifestSpool(string directory, FileStream file)
    {
        _directory = directory;
        _file = file;
    }

    /// <summary>Where it is on the disk.</summary>
    public string Folder => _directory;

    /// <summary>Makes a spool in the temporary directory.</summary>
    /// <exception cref="UpgradeException">It can't be made there.</exception>
    public static ManifestSpool Create()
    {
        var directory = "";
        try
        {
            // Made for its owner alone.
            directory = Directory.CreateTempSubdirectory("konupgrade-").FullName;
            var path = Path.Combine(directory, "manifests");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = Buffered };
            if (OperatingSystem.IsWindows())
                options.Options = FileOptions.DeleteOnClose;
            else
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var spool = new ManifestSpool(directory, new FileStream(path, options));
            // An open file needs no name here, and what has none is gone with the process, however that ends.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            return spool;
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(directory.Length > 0 ? directory : Path.GetTempPath(), exception);
        }
    }

    /// <summary>Puts a manifest in.</summary>
    /// <param name="json">The manifest as UTF-8 JSON, with apiVersion, kind and metadata.name.</param>
    /// <param name="owner">The field manager that owns most of it on its cluster, or null.</param>
    /// <param name="origin">Where it comes from, as messages call it.</param>
    /// <exception cref="UpgradeException">The disk is full, or the like.</exception>
    public void Add(ReadOnlyMemory<byte> json, FieldOwner? owner, string origin)
    {
        using var index = JsonIndex.Parse(json);
        var metadata = index.Root.Member("metadata"u8);
        try
        {
            _file.Write(json.Span);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(_directory, exception);
        }

        _manifests.Add(new ManifestFile(new Part(this, _length, json.Length))
        {
            FilePath = origin,
            ApiVersion = Known(index.Root.Member("apiVersion"u8).Text() ?? ""),
            Kind = Known(index.Root.Member("kind"u8).Text() ?? ""),
            Namespace = metadata.Member("namespace"u8).Text() is { Length: > 0 } ns ? Known(ns) : null,
            Name = metadata.Member("name"u8).Text() ?? "",
            Owner = owner,
            OwnerReferences = ExportedFile.ReadReferences(metadata.Member("ownerReferences"u8)),
        });
        _length += json.Length;
    }

    /// <summary>Puts in what is known of a manifest that can't be read, or is left alone.</summary>
    public void Add(ManifestFile manifest) => _manifests.Add(manifest);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
            _handle = _file.SafeFileHandle;
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(_directory, exception);
        }

        foreach (var manifest in _manifests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return manifest;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What was not written yet did not fit on the disk, and nobody wants it any more.
        }

        try
        {
            Directory.Delete(_directory, recursive: true);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // It is empty, and the system clears its temporary directory.
        }
    }

    private string Known(string text)
    {
        if (_known.TryGetValue(text, out var known))
            return known;
        _known.Add(text, text);
        return text;
    }

    private sealed class Part(ManifestSpool spool, long start, int length) : IManifestContent
    {
        public long LengthOf(ManifestFile file) => length;

        public async Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken)
        {
            var json = new byte[length];
            var read = 0;
            while (read < length)
            {
                var more = await RandomAccess.ReadAsync(spool._handle!, json.AsMemory(read), start + read, cancellationToken).ConfigureAwait(false);
                if (more == 0)
                    throw new JsonException("The manifest was cut off on the disk.");
                read += more;
            }

            return KubernetesObject.Parse(json);
        }
    }
}
