using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Rules;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Operations;

/// <summary>UpdateNodegroupVersion: another Kubernetes version, another image, or another version of the launch template.</summary>
internal static class UpdateNodegroupVersion
{
    public static JsonObject Run(EksRegion region, EksRequest request)
    {
        Nodegroup group = EksOperations.Nodegroup(region, request);
        EksCluster cluster = group.Cluster;
        if (cluster.Tokens.Repeat(request) is { } before) return before;
        var parameters = new Parameters(request.Body);
        string version = parameters.Text("version") ?? (parameters.Has("releaseVersion") || parameters.Has("launchTemplate") ? group.Version : cluster.Version);
        if (version != cluster.Version && version != group.Version)
            throw request.InvalidParameter($"Nodegroup Kubernetes version should be equal to Cluster kubernetes version {cluster.Version} or NodeGroup kubernetes version {group.Version}");
        string release = MachineRules.ReleaseOf(cluster, request, parameters.Text("releaseVersion"));
        string? templateVersion = Template(request, group, parameters.Structure("launchTemplate"));
        var update = new EksUpdate("VersionUpdate", cluster.Now);
        EksOperations.CheckIdle(group, request, update.Type);
        update.Params.Add(("Version", version));
        update.Params.Add(("ReleaseVersion", release));
        if (group.LaunchTemplate is { } template && parameters.Has("launchTemplate"))
        {
            update.Params.Add(("LaunchTemplateName", template.Name));
            update.Params.Add(("LaunchTemplateVersion", templateVersion!));
        }
        group.Status = NodegroupStatus.Updating;
        group.ModifiedAt = cluster.Now;
        group.Updates.Add(update);
        group.VersionUpdate = new VersionUpdate(group, update, version, new Make(release, templateVersion), parameters.Flag("force"));
        cluster.Wake(group);
        cluster.Tokens.Keep(request, group, () => Updates.Answer(update));
        return Updates.Answer(update);
    }

    private static string? Template(EksRequest request, Nodegroup group, Parameters? asked)
    {
        if (asked is null) return group.LaunchTemplateVersion;
        if (group.LaunchTemplate is null) throw request.InvalidParameter("You cannot add a launch template to a node group that was created without one");
        (EksLaunchTemplate template, string version) = MachineRules.FindTemplate(group.Cluster.Region, request, asked);
        return template.Id == group.LaunchTemplate.Id ? version : throw request.InvalidParameter("You must use the same launch template ID or name that was used to create the node group");
    }
}
