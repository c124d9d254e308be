using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>What can go wrong with an export beside the cluster and the disk.</summary>
internal static class ExportFailures
{
    public static Failure ForeignFile(string path, KubernetesObject o) => new()
    {
        Id = "ForeignFile",
        Kind = FailureKind.AlreadyExists,
        Message = $"{o} was not exported: where its file belongs is one that no export wrote: {path}",
        Recommendation = "Move the file away, or name another directory.",
        Target = path,
    };

    public static UpgradeException CertificateMissing() => new(new Failure
    {
        Id = "CertificateMissing",
        Kind = FailureKind.InvalidArgument,
        Message = "Secrets can't be encrypted without a certificate.",
        Recommendation = "Name the certificate for which they are encrypted with -Certificate; its private key is not needed.",
    });

    public static UpgradeException ForeignRecord(string path) => new(new Failure
    {
        Id = "ForeignFile",
        Kind = FailureKind.AlreadyExists,
        Message = $"The directory has a file that an export would write, and no export wrote it: {path}",
        Recommendation = "Name another directory.",
        Target = path,
    });

    public static UpgradeException NotADirectory(string directory, string file) => new(new Failure
    {
        Id = "NotADirectory",
        Kind = FailureKind.InvalidArgument,
        Message = directory == file
            ? $"This is a file, and an export needs a directory: {file}"
            : $"There can be no directory {directory}, since {file} is a file.",
        Recommendation = "Name a directory; it is made when it is not there.",
        Target = file,
    });

    public static UpgradeException OtherExport(string directory, string difference) => new(new Failure
    {
        Id = "OtherExport",
        Kind = FailureKind.Refused,
        Message = $"The directory holds another export: {difference}. {directory}",
        Recommendation = "Name another directory, or replace the export there on purpose (-Force).",
        Target = directory,
    });

    public static Failure CountDiffers(string cluster, ReportedCount reported, long seen) => new()
    {
        Id = "CountDiffers",
        Kind = FailureKind.Incomplete,
        Message = $"{cluster} has {seen} objects of {reported.Kind}, and {reported.By} reports {reported.Count}.",
        Recommendation = "Look whether that report is up to date and the kubeconfig leads to the right cluster, and export again; -AllowPartial imports what is there.",
        Target = reported.Kind,
    };

    public static Failure Duplicate(string path) => new()
    {
        Id = "DuplicateObject",
        Kind = FailureKind.InvalidData,
        Message = $"Two objects of the cluster have the same file: {path}",
        Target = path,
    };
}
