using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems;

/// <summary>A file that describes a system of the user's own.</summary>
public static class SystemFile
{
    private static readonly WrittenFile s_file = new()
    {
        Content = "a system's description",
        NotFoundId = "SystemFileNotFound",
        UnreadableId = "SystemFileUnreadable",
        Remedy = "Name the file that describes the system; about_KonUpgrade_Systems tells what it holds.",
    };

    /// <summary>Reads and checks the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reporter">Told of fields that nothing knows.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="UpgradeException">
    /// SystemFileNotFound, SystemFileUnreadable; InvalidSystem, UnknownFormat or a syntax error, with file, line and column.
    /// </exception>
    public static async Task<SystemDescription> LoadAsync(string path, IReporter reporter, CancellationToken cancellationToken)
    {
        var description = SystemDescription.Load(await s_file.ReadAsync(path, cancellationToken).ConfigureAwait(false), path);
        if (description.UnknownFields.Count > 0)
            reporter.Warning($"{path}: nothing knows {string.Join(", ", description.UnknownFields)}; about_KonUpgrade_Systems has the fields that are known.");
        return description;
    }
}
