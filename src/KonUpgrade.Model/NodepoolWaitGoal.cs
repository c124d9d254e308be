namespace KonUpgrade.Model;

/// <summary>What a pool is waited for to become.</summary>
public enum NodepoolWaitGoal
{
    /// <summary>Its provider says that it is as it should be, and as many nodes as it is to have are Ready and take pods.</summary>
    Ready,

    /// <summary>It is gone, and its nodes with it.</summary>
    Removed,
}
