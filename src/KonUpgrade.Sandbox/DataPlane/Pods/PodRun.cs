namespace KonUpgrade.Sandbox.DataPlane.Pods;

/// <summary>What a kubelet remembers of a Pod that it runs.</summary>
internal sealed class PodRun(string uid, DateTimeOffset admitted)
{
    public string Uid { get; } = uid;

    public DateTimeOffset Admitted { get; } = admitted;

    /// <summary>When its containers started last; null before, and while they wait to be restarted.</summary>
    public DateTimeOffset? Started { get; set; }

    /// <summary>When its containers, which failed, are started again.</summary>
    public DateTimeOffset? RestartAt { get; set; }

    public int Restarts { get; set; }

    /// <summary>When its end was seen to be asked for.</summary>
    public DateTimeOffset? Ending { get; set; }

    /// <summary>The grace period that was seen then, or a shorter one since.</summary>
    public long Grace { get; set; }

    /// <summary>When it is gone at the latest: a grace period that is shortened counts from that moment.</summary>
    public DateTimeOffset? Killed { get; set; }
}
