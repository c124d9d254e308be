namespace KonUpgrade.Model;

/// <summary>What becomes of the nodes of a pool when the time for draining one of them is over.</summary>
public enum DrainTimeoutAction
{
    /// <summary>They stay cordoned, so that the same command carries on.</summary>
    LeaveCordoned,

    /// <summary>They are put back to what they were before.</summary>
    Restore,
}
