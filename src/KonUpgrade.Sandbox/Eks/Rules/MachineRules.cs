using System.Globalization;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>The machines of a new node group: types, image, version, and what of it belongs into a launch template.</summary>
internal sealed record MachineRules
{
    private const int DefaultDisk = 20;
    private const int DefaultWindowsDisk = 50;

    public required IReadOnlyList<string> InstanceTypes { get; init; }

    public required string AmiType { get; init; }

    public required string CapacityType { get; init; }

    public required string Release { get; init; }

    public required int? DiskSize { get; init; }

    public EksLaunchTemplate? Template { get; private init; }

    public string? TemplateVersion { get; private init; }

    public static MachineRules Read(EksCluster cluster, EksRequest request, Parameters parameters)
    {
        (EksLaunchTemplate? template, string? templateVersion) = (null, null);
        if (parameters.Structure("launchTemplate") is { } asked)
        {
            (template, templateVersion) = FindTemplate(cluster.Region, request, asked);
            CheckBeside(request, parameters, template);
        }
        if (parameters.Has("warmPoolConfig")) throw EksError.NotModelled("warm pools");
        string capacity = parameters.Text("capacityType") ?? "ON_DEMAND";
        if (capacity is not ("ON_DEMAND" or "SPOT" or "CAPACITY_BLOCK")) throw request.InvalidParameter($"The capacity type {capacity} is not one of [ON_DEMAND, SPOT, CAPACITY_BLOCK]");
        IReadOnlyList<string> types = Types(request, parameters.Texts("instanceTypes"), template);
        string first = types.Count > 0 ? types[0] : template!.InstanceType!;
        string architecture = InstanceType.Find(first)!.Architecture;
        string ami = template?.ImageId is not null ? "CUSTOM" : parameters.Text("amiType") ?? Images.Default(cluster.Minor, architecture);
        if (!Images.AmiTypes.Contains(ami)) throw request.InvalidParameter($"The AMI type {ami} is not one of [{string.Join(", ", Images.AmiTypes)}]");
        if (ami == "CUSTOM" && template?.ImageId is null) throw request.InvalidParameter("You must specify an image id in your launch template when the AMI type is CUSTOM");
        if (!Images.IsOffered(ami, cluster.Minor)) throw request.InvalidParameter($"AMI Type {ami} is only supported for kubernetes versions {Images.LastVersion} or earlier");
        string[] unfit = [.. types.Append(first).Distinct().Where(type => Images.Architecture(ami) is { } needed && InstanceType.Find(type)!.Architecture != needed)];
        if (unfit.Length > 0) throw request.InvalidParameter($"[{string.Join(", ", unfit)}] is not a valid instance type for requested amiType {ami}");
        if (parameters.Text("version") is { } version && version != cluster.Version)
            throw request.InvalidParameter($"Nodegroup Kubernetes version should be equal to Cluster kubernetes version {cluster.Version}");
        int? disk = parameters.Integer("diskSize");
        if (disk is < 1 or > 16_384) throw request.InvalidParameter("diskSize must be within the range 1 and 16384");
        return new MachineRules
        {
            InstanceTypes = types,
            AmiType = ami,
            CapacityType = capacity,
            Release = ReleaseOf(cluster, request, parameters.Text("releaseVersion")),
            DiskSize = template is not null ? null : disk ?? (ami.StartsWith("WINDOWS", StringComparison.Ordinal) ? DefaultWindowsDisk : DefaultDisk),
            Template = template,
            TemplateVersion = templateVersion,
        };
    }

    /// <summary>The release of the image; the newest where none is asked for.</summary>
    public static string ReleaseOf(EksCluster cluster, EksRequest request, string? asked)
    {
        if (asked is null) return cluster.Releases.Last();
        return cluster.Releases.Contains(asked) ? asked
            : asked.StartsWith($"{cluster.Version}.", StringComparison.Ordinal) ? throw request.InvalidParameter($"Requested Nodegroup release version {asked} is invalid. Allowed release version is {cluster.Releases.Last()}")
            : throw request.InvalidParameter($"Requested release version {asked} is not valid for kubernetes version {cluster.Version}.");
    }

    /// <summary>The launch template that is named, by its id or its name, and its version as a number.</summary>
    public static (EksLaunchTemplate Template, string Version) FindTemplate(EksRegion region, EksRequest request, Parameters asked)
    {
        string? id = asked.Text("id"), name = asked.Text("name"), version = asked.Text("version");
        if (id is null == name is null) throw request.InvalidParameter("You must specify either the launch template ID or the launch template name in the request, but not both.");
        EksLaunchTemplate template = region.FindTemplate(id, name) ?? throw request.InvalidRequest($"The specified launch template, with template {(id is null ? "name" : "ID")} {id ?? name}, does not exist.");
        if (version is null or "$Latest" or "$Default") return (template, template.Versions.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= template.Versions
            ? (template, version)
            : throw request.InvalidRequest($"Could not find the specified version {version} for the launch template with ID {template.Id}.");
    }

    // What a launch template says, or could, may not be said beside it.
    private static void CheckBeside(EksRequest request, Parameters parameters, EksLaunchTemplate template)
    {
        if (parameters.Has("diskSize")) throw request.InvalidParameter("Disk size must be specified within the launch template.");
        if (parameters.Has("remoteAccess")) throw request.InvalidParameter("Remote access configuration cannot be specified with a launch template.");
        if (parameters.Has("instanceTypes") && template.InstanceType is not null) throw request.InvalidRequest("Cannot specify instance types in launch template and API request");
        if (template.ImageId is null) return;
        if (parameters.Text("amiType") is not (null or "CUSTOM")) throw request.InvalidParameter("You cannot specify an AMI Type other than CUSTOM, when specifying an image id in your launch template.");
        if (parameters.Has("version") || parameters.Has("releaseVersion")) throw request.InvalidParameter("You cannot specify the field version or releaseVersion when using custom AMIs.");
    }

    private static IReadOnlyList<string> Types(EksRequest request, IReadOnlyList<string>? asked, EksLaunchTemplate? template)
    {
        if (asked is null or { Count: 0 }) return template?.InstanceType is null ? ["t3.medium"] : [];
        if (asked.Count > 20) throw request.InvalidParameter("You can specify at most 20 instance types");
        string[] unknown = [.. asked.Where(type => InstanceType.Find(type) is null)];
        return unknown.Length > 0 ? throw request.InvalidRequest($"The following supplied instance types do not exist: [{string.Join(", ", unknown)}]") : asked;
    }
}
