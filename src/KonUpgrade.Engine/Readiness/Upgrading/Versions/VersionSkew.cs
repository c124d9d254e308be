using System.Globalization;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Upgrading.Versions;

/// <summary>How far parts of a cluster may be behind its API server (https://kubernetes.io/releases/version-skew-policy/).</summary>
internal static class VersionSkew
{
    // Since 1.28 the policy allows three, for kubelets and kube-proxies that are 1.25 or newer.
    private const int SinceAllowed = 25;

    /// <summary>How many minor versions a kubelet or kube-proxy of a version may be behind.</summary>
    public static int AllowedFor(ServerVersion node) => node.Minor < SinceAllowed ? 2 : 3;

    /// <summary>What is wrong about a kubelet or kube-proxy under an API server; null where nothing is.</summary>
    /// <param name="node">Its version.</param>
    /// <param name="server">The API server's.</param>
    /// <param name="name">What the API server is called.</param>
    public static string? OfNode(ServerVersion node, ServerVersion server, string name) => Of(node, server, name, AllowedFor(node));

    /// <summary>What is wrong about a part of the control plane under an API server; null where nothing is.</summary>
    /// <inheritdoc cref="OfNode(ServerVersion, ServerVersion, string)"/>
    public static string? OfControlPlane(ServerVersion node, ServerVersion server, string name) => Of(node, server, name, 1);

    /// <summary>What is wrong about a kubelet or kube-proxy under the API server of now, and under the one that it meets next; null where nothing is.</summary>
    public static string? OfNode(ServerVersion node, UpgradeSurvey upgrade) =>
        OfNode(node, upgrade.Blue.Version, "the API server") ?? OfNode(node, upgrade.ServerAfterNextHop, "the API server comes to be");

    private static string? Of(ServerVersion part, ServerVersion server, string name, int allowed)
    {
        var behind = server.Minor - part.Minor;
        return behind < 0 ? $"newer than {name}, {VersionPathCheck.Text(server)}"
            : behind > allowed ? string.Create(CultureInfo.InvariantCulture, $"{behind} minor versions older than {name}, {VersionPathCheck.Text(server)}; {allowed} {(allowed == 1 ? "is" : "are")} allowed")
            : null;
    }
}
