namespace KonUpgrade.Engine.Kubernetes;

/// <summary>The field manager in whose name everything is written that is not written in its owner's.</summary>
internal static class OurFieldManager
{
    /// <summary>Its name.</summary>
    public const string Name = "konupgrade";
}
