using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>A kind of file that people write and name on the command line: a few pages, read whole.</summary>
internal sealed record WrittenFile
{
    // A plan of a thousand steps is a megabyte, and a system's description a few pages; anything larger was not meant.
    private const int MaxBytes = 4 << 20;

    /// <summary>What such a file holds, with its article: "a plan".</summary>
    public required string Content { get; init; }

    /// <summary>The failure's id where there is no such file.</summary>
    public required string NotFoundId { get; init; }

    /// <summary>The failure's id where it can't be read.</summary>
    public required string UnreadableId { get; init; }

    /// <summary>What to name, where there is no such file.</summary>
    public required string Remedy { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="UpgradeException"><see cref="NotFoundId"/>, or <see cref="UnreadableId"/>.</exception>
    public async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw new UpgradeException(Unreadable(path, $"it is too large for {Content}"));
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UpgradeException(
                new Failure
                {
                    Id = NotFoundId,
                    Kind = FailureKind.NotFound,
                    Message = $"There is no file {path}.",
                    Recommendation = Remedy,
                    Target = path,
                },
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpgradeException(Unreadable(path, Directory.Exists(path) ? "it is a directory" : e.Message), e);
        }
    }

    private Failure Unreadable(string path, string why) => new()
    {
        Id = UnreadableId,
        Kind = FailureKind.ReadError,
        Message = $"{path} can't be read: {why}.",
        Recommendation = "Name a file that this account may read.",
        Target = path,
    };
}
