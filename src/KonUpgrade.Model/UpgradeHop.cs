namespace KonUpgrade.Model;

/// <summary>One part of the way from a version to another that is gone at once.</summary>
/// <param name="From">The version before: <c>1.33</c>.</param>
/// <param name="To">The version after: <c>1.34</c>.</param>
/// <param name="Way">How it is gone.</param>
public sealed record UpgradeHop(string From, string To, UpgradeWay Way)
{
    /// <inheritdoc/>
    public override string ToString() => $"{From} to {To}";
}
