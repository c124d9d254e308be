using System.Text.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>What can be wrong with directories of manifests.</summary>
internal static class ManifestFailures
{
    public const string ModifiedFile = "ModifiedFile";
    public const string ExportDamaged = "ExportDamaged";

    public static Failure Modified(string path) => new()
    {
        Id = ModifiedFile,
        Kind = FailureKind.Security,
        Message = $"The file is not the one that was exported: its checksum differs. {path}",
        Recommendation = "Export again, or use -AllowModified when the change is wanted.",
        Target = path,
    };

    public static Failure Missing(string path) => new()
    {
        Id = "MissingFile",
        Kind = FailureKind.NotFound,
        Message = $"The export lists a file that is not there: {path}",
        Recommendation = "Export again, or restore the file.",
        Target = path,
    };

    public static Failure SymbolicLink(string path) => new()
    {
        Id = "SymbolicLink",
        Kind = FailureKind.Security,
        Message = $"The file is, or lies behind, a symbolic link, which could lead out of the directory: {path}",
        Recommendation = "Put the file itself in the link's place.",
        Target = path,
    };

    public static Failure InTheWay(string path, string wanted) => new()
    {
        Id = "ForeignFile",
        Kind = FailureKind.AlreadyExists,
        Message = $"Where an export puts {wanted} is something else, which no export wrote: {path}",
        Recommendation = "Move it away and run the command again, or name another directory.",
        Target = path,
    };

    public static Failure OutsidePath(string path, string listedIn) => new()
    {
        Id = "PathOutside",
        Kind = FailureKind.Security,
        Message = $"A path in {listedIn} leads out of the directory or is not one that an export makes: {path}",
        Recommendation = "Do not use this export: it was tampered with.",
        Target = path,
    };

    public static Failure NotAManifest(string file, int line, string why) => new()
    {
        Id = "NotAManifest",
        Kind = FailureKind.InvalidData,
        Message = $"{file}, line {line}: {why}",
        Recommendation = "A manifest has apiVersion, kind and metadata.name.",
        Target = $"{file}:{line}",
    };

    public static Failure NotFound(string path) => new()
    {
        Id = "DirectoryNotFound",
        Kind = FailureKind.NotFound,
        Message = $"There is no such file or directory: {path}",
        Recommendation = "Name the directory that Export-ClusterConfig wrote, or one of manifests.",
        Target = path,
    };

    public static Failure Unreadable(string path, Exception exception) => new()
    {
        Id = "FileUnreadable",
        Kind = FailureKind.ReadError,
        Message = $"The file could not be read: {path}: {exception.Message}",
        Recommendation = "Check that it is there and that you may read it.",
        Target = path,
    };

    public static Failure Collision(string path, string other) => new()
    {
        Id = "PathCollision",
        Kind = FailureKind.InvalidData,
        Message = $"Two files differ in nothing but upper and lower case, and where case does not count they are one: {path} and {other}",
        Recommendation = "Rename one of them.",
        Target = path,
    };

    public static Failure UnknownFormat(string file, string apiVersion) => new()
    {
        Id = "UnknownFormat",
        Kind = FailureKind.NotSupported,
        Message = $"{file} is of the format {apiVersion}, which this version of KonUpgrade does not know.",
        Recommendation = "Use the version of KonUpgrade that wrote it, or a newer one.",
        Target = file,
    };

    /// <summary>A line of a list that is no such line, with its column where that is known.</summary>
    public static Failure DamagedLine(string list, int line, Exception exception) => Damaged(
        list, exception is JsonException { BytePositionInLine: { } position } ? $"line {line}, column {position + 1} can't be read." : $"line {line} can't be read: {exception.Message}");

    public static Failure Damaged(string file, string why) => new()
    {
        Id = ExportDamaged,
        Kind = FailureKind.InvalidData,
        Message = $"The export is damaged: {file}: {why}",
        Recommendation = "Export again into another directory, or replace the export on purpose (Export-ClusterConfig -Force).",
        Target = file,
    };
}
