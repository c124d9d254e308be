using System.Globalization;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox;

/// <summary>
/// What may be asked of a sandbox, by the rules of its own program, so that a wrong name or version is told before
/// anything is started.
/// </summary>
internal static partial class SandboxClusters
{
    private const int OldestMinor = 21;
    private const int NewestMinor = 34;

    /// <summary>What is wrong with the clusters that are asked for, or null.</summary>
    public static Failure? Check(IReadOnlyList<string> clusters)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cluster in clusters)
        {
            if (Read(cluster, out var name) is { } wrong)
                return Wrong(cluster, wrong);
            if (!names.Add(name))
                return Wrong(cluster, $"another one is named '{name}' already", "Give each cluster a name of its own, as blue=1.32, green=1.34.");
        }

        return null;
    }

    private static string? Read(string cluster, out string name)
    {
        var equals = cluster.IndexOf('=', StringComparison.Ordinal);
        name = equals < 0 ? cluster : cluster[..equals];
        if (!Name().IsMatch(name))
            return $"'{name}' is no name for a cluster: small letters, digits and '-' within are allowed, 50 at most";
        if (equals < 0)
            return "its version is missing";
        if (Version().Match(cluster[(equals + 1)..]) is not { Success: true } version)
            return $"'{cluster[(equals + 1)..]}' is not a Kubernetes version";
        return int.TryParse(version.Groups["minor"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var minor) && minor is >= OldestMinor and <= NewestMinor
            ? null
            : $"Kubernetes 1.{version.Groups["minor"].Value} is not simulated";
    }

    private static Failure Wrong(string cluster, string why, string? recommendation = null) => new()
    {
        Id = "SandboxClusterInvalid",
        Kind = FailureKind.InvalidArgument,
        Message = $"The cluster '{cluster}' cannot be simulated: {why}.",
        Recommendation = recommendation ?? $"Write a name and a version from 1.{OldestMinor} to 1.{NewestMinor}, as blue=1.32, green=1.34.1 or green=1.33.4-eks-5d4a308.",
        Target = cluster,
    };

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^v?1\.(?<minor>[0-9]+)(\.[0-9][0-9A-Za-z.+-]*)?\z")]
    private static partial Regex Version();
}
