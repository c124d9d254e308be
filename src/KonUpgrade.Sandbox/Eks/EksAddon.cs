namespace KonUpgrade.Sandbox.Eks;

/// <summary>An add-on of a cluster. Nothing runs for it here: whoever plays says what there is.</summary>
/// <param name="Name">Its name: vpc-cni.</param>
/// <param name="Version">The version that is installed: v1.20.1-eksbuild.1.</param>
public sealed record EksAddon(string Name, string Version)
{
    /// <summary>CREATING, ACTIVE, CREATE_FAILED, UPDATING, DELETING, DELETE_FAILED, DEGRADED or UPDATE_FAILED.</summary>
    public string Status { get; init; } = "ACTIVE";

    /// <summary>The code of what is wrong with it, of the service's AddonIssueCode; null where nothing is.</summary>
    public string? IssueCode { get; init; }

    /// <summary>What is wrong with it, in words.</summary>
    public string IssueMessage { get; init; } = "as asked";
}
