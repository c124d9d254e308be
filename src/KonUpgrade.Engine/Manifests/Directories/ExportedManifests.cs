using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>The objects of an export, by its list of files. What lies in the directory beside the list is not looked at.</summary>
internal sealed class ExportedManifests(string directory, OpeningKey? opening) : IManifestSource
{
    private readonly CanonicalManifests _canonical = new();
    private readonly YoungMemory _memory = new();

    /// <inheritdoc/>
    public string? Unread { get; private set; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = Path.Combine(directory, ExportLayout.Files);
        // Without it nobody can tell what there was: to go on would be to say that there was nothing.
        if (!File.Exists(list))
            throw new UpgradeException(ManifestFailures.Missing(list));
        var folders = new Dictionary<string, bool>(StringComparer.Ordinal);
        using var reader = Told(list, 0, () => LineReader.Open(list));
        var unlisted = new UnlistedFiles(directory);
        var texts = new Shared<string>();
        var owners = new Shared<FieldOwner>();
        var previous = "";
        for (var number = 1; Told(list, number, reader.Read); number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _memory.Tidy();
            var file = Parse(reader.Current, list, number);
            var problem = await CheckAsync(file, previous, list, folders, cancellationToken).ConfigureAwait(false);
            previous = file.Path;
            unlisted.Add(file.Path);
            var isEncrypted = file.IsEncrypted;
            yield return new ManifestFile(new Content(problem is null ? file.Sha256 : null, _canonical, opening))
            {
                FilePath = problem is { Id: "PathOutside" } ? list : ExportLayout.FullPath(directory, file.Path),
                ApiVersion = texts.Of(file.ApiVersion),
                Kind = texts.Of(file.Kind),
                Namespace = texts.Of(file.Namespace),
                Name = file.Name,
                Owner = owners.Of(file.Owner),
                OtherOwners = file.OtherOwners.Count == 0 ? [] : [.. file.OtherOwners.Select(owner => owners.Of(owner))],
                OwnerReferences = file.OwnerReferences,
                // The checksum of an encrypted file tells nothing of the object.
                Sha256 = problem is null && !isEncrypted ? file.Sha256 : null,
                IsEncrypted = isEncrypted,
                IsClosed = isEncrypted && opening is null,
                Problem = problem,
            };
        }

        try
        {
            Unread = unlisted.Tell(cancellationToken);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // A folder that goes away meanwhile keeps nobody from what is listed.
            Unread = null;
        }
    }

    // What becomes of one export must not pass for what becomes of the command.
    private static T Told<T>(string list, int line, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException exception)
        {
            throw new UpgradeException(ManifestFailures.DamagedLine(list, line, exception), exception);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw new UpgradeException(ManifestFailures.Unreadable(list, exception), exception);
        }
    }

    private static ExportedFile Parse(ReadOnlyMemory<byte> line, string list, int number)
    {
        try
        {
            return ExportedFile.Parse(line);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UpgradeException(ManifestFailures.DamagedLine(list, number, exception), exception);
        }
    }

    private async Task<Failure?> CheckAsync(
        ExportedFile file, string previous, string list, Dictionary<string, bool> folders, CancellationToken cancellationToken)
    {
        // The path follows from the object, so a list that was tampered with can't lead anywhere else.
        if (ManifestPath.WithoutEncryption(file.Path) != ManifestPath.For(file.Group, file.Kind, file.Namespace, file.Name) || !ExportLayout.IsInside(file.Path))
            return ManifestFailures.OutsidePath(file.Path, list);
        if (string.Equals(file.Path, previous, StringComparison.OrdinalIgnoreCase))
            return ManifestFailures.Collision(file.Path, previous);
        var path = ExportLayout.FullPath(directory, file.Path);
        var folder = file.Path[..file.Path.LastIndexOf('/')];
        if (!folders.TryGetValue(folder, out var isLinked))
            folders[folder] = isLinked = ExportCommit.LeadsThroughLink(directory, file.Path);
        if (isLinked || ExportCommit.IsLink(path))
            return ManifestFailures.SymbolicLink(path);
        try
        {
            // Nothing that was exported is empty. A pipe or a device seems to be, and to open it could wait for ever.
            if (new FileInfo(path).Length == 0)
                return ManifestFailures.Modified(path);
            return await Sha256.OfFileAsync(path, cancellationToken).ConfigureAwait(false) == file.Sha256 ? null : ManifestFailures.Modified(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return ManifestFailures.Missing(path);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return ManifestFailures.Unreadable(path, exception);
        }
    }

    private sealed class Content(string? sha256, CanonicalManifests canonical, OpeningKey? opening) : IManifestContent
    {
        public long LengthOf(ManifestFile file) => WholeFile.LengthOf(file.FilePath);

        public async Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken)
        {
            byte[] bytes;
            try
            {
                bytes = new FileInfo(file.FilePath).Length == 0 ? [] : await WholeFile.ReadAsync(file.FilePath, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new UpgradeException(ManifestFailures.Missing(file.FilePath), exception);
            }
            catch (Exception exception) when (FileFailures.IsOfFiles(exception))
            {
                throw new UpgradeException(ManifestFailures.Unreadable(file.FilePath, exception), exception);
            }

            if (sha256 is not null && Sha256.Of(bytes) != sha256)
                throw new UpgradeException(ManifestFailures.Modified(file.FilePath));
            return file.IsEncrypted ? Decrypted(bytes, file) : Read(bytes, file);
        }

        private KubernetesObject Decrypted(byte[] bytes, ManifestFile file)
        {
            if (opening is null)
                throw new UpgradeException(ManifestFailures.Closed(file.FilePath));
            var plain = opening.Open(bytes, file.ToString(), file.FilePath);
            try
            {
                return Read(plain, file);
            }
            catch (UpgradeException exception) when (exception.Failure.Kind == FailureKind.ParserError)
            {
                // What a parser found could quote what it read.
                throw new UpgradeException(ManifestFailures.NotAManifest(file.FilePath, 1, 1, "What is encrypted here is no YAML."));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(plain);
            }
        }

        private KubernetesObject Read(byte[] bytes, ManifestFile file)
        {
            if (canonical.TryRead(bytes) is { } written)
                return Checked(written, file, 1);
            var documents = YamlReader.Read(bytes, file.FilePath);
            if (documents.Count != 1)
                throw new UpgradeException(ManifestFailures.NotAManifest(file.FilePath, 1, 1, $"A file of an export holds one object; here are {documents.Count} documents."));
            return Checked(KubernetesObject.Parse(documents[0].Json), file, documents[0].Line);
        }

        private static KubernetesObject Checked(KubernetesObject o, ManifestFile file, int line)
        {
            if (o.ApiVersion == file.ApiVersion && o.Kind == file.Kind && o.Namespace == file.Namespace && o.Name == file.Name)
                return o;
            var found = o.ToString();
            o.Dispose();
            throw new UpgradeException(ManifestFailures.NotAManifest(file.FilePath, line, 1, $"The list says that {file} is here, and there is {found}."));
        }
    }
}
