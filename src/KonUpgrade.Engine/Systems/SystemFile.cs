using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems;

/// <summary>A file that describes a system of the user's own.</summary>
public static class SystemFile
{
    // What describes a system is a few pages; anything larger was not meant.
    private const int MaxBytes = 4 << 20;

    /// <summary>Reads and checks the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reporter">Told of fields that nothing knows.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="UpgradeException">
    /// SystemFileNotFound, SystemFileUnreadable; InvalidSystem, UnknownFormat or a syntax error, with file, line and column.
    /// </exception>
    public static async Task<SystemDescription> LoadAsync(string path, IReporter reporter, CancellationToken cancellationToken)
    {
        var description = SystemDescription.Load(await ReadAsync(path, cancellationToken).ConfigureAwait(false), path);
        if (description.UnknownFields.Count > 0)
            reporter.Warning($"{path}: nothing knows {string.Join(", ", description.UnknownFields)}; about_KonUpgrade_Systems has the fields that are known.");
        return description;
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw new UpgradeException(Unreadable(path, "it is too large for a system's description"));
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UpgradeException(new Failure
            {
                Id = "SystemFileNotFound",
                Kind = FailureKind.NotFound,
                Message = $"There is no file {path}.",
                Recommendation = "Name the file that describes the system; about_KonUpgrade_Systems tells what it holds.",
                Target = path,
            }, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpgradeException(Unreadable(path, Directory.Exists(path) ? "it is a directory" : e.Message), e);
        }
    }

    private static Failure Unreadable(string path, string why) => new()
    {
        Id = "SystemFileUnreadable",
        Kind = FailureKind.ReadError,
        Message = $"{path} can't be read: {why}.",
        Recommendation = "Name a file that this account may read.",
        Target = path,
    };
}
