using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets a sandbox come back from a job or another session.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SandboxTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        ReturnedObject.Unwrap(inputData) switch
        {
            UpgradeSandbox sandbox => sandbox,
            var bag when ReturnedObject.Was<UpgradeSandbox>(
                bag, nameof(UpgradeSandbox.ProcessId), nameof(UpgradeSandbox.Path), nameof(UpgradeSandbox.ControlUri)) => new UpgradeSandbox
                {
                    ProcessId = (int)ReturnedObject.Number(bag, nameof(UpgradeSandbox.ProcessId)),
                    Path = ReturnedObject.Text(bag, nameof(UpgradeSandbox.Path)) ?? "",
                    OwnsPath = ReturnedObject.Flag(bag, nameof(UpgradeSandbox.OwnsPath)),
                    KubeConfigPath = ReturnedObject.Text(bag, nameof(UpgradeSandbox.KubeConfigPath)) ?? "",
                    Cluster = ReturnedObject.Texts(bag, nameof(UpgradeSandbox.Cluster)),
                    ControlUri = ReturnedObject.Text(bag, nameof(UpgradeSandbox.ControlUri)) ?? "",
                    EndpointUrl = ReturnedObject.Text(bag, nameof(UpgradeSandbox.EndpointUrl)) ?? "",
                    Region = ReturnedObject.Text(bag, nameof(UpgradeSandbox.Region)) ?? "",
                    CredentialPath = ReturnedObject.Text(bag, nameof(UpgradeSandbox.CredentialPath)) ?? "",
                    LoadBalancerAddress = ReturnedObject.Texts(bag, nameof(UpgradeSandbox.LoadBalancerAddress)),
                    ResourceArn = ReturnedObject.Texts(bag, nameof(UpgradeSandbox.ResourceArn)),
                    IamRoleArn = ReturnedObject.Text(bag, nameof(UpgradeSandbox.IamRoleArn)) ?? "",
                },
            _ => inputData,
        };
}
