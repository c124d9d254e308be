using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>How snapshots came out together.</summary>
public static class SnapshotOutcome
{
    private const int MostNamed = 5;

    /// <summary>That some are not whole; null where all are.</summary>
    /// <param name="name">The name that they were made under, or null.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="bad">Those that are not whole, each with its failure.</param>
    public static Failure? Incomplete(string? name, int all, IReadOnlyList<StateSnapshot> bad)
    {
        ArgumentNullException.ThrowIfNull(bad);
        if (bad.Count == 0)
            return null;
        var named = NameList.Some([.. bad.Select(snapshot => $"{snapshot.ResourceArn} ({snapshot.Status})")], MostNamed);
        return new Failure
        {
            Id = "SnapshotIncomplete",
            Kind = FailureKind.Incomplete,
            Message = string.Create(CultureInfo.InvariantCulture, $"{bad.Count} of {all} resources are not wholly backed up{(name is null ? "" : $" as {name}")}: {named}. First: {bad[0].Failure!.Message}"),
            Recommendation = $"{bad[0].Failure!.Recommendation} The same command begins again only what did not end well.",
            Target = name,
        };
    }

    /// <summary>That what a job says it made is not there.</summary>
    public static Failure NotThere(StateSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new Failure
        {
            Id = "RecoveryPointMissing",
            Kind = FailureKind.NotFound,
            Message = $"The job {snapshot.BackupJobId} of {snapshot.ResourceArn} is {snapshot.State}, and its recovery point is not in the vault {snapshot.BackupVaultName}, or not complete.",
            Recommendation = "Look at the vault: somebody may have deleted it.",
            Target = snapshot.ResourceArn,
        };
    }
}
