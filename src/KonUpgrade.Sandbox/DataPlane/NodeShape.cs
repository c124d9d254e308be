namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>A node to be added.</summary>
public sealed record NodeShape
{
    /// <summary>Its name, a DNS name.</summary>
    public required string Name { get; init; }

    /// <summary>Labels beside those that every kubelet sets (hostname, os, arch).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints that it comes with.</summary>
    public IReadOnlyList<NodeTaint> Taints { get; init; } = [];

    /// <summary>Its CPU as a quantity.</summary>
    public string Cpu { get; init; } = "4";

    /// <summary>Its memory as a quantity.</summary>
    public string Memory { get; init; } = "16Gi";

    /// <summary>How many Pods it takes.</summary>
    public int Pods { get; init; } = 110;

    /// <summary>The kubelet's version, such as <c>v1.32.5-eks-5d4a308</c>; null for the cluster's.</summary>
    public string? Version { get; init; }

    /// <summary>spec.providerID, such as <c>aws:///eu-central-1a/i-0123456789abcdef0</c>; null for none.</summary>
    public string? ProviderId { get; init; }

    /// <summary>Its internal IP address; null for one that is free.</summary>
    public string? Address { get; init; }

    /// <summary>From its coming until it is Ready; null for what the settings say, <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan? ReadyAfter { get; init; }
}

/// <summary>A taint of a node.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Effect">NoSchedule, PreferNoSchedule or NoExecute.</param>
/// <param name="Value">Its value; empty for none.</param>
public sealed record NodeTaint(string Key, string Effect, string Value = "");
