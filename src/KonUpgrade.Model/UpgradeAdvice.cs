namespace KonUpgrade.Model;

/// <summary>What is worth knowing of a system before somebody learns it the hard way.</summary>
/// <param name="Id">A stable name, such as <c>PermanentRedirect</c>.</param>
/// <param name="At">Where it matters, such as <c>Import</c>, <c>Restore</c> or <c>Traffic</c>.</param>
/// <param name="Text">What it is and what to do, in a sentence or two.</param>
public sealed record UpgradeAdvice(string Id, UpgradeAdvicePoint At, string Text);

/// <summary>The point of an upgrade at which an advice matters.</summary>
public enum UpgradeAdvicePoint
{
    /// <summary>Before anything begins.</summary>
    Before,

    /// <summary>When the configuration is exported.</summary>
    Export,

    /// <summary>When objects are imported.</summary>
    Import,

    /// <summary>When Velero restores.</summary>
    Restore,

    /// <summary>When traffic moves.</summary>
    Traffic,

    /// <summary>While the earlier cluster is kept, and when it goes.</summary>
    After,
}
