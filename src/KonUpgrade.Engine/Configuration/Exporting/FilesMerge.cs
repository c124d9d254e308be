using System.Text;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>
/// Makes the new <c>files.jsonl</c> of the new lines and those of the earlier export. What the earlier one has and the
/// new one has not is removed where its kind was listed to its end, and kept where it was not or where the object failed.
/// </summary>
internal sealed class FilesMerge(ExportTarget target, ExportTally tally, bool allKindsKnown, IReadOnlySet<string> plannedFolders)
{
    private byte[] _folder = [];

    /// <summary>How many lines of the earlier export stay.</summary>
    public long Kept { get; private set; }

    /// <summary>How many files of the earlier export go.</summary>
    public long Removed { get; private set; }

    /// <summary>The path of a line, as bytes.</summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> line)
    {
        // {"path":"…","sha256": a path has no escapes in JSON, being ASCII without quotes.
        const int Start = 9;
        return line.Length > Start && line.StartsWith("{\"path\":\""u8) && line[Start..].IndexOf((byte)'"') is var end and >= 0 ? line.Slice(Start, end) : default;
    }

    /// <summary>Writes the list.</summary>
    /// <returns>Its checksum.</returns>
    /// <exception cref="UpgradeException">SymbolicLink: a folder of the export is a link, and nobody would read what lies behind it.</exception>
    public string Write(LineSorter lines)
    {
        Directory.CreateDirectory(ExportCommit.RecordsPath(target.Directory));
        using var output = new LineFile(Path.Combine(ExportCommit.RecordsPath(target.Directory), ExportLayout.Files));
        using var removed = new LineFile(ExportCommit.RemovedPath(target.Directory));
        using var earlier = target.Earlier is null ? null : LineReader.Open(Path.Combine(target.Directory, ExportLayout.Files));
        var more = earlier?.Read() == true;
        var last = new byte[1024];
        var lastLength = 0;
        foreach (var line in lines.Sorted())
        {
            var path = PathOf(line.Span);
            int order;
            while (more && (order = PathOf(earlier!.Current.Span).SequenceCompareTo(path)) <= 0)
            {
                if (order < 0)
                    Old(earlier.Current.Span, output, removed);
                more = earlier.Read();
            }

            if (path.SequenceEqual(last.AsSpan(0, lastLength)))
            {
                tally.Failed(ExportFailures.Duplicate(Encoding.UTF8.GetString(path)));
                continue;
            }

            lastLength = path.Length;
            if (lastLength > last.Length)
                last = new byte[lastLength];
            path.CopyTo(last);
            RefuseLinks(path);
            output.Write(line.Span);
        }

        for (; more; more = earlier!.Read())
            Old(earlier!.Current.Span, output, removed);
        removed.Finish();
        return output.Finish();
    }

    private void Old(ReadOnlySpan<byte> line, LineFile output, LineFile removed)
    {
        var path = PathOf(line);
        if (target.Replaces || IsGone(path))
        {
            removed.Write(path);
            Removed++;
        }
        else
        {
            output.Write(line);
            Kept++;
        }
    }

    // Files that were found to be the same are not moved, so the move would not meet the link.
    private void RefuseLinks(ReadOnlySpan<byte> path)
    {
        var folder = path[..path.LastIndexOf((byte)'/')];
        if (folder.SequenceEqual(_folder))
            return;
        _folder = folder.ToArray();
        if (ExportCommit.FindLink(target.Directory, Encoding.UTF8.GetString(path)) is { } link)
            throw new UpgradeException(ManifestFailures.SymbolicLink(link));
    }

    // A kind that the server no longer serves has no objects, if the server told of all its groups. An object that is
    // there and could not be written is not gone.
    private bool IsGone(ReadOnlySpan<byte> path)
    {
        if (target.IsSuperseded(path))
            return true;
        if (tally.AnyObjectFailed && tally.HasFailed(ManifestPath.WithoutEncryption(Encoding.UTF8.GetString(path))))
            return false;
        var first = path.IndexOf((byte)'/');
        var second = first < 0 ? -1 : path[(first + 1)..].IndexOf((byte)'/');
        if (second < 0)
            return false;
        var folder = Encoding.UTF8.GetString(path[..(first + 1 + second)]);
        return tally.IsListed(folder) || (allKindsKnown && !plannedFolders.Contains(folder));
    }
}
