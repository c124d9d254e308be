using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>A directory as a side: an export, whose list has the checksums, or plain manifests, which are read.</summary>
/// <param name="directory">The directory.</param>
public sealed class DirectorySource(ManifestDirectory directory) : IConfigSource
{
    private CleanManifests? _clean;

    /// <inheritdoc/>
    public string Name => directory.Path;

    /// <inheritdoc/>
    public bool ChoosesVersions => false;

    /// <inheritdoc/>
    public SecretSight Secrets => directory.Export switch
    {
        { Secret: SecretHandling.Skip } => SecretSight.None,
        { Secret: SecretHandling.Encrypt } when !directory.OpensEncrypted => SecretSight.None,
        _ => SecretSight.Full,
    };

    /// <inheritdoc/>
    public string? Unlisted => directory.Unlisted;

    /// <inheritdoc/>
    public Task TellNamesAsync(SelectedNames names, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async IAsyncEnumerable<ConfigEntry> ReadAsync(
        CompareOptions options, SelectedNames names, IReadOnlyDictionary<(string Group, string Kind), string> versions, CompareProblems problems,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scope = new CompareScope(options, names);
        var clean = _clean = new CleanManifests(options.System.Description, options.Secrets ? SecretHandling.Include : SecretHandling.Skip);
        foreach (var problem in directory.Problems)
            problems.Add(problem);
        var export = options.System.Description.Export;
        var isExport = directory.Export is not null;
        var seen = new Dictionary<ObjectKey, ManifestFile>();
        ManifestFile? foreign = null;
        long foreigners = 0, others = 0;
        var closed = new Dictionary<(string Group, string Kind), long>();
        await foreach (var file in directory.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var key = new ObjectKey(file.Group, file.Kind, file.Namespace, file.Name);
            if (file.Problem is { } bad)
                problems.Add(bad, file.Group, file.Kind);
            if (file.IsForeign)
            {
                foreign ??= file;
                foreigners++;
                continue;
            }

            others++;
            if (file.SkipReason is not null || file.Problem is not (null or { Id: "ModifiedFile" }) || !scope.Includes(file, key))
                continue;
            if (!seen.TryAdd(key, file))
            {
                problems.Add(ManifestFailures.Duplicate(file, seen[key], "compared"));
                continue;
            }

            if (file.IsClosed)
            {
                closed[(key.Group, key.Kind)] = closed.GetValueOrDefault((key.Group, key.Kind)) + 1;
                continue;
            }

            var secret = !options.Secrets && export.MayBeSensitive(key.Group, key.Kind, key.Namespace, key.Name);
            if (await ReadAsync(file, key, isExport, secret ? export.IsSensitive : null, scope, clean, problems, cancellationToken).ConfigureAwait(false) is { } entry)
                yield return CompareScope.IsByName(options.System.Description, key.Group, key.Kind) ? entry with { Sha256 = "" } : entry;
        }

        foreach (var (kind, count) in closed)
            problems.Add(NotComparable(kind.Group, kind.Kind, count), kind.Group, kind.Kind);
        // An export may rightly be empty; a directory without one was hardly meant, and is not the same as nothing.
        if (!isExport && others == 0)
            throw new UpgradeException(ManifestFailures.NothingThere("NothingToCompare", directory.Path, foreigners, foreign?.FilePath));
    }

    /// <inheritdoc/>
    public async Task<KubernetesObject?> LoadAsync(ConfigEntry entry, CancellationToken cancellationToken)
    {
        using var o = await ((ManifestFile)entry.Handle!).LoadAsync(cancellationToken).ConfigureAwait(false);
        return _clean!.Clean(o, out _);
    }

    private Failure NotComparable(string group, string kind, long count) => new()
    {
        Id = "CertificateMissing",
        Kind = FailureKind.Incomplete,
        Message = $"{count} encrypted {new ObjectKey(group, kind, null, "").KindAndGroup} object(s) of {directory.Path} can't be compared: no certificate was given that opens them.",
        Recommendation = "Give the certificate that the export was made with, with its private key (-Certificate), or leave the kind out of the comparison.",
        Target = directory.Path,
    };

    private static async Task<ConfigEntry?> ReadAsync(
        ManifestFile file, ObjectKey key, bool isExport, Func<KubernetesObject, bool>? isLeftOut, CompareScope scope, CleanManifests clean, CompareProblems problems, CancellationToken cancellationToken)
    {
        if (scope.Labels is null && isLeftOut is null && file.Sha256 is { } known)
            return new ConfigEntry(key, file.ApiVersion, known, file);
        try
        {
            using var o = await file.LoadAsync(cancellationToken).ConfigureAwait(false);
            if (isLeftOut?.Invoke(o) == true)
                return null;
            if (scope.Labels is { } labels && !labels.Matches(o.Metadata.TryGetProperty("labels"u8, out var own) ? own : default))
                return null;
            // What a server wrote down has a UID, and a file of an export has a checksum in the export's list.
            return clean.Sha256Of(o) is { } sha256
                ? new ConfigEntry(key, file.ApiVersion, file.Sha256 ?? sha256, file, IsWritten: !isExport && o.Uid is not { Length: > 0 })
                : null;
        }
        catch (UpgradeException e)
        {
            problems.Add(e.Failure, file.Group, file.Kind);
            return null;
        }
    }
}
