namespace KonUpgrade.Engine.Manifests;

/// <summary>The part <c>import</c> of a system's description.</summary>
public sealed record SystemImport
{
    internal static SystemImport Read(DescriptionNode node)
    {
        _ = node;
        return new SystemImport();
    }
}
