using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>Where the nodes are, and what they may: subnets and role must be there, and be the cluster's to use.</summary>
internal sealed partial class NetworkRules(EksCluster cluster, EksRequest request)
{
    public IReadOnlyList<EksSubnet> Subnets(IReadOnlyList<string>? asked)
    {
        if (asked is null or { Count: 0 }) throw request.InvalidParameter("Subnets are not specified");
        var subnets = new List<EksSubnet>();
        foreach (string id in asked.Distinct())
        {
            if (cluster.Subnets.FirstOrDefault(subnet => subnet.Id == id) is { } found)
            {
                subnets.Add(found);
                continue;
            }
            bool elsewhere = cluster.Region.Clusters.Any(other => other.Subnets.Any(subnet => subnet.Id == id));
            throw elsewhere
                ? request.InvalidParameter($"The subnet ID '{id}' is not in the VPC of the cluster {cluster.Name}")
                : request.InvalidParameter($"The subnet ID '{id}' does not exist (Service: Ec2, Status Code: 400, Error Code: InvalidSubnetID.NotFound)");
        }
        return subnets;
    }

    public string NodeRole(string? asked)
    {
        if (string.IsNullOrEmpty(asked)) throw request.InvalidParameter("nodeRole is missing");
        Match match = IsRole().Match(asked);
        if (!match.Success) throw request.InvalidParameter($"The role ARN {asked} is not valid: arn:aws:iam::123456789012:role/name is its form");
        if (match.Groups["account"].Value != cluster.Region.Settings.AccountId) throw request.InvalidParameter("Cross-account pass role is not allowed.");
        string name = match.Groups["name"].Value;
        return cluster.Region.HasRole(name)
            ? asked
            : throw request.InvalidParameter($"The role with name {name} cannot be found. (Service: AmazonIdentityManagement; Status Code: 404; Error Code: NoSuchEntity)");
    }

    [GeneratedRegex(@"^arn:aws(-[a-z-]+)?:iam::(?<account>[0-9]{12}):role/(.+/)?(?<name>[A-Za-z0-9+=,.@_-]{1,64})\z")]
    private static partial Regex IsRole();
}
