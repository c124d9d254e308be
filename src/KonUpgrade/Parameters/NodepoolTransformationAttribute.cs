using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets a pool be given by its name, as an object of Get-Nodepool, or as one that came back from a job or a file.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class NodepoolTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        null => null,
        Nodepool pool => pool,
        string { Length: > 0 } name => name,
        var bag when ReturnedObject.Was<Nodepool>(bag, nameof(Nodepool.Name), nameof(Nodepool.Provider), nameof(Nodepool.Selector), nameof(Nodepool.Shape)) => Rebuild(bag),
        _ => throw new ArgumentTransformationMetadataException($"'{inputData}' is no pool. Give its name, or an object of Get-Nodepool."),
    };

    // What a pool is copied by; its nodes are not.
    private static Nodepool Rebuild(object? bag) => new()
    {
        Name = ReturnedObject.Text(bag, nameof(Nodepool.Name)) ?? throw new ArgumentTransformationMetadataException("The pool that came in has no name."),
        Provider = ReturnedObject.Text(bag, nameof(Nodepool.Provider)) ?? "",
        Selector = ReturnedObject.Text(bag, nameof(Nodepool.Selector)) ?? "",
        Context = ReturnedObject.Text(bag, nameof(Nodepool.Context)),
        ClusterUid = ReturnedObject.Text(bag, nameof(Nodepool.ClusterUid)),
        Id = ReturnedObject.Text(bag, nameof(Nodepool.Id)),
        Shape = (bag as PSObject)?.Properties[nameof(Nodepool.Shape)]?.Value is { } shape ? Shape(PSObject.AsPSObject(shape)) : null,
    };

    private static NodepoolShape Shape(PSObject bag) => new()
    {
        MinSize = Size(bag, nameof(NodepoolShape.MinSize)),
        MaxSize = Size(bag, nameof(NodepoolShape.MaxSize)),
        DesiredSize = Size(bag, nameof(NodepoolShape.DesiredSize)),
        InstanceType = Texts(bag, nameof(NodepoolShape.InstanceType)),
        AmiType = ReturnedObject.Text(bag, nameof(NodepoolShape.AmiType)),
        CapacityType = ReturnedObject.Text(bag, nameof(NodepoolShape.CapacityType)),
        DiskSize = Size(bag, nameof(NodepoolShape.DiskSize)),
        NodeRole = ReturnedObject.Text(bag, nameof(NodepoolShape.NodeRole)),
        Subnet = Texts(bag, nameof(NodepoolShape.Subnet)),
        Version = ReturnedObject.Text(bag, nameof(NodepoolShape.Version)),
        ReleaseVersion = ReturnedObject.Text(bag, nameof(NodepoolShape.ReleaseVersion)),
        Label = ReturnedObject.Table(bag, nameof(NodepoolShape.Label)),
        Taint = [.. NodepoolTaintTransformationAttribute.All(bag.Properties[nameof(NodepoolShape.Taint)]?.Value)],
        Tag = ReturnedObject.Table(bag, nameof(NodepoolShape.Tag)),
        LaunchTemplateId = ReturnedObject.Text(bag, nameof(NodepoolShape.LaunchTemplateId)),
        LaunchTemplateName = ReturnedObject.Text(bag, nameof(NodepoolShape.LaunchTemplateName)),
        LaunchTemplateVersion = ReturnedObject.Text(bag, nameof(NodepoolShape.LaunchTemplateVersion)),
        Ec2SshKey = ReturnedObject.Text(bag, nameof(NodepoolShape.Ec2SshKey)),
        SourceSecurityGroup = Texts(bag, nameof(NodepoolShape.SourceSecurityGroup)),
        MaxUnavailable = Size(bag, nameof(NodepoolShape.MaxUnavailable)),
        MaxUnavailablePercentage = Size(bag, nameof(NodepoolShape.MaxUnavailablePercentage)),
        UpdateStrategy = ReturnedObject.Text(bag, nameof(NodepoolShape.UpdateStrategy)),
        NodeRepair = ReturnedObject.Text(bag, nameof(NodepoolShape.NodeRepair)) is { } repair ? bool.Parse(repair) : null,
    };

    private static int? Size(PSObject bag, string property) => ReturnedObject.Text(bag, property) is null ? null : (int)ReturnedObject.Number(bag, property);

    private static IReadOnlyList<string>? Texts(PSObject bag, string property) => ReturnedObject.Texts(bag, property) is { Count: > 0 } texts ? texts : null;
}
