using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>The errors of kubeconfigs. None repeats a value that could be a secret.</summary>
internal static class KubeConfigErrors
{
    public static UpgradeException Invalid(KubeConfigPlace place, string reason, string? recommendation = null, Exception? inner = null) => new(
        new Failure
        {
            Id = "InvalidKubeConfig",
            Kind = FailureKind.ParserError,
            Message = $"{place}: {reason}",
            Recommendation = recommendation ?? "Correct the kubeconfig there.",
            Target = $"{place.File}:{place.Line}:{place.Column}",
        },
        inner);

    public static UpgradeException NotSelfContained(KubeConfigPlace place, string why) => new(new Failure
    {
        Id = "KubeConfigNotSelfContained",
        Kind = FailureKind.Security,
        Message = $"{place}: {why}. A kubeconfig that comes from a cluster may neither read files of this machine nor start programs.",
        Recommendation = "Put the certificate, key or token itself into it; or export that cluster by a context of your own.",
        Target = $"{place.File}:{place.Line}:{place.Column}",
    });

    public static UpgradeException Unreadable(string file, Exception inner) => new(
        new Failure
        {
            Id = "KubeConfigUnreadable",
            Kind = FailureKind.ReadError,
            Message = $"{file}: {Reason(file, inner)}",
            Recommendation = Directory.Exists(file) ? "Name the file, such as config in it." : "Check that the file is there and that this account may read it.",
            Target = file,
        },
        inner);

    public static UpgradeException NotFound(IReadOnlyList<string> paths) => new(new Failure
    {
        Id = "KubeConfigNotFound",
        Kind = FailureKind.NotFound,
        Message = paths.Count == 1 ? $"There is no kubeconfig {paths[0]}." : $"There is none of the kubeconfigs {string.Join(", ", paths)}.",
        Recommendation = "Name one with -KubeConfigPath or $KUBECONFIG, or make one (for EKS: aws eks update-kubeconfig). For a managed cluster none is needed: give an object of Get-ManagedCluster.",
        Target = string.Join(Path.PathSeparator, paths),
    });

    public static UpgradeException UnknownContext(string name, IReadOnlyList<string> known, IReadOnlyList<string> paths, IReadOnlyList<string> warnings) => new(new Failure
    {
        Id = "ContextNotFound",
        Kind = FailureKind.NotFound,
        Message = $"There is no context '{name}' in {string.Join(", ", paths)}. Known: {(known.Count == 0 ? "none" : NameList.Some(known, most: 50))}.{string.Concat(warnings.Select(warning => " " + warning))}",
        Recommendation = "Use one of the known names (Get-ClusterContext), or name another kubeconfig with -KubeConfigPath."
            + (EksReference.FromArn(name) is var (cluster, region) ? $" A managed cluster needs none: give what Get-ManagedCluster {cluster} -Region {region} gives." : ""),
        Target = name,
    });

    public static UpgradeException NoCurrentContext(IReadOnlyList<string> paths) => new(new Failure
    {
        Id = "NoCurrentContext",
        Kind = FailureKind.InvalidArgument,
        Message = $"No context is named, and {string.Join(", ", paths)} has no current one.",
        Recommendation = "Name a context (Get-ClusterContext lists them), or set one with kubectl config use-context.",
    });

    private static string Reason(string file, Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "the file is not there",
        UnauthorizedAccessException when Directory.Exists(file) => "it is a directory",
        UnauthorizedAccessException => "it may not be read",
        _ => e.Message,
    };
}
