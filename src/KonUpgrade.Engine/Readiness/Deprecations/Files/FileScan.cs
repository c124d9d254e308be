using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>
/// Looks through a file, or a directory of them: an export by its list, which says of every object what it is, also of
/// those that are encrypted; other directories file by file, several at once. What is found comes in the order of the paths.
/// </summary>
internal sealed class FileScan(string path, ApiJudge judge, FindingFilter filter, int readers, IReporter reporter)
{
    // As much as is worth handing to another thread, and little enough to come back soon.
    private const int Together = 64;

    // What all readers have in hand together; a larger file goes alone.
    private const long InHand = 16 * 1024 * 1024;

    private readonly HeadJudge _heads = new(judge, filter);
    private readonly YoungMemory _memory = new();

    /// <summary>What was counted. Complete when the stream has ended.</summary>
    public FileOutcome Outcome { get; } = new();

    /// <summary>Looks through plain manifests.</summary>
    public async IAsyncEnumerable<DeprecatedApi> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new FileReader(_heads, new ByteBudget(InHand));
        var batches = FoundManifests.In(path).Chunk(Together);
        await foreach (var outcome in OrderedWork.RunAsync(batches, reader.ReadAsync, readers * 2, cancellationToken).ConfigureAwait(false))
        {
            foreach (var found in outcome.Found)
                yield return found;
            Take(outcome);
        }
    }

    /// <summary>Looks through an export.</summary>
    public async IAsyncEnumerable<DeprecatedApi> RunAsync(ManifestDirectory export, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = new FileReader(_heads, new ByteBudget(InHand));
        var encrypted = 0L;
        Outcome.Unread.AddRange(export.Problems);
        if (export.Incomplete is { } incomplete)
            Outcome.Unread.Add(incomplete);
        await foreach (var file in export.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            // Somebody has edited it: what it says now counts.
            var outcome = file.Problem is { Id: ManifestFailures.ModifiedFile } && !file.IsEncrypted
                ? await reader.ReadAsync([(file.FilePath, null)], cancellationToken).ConfigureAwait(false)
                : Judge(file);
            encrypted += file.IsEncrypted ? 1 : 0;
            foreach (var found in outcome.Found)
                yield return found with { Context = export.Context, ClusterUid = export.ClusterUid };
            Take(outcome);
        }

        if (encrypted > 0)
            reporter.Verbose($"{path}: {encrypted} encrypted files were not opened; the export's list says what they are");
    }

    private FileOutcome Judge(ManifestFile file)
    {
        var outcome = new FileOutcome { Files = 1 };
        if (file.Problem is { } problem)
        {
            outcome.Unread.Add(problem);
            return outcome;
        }

        outcome.Objects = 1;
        if (_heads.Judge(new ManifestHead(file.ApiVersion, file.Kind, file.Namespace, file.Name, file.Line), outcome) is { } found)
            outcome.Found.Add(found with { Path = file.FilePath });
        return outcome;
    }

    private void Take(FileOutcome outcome)
    {
        foreach (var failure in outcome.Unread)
            reporter.Warning(failure.Message);
        foreach (var template in outcome.Templates)
            reporter.Warning($"The file is a template that nobody has rendered, and was passed over: {template}. Render its chart (helm template) and look through what comes out.");
        Outcome.Add(outcome);
        _memory.Tidy();
        reporter.Progress(new ProgressReport { Activity = $"Looking through {path}", Done = Outcome.Objects });
    }
}
