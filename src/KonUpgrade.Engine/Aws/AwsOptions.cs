using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>As whom, and where, a service of AWS is asked. What is not said here, environment and profiles say, as for the aws program.</summary>
public sealed record AwsOptions
{
    private static readonly string[] s_awsDomains = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"];

    /// <summary>The region; null for the one of the environment, the profile or the machine.</summary>
    public string? Region { get; init; }

    /// <summary>The profile of the AWS files. It shuts the environment's keys out; null for what the environment says.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Keys that were given; they come before everything else. Null for those that are found.</summary>
    public AwsKeys? Keys { get; init; }

    /// <summary>The service's URL; null for what environment, profile and region say.</summary>
    public Uri? EndpointUrl { get; init; }

    /// <summary>Whether a profile may get its credentials from a program (<c>credential_process</c>).</summary>
    public bool MayStartPrograms { get; init; }

    /// <summary>The environment that counts: an exec entry's own over the process's.</summary>
    internal Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>
    /// The same for another service than the one that <see cref="EndpointUrl"/> is meant for. A host of AWS' own (a VPC
    /// endpoint) answers for one service alone; any other (a simulation) is taken to answer for all, and what is meant
    /// for it must not go to AWS.
    /// </summary>
    public AwsOptions Beside() => EndpointUrl is { } url && IsAws(url.Host) ? this with { EndpointUrl = null } : this;

    private static bool IsAws(string host) => s_awsDomains.Any(domain => host.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
}
