using System.Collections.Concurrent;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>
/// The directory of an export while it is written: new files are staged, the earlier export stays as it is until the
/// commit. Held by one process at a time.
/// </summary>
internal sealed class ExportTarget : IDisposable
{
    private readonly DirectoryLock _lock;
    private readonly IExportFiles _files;
    private readonly string _objects;
    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);
    private readonly EarlierFiles _earlierFiles = new();
    private readonly bool _mayCollide;
    private readonly bool _overDamaged;

    private ExportTarget(string directory, DirectoryLock @lock, IExportFiles files, ExportSummary? earlier, bool replaces, bool overDamaged, bool mayCollide)
    {
        Directory = directory;
        _lock = @lock;
        _files = files;
        _objects = ExportCommit.ObjectsPath(directory);
        Earlier = earlier;
        Replaces = replaces;
        _overDamaged = overDamaged;
        _mayCollide = mayCollide;
    }

    /// <summary>The directory, as a full path.</summary>
    public string Directory { get; }

    /// <summary>The export that is there already, or null; also null for a damaged one that is replaced.</summary>
    public ExportSummary? Earlier { get; }

    /// <summary>Whether the earlier export is one of something else, and goes altogether.</summary>
    public bool Replaces { get; }

    /// <summary>Takes the directory, finishes or drops what was begun there, and looks at what it holds.</summary>
    /// <param name="options">Where to and what.</param>
    /// <param name="now">What is about to be exported, as far as it is known.</param>
    /// <param name="memory">Kept small on the way.</param>
    /// <param name="reporter">Hears of foreign files.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UpgradeException">NotADirectory, DirectoryBusy, OtherExport, ForeignFile, ExportDamaged, WriteFailed, DiskFull.</exception>
    public static async Task<ExportTarget> OpenAsync(
        ExportOptions options, ClusterConfigExport now, YoungMemory memory, IReporter reporter, CancellationToken cancellationToken)
    {
        var directory = now.Path;
        RefuseFile(directory);
        try
        {
            Create(directory);

            // What is refused is refused before anything of ours lies there. Where there is something of ours already, a
            // commit may have to be finished first.
            if (!System.IO.Directory.Exists(Path.Combine(directory, ExportLayout.Private)))
                await EarlierExport.AcceptAsync(options, now, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(directory, exception);
        }

        var @lock = ExportCommit.Lock(directory);
        try
        {
            ExportCommit.Finish(directory);
            var (earlier, difference, isDamaged) = await EarlierExport.AcceptAsync(options, now, cancellationToken).ConfigureAwait(false);
            if (isDamaged)
                reporter.Warning($"{directory}: the export there is damaged. Its files are replaced; of those that the new export does not have nobody can tell whether they were its, so they stay.");
            var isEmpty = !System.IO.Directory.EnumerateFileSystemEntries(directory).Any(entry => Path.GetFileName(entry) != ExportLayout.Private);
            var target = new ExportTarget(directory, @lock, options.Files, earlier, difference is not null, isDamaged, !isEmpty);
            target.Prepare(memory, reporter, cancellationToken);
            return target;
        }
        catch (Exception exception)
        {
            @lock.Dispose();
            if (FileFailures.IsOfFiles(exception))
                throw FileFailures.Write(directory, exception);
            throw;
        }
    }

    /// <summary>The full path that a file has after the commit.</summary>
    public string FullPath(string path) => ExportLayout.FullPath(Directory, path);

    /// <summary>Writes an object's file. One that is there already with the same bytes is left as it is.</summary>
    /// <param name="path">The path in the export, with slashes.</param>
    /// <param name="content">The content.</param>
    /// <param name="isPrivate">Whether nobody but the files' owner may read it.</param>
    /// <returns>False where a file or folder that no export wrote is in the way.</returns>
    /// <exception cref="UpgradeException">DiskFull, WriteFailed.</exception>
    public bool Write(string path, ReadOnlySpan<byte> content, bool isPrivate = false)
    {
        if (_mayCollide && SameFile.Holds(FullPath(path), content) is { } same)
        {
            if (same)
            {
                if (isPrivate)
                    Tighten(FullPath(path));
                return true;
            }

            if (!_earlierFiles.Contains(path) && !(_overDamaged && !System.IO.Directory.Exists(FullPath(path))))
                return false;
        }

        if (Earlier is not null)
            _earlierFiles.Supersede(ManifestPath.OtherForm(path));
        var full = ExportLayout.FullPath(_objects, path);
        try
        {
            var folder = path[..path.LastIndexOf('/')];
            if (!_folders.ContainsKey(folder))
            {
                _files.CreateFolder(ExportLayout.FullPath(_objects, folder));
                _folders[folder] = true;
            }

            _files.Write(full, content, isPrivate);
            return true;
        }
        catch (IOException) when (File.Exists(full))
        {
            throw new UpgradeException(ExportFailures.Duplicate(path));
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(full, exception);
        }
    }

    /// <summary>Whether a file of the earlier export is the encrypted or the open form of one that was written in the other form.</summary>
    public bool IsSuperseded(ReadOnlySpan<byte> path) => _earlierFiles.IsSuperseded(path);

    /// <summary>
    /// The encrypted file of the earlier export, where it is for the same key and of the same state of its object, and
    /// nobody changed it since; null otherwise. What it holds can't be known without the private key.
    /// </summary>
    public byte[]? FindSealed(string path, SealingKey key, string source)
    {
        if (!_earlierFiles.IsSealed(path))
            return null;
        var full = FullPath(path);
        try
        {
            if (ExportCommit.IsLink(full))
                return null;
            var bytes = File.ReadAllBytes(full);
            return _earlierFiles.IsSame(path, bytes) && key.IsSealedFrom(bytes, source) ? bytes : null;
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return null;
        }
    }

    /// <summary>Puts the staged export in the earlier one's place.</summary>
    /// <exception cref="UpgradeException">
    /// SymbolicLink, ForeignFile: something is in the way, and the earlier export stays; DiskFull, WriteFailed.
    /// </exception>
    public async Task CommitAsync(ExportSummary summary, CancellationToken cancellationToken)
    {
        var records = ExportCommit.RecordsPath(Directory);
        try
        {
            System.IO.Directory.CreateDirectory(records);
            var attributes = Path.Combine(Directory, ExportLayout.GitAttributes);
            if (!File.Exists(attributes))
                await WholeFile.WriteAsync(Path.Combine(records, ExportLayout.GitAttributes), "* -text\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            await WholeFile.WriteAsync(Path.Combine(records, ExportLayout.Summary), summary.ToYaml(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(records, exception);
        }

        // From the record on there is no way back, and nothing that a stop may interrupt.
        await ExportCommit.DecideAsync(Directory, cancellationToken).ConfigureAwait(false);
        ExportCommit.Finish(Directory);
    }

    /// <summary>Lets go of the directory; what was staged and not committed is dropped.</summary>
    public void Dispose()
    {
        ExportCommit.Drop(Directory);
        _lock.Dispose();
    }

    private static void RefuseFile(string directory)
    {
        for (var path = directory; path is not null && !System.IO.Directory.Exists(path); path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
                throw ExportFailures.NotADirectory(directory, path);
        }
    }

    // Configs hold passwords in the clear, whatever their authors were told: a new directory is its owner's alone.
    private static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
            System.IO.Directory.CreateDirectory(directory);
        else
            System.IO.Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Prepare(YoungMemory memory, IReporter reporter, CancellationToken cancellationToken)
    {
        System.IO.Directory.CreateDirectory(_objects);
        if (Earlier is not null)
            _earlierFiles.Read(Path.Combine(Directory, ExportLayout.Files));
        if (_mayCollide && !_overDamaged)
            TellForeignFiles(memory, reporter, cancellationToken);
    }

    private static void Tighten(string path)
    {
        try
        {
            PrivateFile.Tighten(path);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(path, exception);
        }
    }

    private void TellForeignFiles(YoungMemory memory, IReporter reporter, CancellationToken cancellationToken)
    {
        var count = 0;
        var some = new List<string>();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "*", options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            memory.Tidy();
            var path = Path.GetRelativePath(Directory, file).Replace(Path.DirectorySeparatorChar, '/');

            // Folders and files with a dot belong to git and other tools.
            if (path[0] == '.' || (Earlier is not null && path is ExportLayout.Summary or ExportLayout.Files or ExportLayout.LeftOut)
                || _earlierFiles.Contains(path))
            {
                continue;
            }

            if (count++ < 3)
                some.Add(path);
        }

        if (count > 0)
        {
            some.Sort(StringComparer.Ordinal);
            reporter.Warning($"{Directory} has {count} files that do not belong to the export and are left alone: {string.Join(", ", some)}{(count > some.Count ? ", …" : "")}");
        }
    }
}
