using System.Buffers;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>Reads files of manifests one after another, in memory of its own. Several may be at work, of which each reads other files.</summary>
/// <param name="judge">Judges what is found.</param>
/// <param name="budget">How much all of them may have in hand.</param>
internal sealed class FileReader(HeadJudge judge, ByteBudget budget)
{
    /// <summary>Reads some files.</summary>
    public async Task<FileOutcome> ReadAsync(IReadOnlyList<(string File, Failure? Problem)> files, CancellationToken cancellationToken)
    {
        var outcome = new FileOutcome { Files = files.Count };
        var heads = new List<ManifestHead>();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            foreach (var (file, problem) in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (problem is not null)
                    outcome.Unread.Add(problem);
                else if (FoundManifests.IsEncrypted(file))
                    outcome.Unread.Add(ManifestFailures.EncryptedOutside(file));
                else
                    buffer = await ReadAsync(file, buffer, heads, outcome, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return outcome;
    }

    private async Task<byte[]> ReadAsync(string file, byte[] buffer, List<ManifestHead> heads, FileOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            var length = new FileInfo(file).Length;
            if (length > YamlLimits.Default.MaxBytes)
                throw YamlErrors.TooLarge(file, 1, $"{length} bytes, where {YamlLimits.Default.MaxBytes} are taken");
            // A pipe or a device seems to be empty, and to open it could wait for ever.
            if (length == 0)
            {
                outcome.PassOver(file);
                return buffer;
            }

            using var share = await budget.TakeAsync(length, cancellationToken).ConfigureAwait(false);
            buffer = Read(file, (int)length, buffer, out var read);
            Take(file, buffer.AsMemory(0, read), heads, outcome);
        }
        catch (UpgradeException exception)
        {
            outcome.Unread.Add(exception.Failure);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            outcome.Unread.Add(ManifestFailures.Unreadable(file, exception));
        }

        return buffer;
    }

    private static byte[] Read(string file, int length, byte[] buffer, out int read)
    {
        if (buffer.Length < length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(length);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        read = 0;
        while (read < length)
        {
            var more = RandomAccess.Read(handle, buffer.AsSpan(read, length - read), read);
            if (more == 0)
                break;
            read += more;
        }

        return buffer;
    }

    private void Take(string file, ReadOnlyMemory<byte> text, List<ManifestHead> heads, FileOutcome outcome)
    {
        heads.Clear();
        try
        {
            ManifestHeads.Read(text, file, heads);
        }
        catch (UpgradeException exception) when (exception.Failure.Kind == FailureKind.ParserError && text.Span.IndexOf("{{"u8) >= 0)
        {
            outcome.Templates.Add(file);
            return;
        }

        var objects = 0;
        var rendered = new RenderedFrom(text.Span);
        foreach (var head in heads)
        {
            if (!head.IsManifest)
                continue;
            objects++;
            if (judge.Judge(head, outcome) is { } found)
                outcome.Found.Add(found with { Path = file, Template = rendered.Above(head.Line) });
        }

        outcome.Objects += objects;
        if (objects == 0)
            outcome.PassOver(file);
    }
}
