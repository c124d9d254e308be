using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>What EKS calls a connected cluster, and as whom it is asked about it.</summary>
/// <param name="ClusterName">The cluster's name.</param>
/// <param name="Login">Region and login.</param>
/// <param name="From">What says so, for messages.</param>
internal sealed record EksReference(string ClusterName, AwsOptions Login, string From)
{
    /// <summary>The name that a managed cluster has.</summary>
    public static EksReference Of(ManagedCluster cluster, ConnectionOptions options) =>
        new(cluster.Name, ManagedEndpoint.LoginOf(cluster, options), "the managed cluster");

    /// <summary>
    /// The name that a kubeconfig tells: in the arguments of the user's login program, or in the cluster entry's name where
    /// that is an ARN (as <c>aws eks update-kubeconfig</c> calls it). Never the context's name, which people give.
    /// </summary>
    /// <returns>Null where the kubeconfig tells none.</returns>
    public static EksReference? Of(ClusterEntry cluster, UserEntry? user, Uri server, ConnectionOptions options)
    {
        var login = new AwsOptions { Region = EksTokenSource.RegionOf(server), MayStartPrograms = options.Exec == ExecPolicy.Allow };
        if (user?.Exec is { } exec && EksTokenArguments.IsKnown(exec.Command) && EksTokenArguments.Parse(exec.Command, exec.Args, out _) is { } request)
        {
            login = login with { Region = request.Region ?? login.Region, ProfileName = request.Profile, Environment = exec.Value };
            // On an Outpost the program names an id, which is no name.
            if (request.NamesCluster)
                return new EksReference(request.ClusterId, login, $"the login program of the user '{user.Name}'");
        }
        if (user?.Exec is { } kon && FromKon(kon) is { } named)
            return new EksReference(named, login with { Environment = kon.Value }, $"the login program of the user '{user.Name}'");
        return FromArn(cluster.Name) is var (name, region)
            ? new EksReference(name, login with { Region = region }, $"the cluster entry '{cluster.Name}'")
            : null;
    }

    // kon cluster get-token --cluster blue: Konstellation's own program, whose clusters are called in EKS as it calls them.
    private static string? FromKon(ExecEntry exec) =>
        Path.GetFileNameWithoutExtension(exec.Command) == "kon" && exec.Args is ["cluster", "get-token", "--cluster", { Length: > 0 } name] ? name : null;

    /// <summary>Name and region in the ARN of a cluster, or null for what is no such ARN.</summary>
    internal static (string Name, string Region)? FromArn(string text)
    {
        // arn:aws:eks:eu-west-1:111122223333:cluster/blue
        var parts = text.Split(':');
        return parts is ["arn", _, "eks", { Length: > 0 } region, _, var resource] && resource.StartsWith("cluster/", StringComparison.Ordinal) && resource.Length > "cluster/".Length
            ? (resource["cluster/".Length..], region)
            : null;
    }
}
