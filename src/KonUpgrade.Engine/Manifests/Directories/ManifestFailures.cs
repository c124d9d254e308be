using System.Text.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>What can be wrong with directories of manifests.</summary>
internal static class ManifestFailures
{
    public const string ModifiedFile = "ModifiedFile";
    public const string ExportDamaged = "ExportDamaged";

    private const string Render = "A manifest has apiVersion, kind and metadata.name. What a chart or a kustomization makes is written into a file first (helm template, kubectl kustomize).";

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

    public static Failure NotAManifest(string file, int line, int column, string why) => new()
    {
        Id = "NotAManifest",
        Kind = FailureKind.InvalidData,
        Message = $"{file}, line {line}, column {column}: {why}",
        Recommendation = Render,
        Target = $"{file}:{line}:{column}",
    };

    /// <summary>A file of which nothing at all is a manifest: a chart's values, a pipeline, a configuration of some program.</summary>
    public static Failure Foreign(string file) => new()
    {
        Id = "NotAManifest",
        Kind = FailureKind.InvalidData,
        Message = $"The file is not a Kubernetes manifest: {file}",
        Recommendation = $"Move it out of the directory, or name the manifests alone. {Render}",
        Target = file,
    };

    /// <summary>A directory or file that is no export and has no manifest.</summary>
    /// <param name="id">The failure's id.</param>
    /// <param name="path">The directory or file.</param>
    /// <param name="foreigners">How many files it has that are of another kind.</param>
    /// <param name="first">The first of these.</param>
    public static Failure NothingThere(string id, string path, long foreigners, string? first) => new()
    {
        Id = id,
        Kind = FailureKind.NotFound,
        Message = foreigners switch
        {
            0 => $"There is no export in {path}, nor any manifest that was asked for.",
            1 when first == path => $"This is neither an export nor a Kubernetes manifest: {path}",
            1 => $"There is no export in {path}, nor any Kubernetes manifest: the only YAML or JSON file there, {first}, is none.",
            _ => $"There is no export in {path}, nor any Kubernetes manifest: none of the {foreigners} YAML and JSON files there is one. The first is {first}.",
        },
        Recommendation = foreigners == 0
            ? "Name the directory that Export-ClusterConfig wrote, or one of manifests; where an export was broken off, export again."
            : $"Name the directory that Export-ClusterConfig wrote, or one of manifests. {Render}",
        Target = path,
    };

    /// <summary>An object that is in two places of one directory.</summary>
    /// <param name="again">Where it is for the second time.</param>
    /// <param name="first">Where it is first.</param>
    /// <param name="done">What is done with the first: imported, compared.</param>
    public static Failure Duplicate(ManifestFile again, ManifestFile first, string done) => new()
    {
        Id = "DuplicateObject",
        Kind = FailureKind.InvalidData,
        Message = again.FilePath == first.FilePath
            ? $"{again} is there twice: in {first.FilePath}, lines {first.Line} and {again.Line}. Only the first is {done}."
            : $"{again} is there twice: in {first.FilePath}, line {first.Line}, and in {again.FilePath}, line {again.Line}. Only the first is {done}.",
        Recommendation = "Keep the one that is meant, and remove the other.",
        Target = again.ToString(),
    };

    public static Failure Closed(string path) => new()
    {
        Id = "CertificateMissing",
        Kind = FailureKind.Security,
        Message = $"The file is encrypted, and no certificate was given that opens it: {path}",
        Recommendation = "Give the certificate that the export was made with, with its private key (-Certificate).",
        Target = path,
    };

    public static Failure EncryptedOutside(string path) => new()
    {
        Id = "EncryptedOutsideExport",
        Kind = FailureKind.NotSupported,
        Message = $"An encrypted file is read as a part of its export alone, whose list says which object it is: {path}",
        Recommendation = "Name the directory that Export-ClusterConfig wrote.",
        Target = path,
    };

    public static Failure Incomplete(ClusterConfigExport export) => new()
    {
        Id = "ExportIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"The export in {export.Path} is not complete: {(export.Failures.Count == 0 ? "it says so" : string.Join("; ", export.Failures.Take(3).Select(f => f.Message)))}"
            + (export.Failures.Count > 3 ? $" and {export.Failures.Count - 3} more." : ""),
        Recommendation = "Export again with a login that may read everything, or use -AllowPartial.",
        Target = export.Path,
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

    /// <summary>An export's list of files, and nothing beside it that says of what: the summary is gone, or something else has its name.</summary>
    public static Failure NoSummary(string summary) => Damaged(
        summary, File.Exists(summary) ? "line 1, column 1: here is no summary of an export, and beside it is an export's list of files." : "the directory has an export's list of files, and no summary.");

    public static Failure Damaged(string file, string why) => new()
    {
        Id = ExportDamaged,
        Kind = FailureKind.InvalidData,
        Message = $"The export is damaged: {file}: {why}",
        Recommendation = "Export again into another directory, or replace the export on purpose (Export-ClusterConfig -Force).",
        Target = file,
    };
}
