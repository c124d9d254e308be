using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>
/// A list that steps leave for those who want to know more than a step's result says: JSON lines in a file of the step's
/// own. The journal has where the file is and its checksum, and never what is in it; a report of the upgrade reads it
/// where it is at hand.
/// </summary>
/// <typeparam name="T">What it is a list of.</typeparam>
/// <param name="name">Its name, and its file's: <c>checks</c>.</param>
/// <param name="type">How a line is written.</param>
internal sealed class StepList<T>(string name, JsonTypeInfo<T> type)
    where T : class
{
    /// <summary>The name.</summary>
    public string Name => name;

    /// <summary>The output of a step that names the file.</summary>
    public string PathOutput => $"{name}Path";

    /// <summary>The output of a step that has the file's checksum.</summary>
    public string SumOutput => $"{name}Sha256";

    /// <summary>Begins the list of a step; it takes the place of that of an earlier attempt when it ends.</summary>
    public StepListWriter<T> Begin(StepRun run) => new(Path.Combine(run.DetailsFolder, $"{name}.jsonl"), this, type, run.Reporter);

    /// <summary>Writes the list of a step.</summary>
    /// <returns>What the step's output has to say of it (<see cref="StepResult.Output"/>), also where the step fails or asks; nothing where the file could not be written, which is told.</returns>
    public async Task<IReadOnlyDictionary<string, string>> WriteAsync(StepRun run, IEnumerable<T> items, CancellationToken cancellationToken)
    {
        using var writer = Begin(run);
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Add(item);
        }

        return writer.End();
    }

    /// <summary>Looks for the list that a step has left.</summary>
    /// <param name="step">The step, as it stands.</param>
    /// <param name="workPath">Where the upgrade's files are now; null where only the journal's word counts.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where the step has left none.</returns>
    public async Task<FoundList<T>?> FindAsync(UpgradeStep step, string? workPath, CancellationToken cancellationToken)
    {
        if (!step.Output.TryGetValue(PathOutput, out var written) || !step.Output.TryGetValue(SumOutput, out var sum))
            return null;
        // Journal and files may have been brought here from another machine.
        string[] places = workPath is null ? [written] : [Path.Combine(StepRun.DetailsFolderOf(workPath, step.Id), $"{name}.jsonl"), written];
        var lack = "its file is not here";
        foreach (var place in places.Where(File.Exists))
        {
            try
            {
                if (await Sha256.OfFileAsync(place, cancellationToken).ConfigureAwait(false) == sum)
                    return new FoundList<T>(name, place, null, type);
                lack = "its file is not as the step wrote it";
            }
            catch (Exception e) when (FileFailures.IsOfFiles(e))
            {
                lack = $"its file can't be read: {e.Message}";
            }
        }

        return new FoundList<T>(name, written, lack, type);
    }
}

/// <summary>The list of a step, where it is now.</summary>
/// <param name="name">Its name.</param>
/// <param name="path">The file: where it is, or where it was written.</param>
/// <param name="lack">Why it can't be read; null where it can.</param>
/// <param name="type">How a line is read.</param>
internal sealed class FoundList<T>(string name, string path, string? lack, JsonTypeInfo<T> type)
    where T : class
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>The file: where it is, or where it was written.</summary>
    public string Path => path;

    /// <summary>Why it can't be read, as the end of a sentence; null where it can.</summary>
    public string? Lack => lack;

    /// <summary>What it has, in the order in which it was written; nothing where it can't be read.</summary>
    /// <exception cref="UpgradeException">StepListUnreadable.</exception>
    public IEnumerable<T> Read()
    {
        if (lack is not null)
            yield break;
        using var reader = Open();
        for (var number = 1L; Next(reader, number) is { } item; number++)
            yield return item;
    }

    private LineReader Open()
    {
        try
        {
            return LineReader.Open(path);
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            throw Unreadable(path, e);
        }
    }

    private T? Next(LineReader reader, long number)
    {
        try
        {
            return reader.Read() ? JsonSerializer.Deserialize(reader.Current.Span, type) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException || FileFailures.IsOfFiles(e))
        {
            throw Unreadable($"{path}:{number}", e);
        }
    }

    private static UpgradeException Unreadable(string place, Exception e) => new(
        new Failure
        {
            Id = "StepListUnreadable",
            Kind = FailureKind.ReadError,
            Message = $"{place} can't be read: {e.Message}",
            Recommendation = "Use the version of KonUpgrade that wrote it, or a later one, with an account that may read the file.",
            Target = place,
        },
        e);
}
