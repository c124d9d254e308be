using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Rules;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>CreateNodegroup: checks what is asked for, and has the machines come.</summary>
internal sealed class CreateNodegroup(EksRegion region)
{
    // The service's quotas of node groups for a cluster.
    private const int MostNodegroups = 30;

    public JsonObject Run(EksRequest request)
    {
        EksCluster cluster = EksOperations.Cluster(region, request);
        if (cluster.Tokens.Repeat(request) is { } before) return before;
        Nodegroup group = Read(cluster, request);
        if (cluster.Find(group.Name) is not null)
            throw request.InUse($"NodeGroup already exists with name {group.Name} and cluster name {cluster.Name}");
        if (cluster.Nodegroups.Count >= MostNodegroups) throw request.LimitExceeded($"The maximum number of node groups for a cluster is {MostNodegroups}");
        cluster.Add(group);
        JsonObject Answer() => new() { ["nodegroup"] = group.ToJson() };
        cluster.Tokens.Keep(request, group, Answer);
        return Answer();
    }

    private static Nodegroup Read(EksCluster cluster, EksRequest request)
    {
        var parameters = new Parameters(request.Body);
        var network = new NetworkRules(cluster, request);
        NameRules.CheckNodegroup(request);
        IReadOnlyList<EksSubnet> subnets = network.Subnets(parameters.Texts("subnets"));
        string role = network.NodeRole(parameters.Text("nodeRole"));
        (int min, int max, int desired) = SizeRules.Read(request, parameters.Structure("scalingConfig"));
        var machines = MachineRules.Read(cluster, request, parameters);
        SortedDictionary<string, string> labels = parameters.Map("labels") ?? new(StringComparer.Ordinal);
        NameRules.CheckLabels(request, labels);
        SortedDictionary<string, string> tags = parameters.Map("tags") ?? new(StringComparer.Ordinal);
        NameRules.CheckTags(request, tags);
        return new Nodegroup
        {
            Cluster = cluster,
            Name = request.Nodegroup,
            CreatedAt = cluster.Now,
            ModifiedAt = cluster.Now,
            Version = cluster.Version,
            ReleaseVersion = machines.Release,
            CapacityType = machines.CapacityType,
            MinSize = min,
            MaxSize = max,
            DesiredSize = desired,
            InstanceTypes = machines.InstanceTypes,
            Subnets = subnets,
            AmiType = machines.AmiType,
            NodeRole = role,
            Labels = labels,
            Taints = TaintRules.Read(request, parameters.Structures("taints")),
            DiskSize = machines.DiskSize,
            UpdateConfig = SizeRules.ReadUpdate(request, parameters.Structure("updateConfig"), max) ?? new UpdateConfig(1, null, null),
            NodeRepairConfig = parameters.Object("nodeRepairConfig")?.DeepClone() as JsonObject,
            RemoteAccess = parameters.Object("remoteAccess")?.DeepClone() as JsonObject,
            LaunchTemplate = machines.Template,
            LaunchTemplateVersion = machines.TemplateVersion,
            Make = new Make(machines.Release, machines.TemplateVersion),
            Tags = tags,
        };
    }
}
