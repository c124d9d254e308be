namespace KonUpgrade.Engine.Manifests.Ordering;

/// <summary>Where in an import an object comes: its stage, and the rank that its system gives it within the stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Rank">The rank within the stage; lower comes first.</param>
public readonly record struct ImportPosition(ImportStage Stage, int Rank) : IComparable<ImportPosition>
{
    /// <inheritdoc/>
    public int CompareTo(ImportPosition other) => Stage != other.Stage ? Stage.CompareTo(other.Stage) : Rank.CompareTo(other.Rank);

    /// <summary>Whether one comes before the other.</summary>
    public static bool operator <(ImportPosition left, ImportPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether one comes after the other.</summary>
    public static bool operator >(ImportPosition left, ImportPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether one comes before the other, or at the same place.</summary>
    public static bool operator <=(ImportPosition left, ImportPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one comes after the other, or at the same place.</summary>
    public static bool operator >=(ImportPosition left, ImportPosition right) => left.CompareTo(right) >= 0;
}
