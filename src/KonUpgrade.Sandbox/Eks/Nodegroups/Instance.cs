namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>What a machine is made from.</summary>
/// <param name="Release">The release of its image.</param>
/// <param name="TemplateVersion">The version of its launch template; null without one.</param>
internal sealed record Make(string Release, string? TemplateVersion);

/// <summary>A machine of a node group. Its Node may come late, never, or be deleted while the machine runs on.</summary>
internal sealed class Instance
{
    /// <summary>Such as <c>i-0123456789abcdef0</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The name of its Node.</summary>
    public required string NodeName { get; init; }

    public required EksSubnet Subnet { get; init; }

    /// <summary>What it was made from: machines of another make are what an update replaces.</summary>
    public required Make Make { get; init; }

    public required DateTimeOffset Launched { get; init; }

    /// <summary>It registers a Node; false for one that fails to.</summary>
    public required bool Joins { get; init; }

    /// <summary>It is on its way out; null while it stays.</summary>
    public Departure? Departure { get; set; }
}

/// <summary>How a machine leaves: its node is drained, and then, or when the time is over, it is terminated.</summary>
internal sealed class Departure
{
    /// <summary>When the drain began.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The Auto Scaling group counts the machine until its end: an update drains it, and it is replaced when it is gone.</summary>
    public bool Counted { get; init; }

    /// <summary>No Pod is evicted: the machine goes at once.</summary>
    public bool Undrained { get; init; }

    /// <summary>When those Pods are tried again that may not go yet.</summary>
    public DateTimeOffset NextTry { get; set; }

    /// <summary>When the last Pod was gone.</summary>
    public DateTimeOffset? Drained { get; set; }

    /// <summary>The Pod that could not be evicted at the last try, and why.</summary>
    public string? Refusal { get; set; }
}
