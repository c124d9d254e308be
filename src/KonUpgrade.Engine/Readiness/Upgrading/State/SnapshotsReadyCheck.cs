using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading.Provider;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Checking;
using KonUpgrade.Engine.Snapshots.Finding;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.State;

/// <summary>
/// AWS Backup could put into snapshots what the cluster keeps outside: the stores behind its volumes, and those that are
/// named. Stores, vault, types that are switched on, buckets and role are looked at as New-StateSnapshot looks at them, and
/// nothing is begun. Where nobody has said that snapshots are wanted, what is found does not block.
/// </summary>
internal sealed class SnapshotsReadyCheck : IReadinessCheck<UpgradeSurvey>
{
    private const string UsualVault = "Default";

    public ReadinessRule Rule { get; } = new()
    {
        Id = "SnapshotsReady",
        Title = "AWS Backup can take what the cluster keeps outside",
        Category = ReadinessCategory.State,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Mend what AWS Backup would refuse before New-StateSnapshot is counted on.",
        Documentation = "https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-on-demand-backup.html",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var intent = subject.Snapshots;
        if (intent.IsSaid)
            return await LookAsync(subject, intent, ReadinessSeverity.Blocking, cancellationToken).ConfigureAwait(false);
        if (subject.Blue.Cluster.Eks is null)
            return EksSubject.NotOne(subject.Blue);
        try
        {
            return await LookAsync(subject, intent, ReadinessSeverity.Advisory, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            return new ReadinessOutcome { Examined = "", Unread = [e.Failure], Severity = ReadinessSeverity.Advisory };
        }
    }

    private static async Task<ReadinessOutcome> LookAsync(UpgradeSurvey subject, SnapshotIntent intent, ReadinessSeverity weight, CancellationToken cancellationToken)
    {
        var login = EksAccess.ReferenceOf(subject.Blue.Cluster).Login.Beside();
        var warnings = new KeptWarnings(subject.Reporter);
        using var backup = new BackupClient(login, warnings);
        var found = await StoresAsync(subject, intent, login, warnings, cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
            return ReadinessOutcome.None($"No volume of {subject.Name} is of EFS or EBS, and no other store is named.");
        var findings = new List<ReadinessFinding>();
        var place = await PlaceAsync(backup, intent.BackupVaultName ?? UsualVault, warnings, weight, findings, cancellationToken).ConfigureAwait(false);
        var preflight = new SnapshotPreflight(login, place.Region, warnings);
        var stores = await RoleAsync(preflight, found, intent.IamRoleArn, weight, findings, cancellationToken).ConfigureAwait(false);
        findings.AddRange(stores.Select(store => (store.Name, store.ResourceArn, Failure: place.Check(store))).Where(one => one.Failure is not null).Select(one => Finding(one.Name ?? one.ResourceArn, one.Failure!, weight)));
        IReadOnlyList<Failure> unread = [.. preflight.Unseen, .. place.Unseen is { } unseen ? (Failure[])[unseen] : []];
        return ReadinessOutcome.Of(stores.Count, "store outside the cluster", [.. findings, .. warnings.Besides(unread).Select(warning => Told(subject.Name, warning))], "stores outside the cluster") with
        {
            Unread = unread,
            Severity = weight,
        };
    }

    private static async Task<IReadOnlyList<SnapshotStore>> StoresAsync(UpgradeSurvey subject, SnapshotIntent intent, AwsOptions login, IReporter reporter, CancellationToken cancellationToken)
    {
        using var tagging = new TaggingClient(login, reporter);
        var volumes = await subject.Blue.ReadAsync(VolumeFact.All, cancellationToken).ConfigureAwait(false);
        try
        {
            var selection = new StoreSelection { Cluster = volumes.Count > 0 ? subject.Blue.Cluster : null, Databases = intent.Databases, Buckets = intent.Buckets };
            return await new StoreFinder(login, tagging, reporter).FindAsync(selection, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Id == StoreFailures.NothingFoundId)
        {
            return [];
        }
    }

    // A vault that is not there is made with the first snapshot, where that is asked for; a lock lets go what is kept for as long as it wants.
    private static async Task<SnapshotPlace> PlaceAsync(
        BackupClient backup, string vaultName, IReporter reporter, ReadinessSeverity weight, List<ReadinessFinding> findings, CancellationToken cancellationToken)
    {
        var vaults = new SnapshotVault(backup, reporter);
        var place = await SnapshotPlace.LookAsync(backup, vaults, vaultName, reporter, cancellationToken).ConfigureAwait(false);
        if (place.Vault is not { } vault)
        {
            findings.Add(Finding($"vault {vaultName}", await vaults.MissingAsync(vaultName, cancellationToken).ConfigureAwait(false), ReadinessSeverity.Advisory));
            return place;
        }

        try
        {
            vaults.Check(vault, deleteAfterDays: null);
        }
        catch (UpgradeException e) when (e.Failure.Id is SnapshotFailures.VaultLockedId or SnapshotFailures.VaultNotUsableId)
        {
            findings.Add(Finding($"vault {vaultName}", e.Failure, e.Failure.Id == SnapshotFailures.VaultLockedId ? ReadinessSeverity.Advisory : weight));
        }

        return place;
    }

    // With a role that nothing can be backed up with, the stores are looked at all the same.
    private static async Task<IReadOnlyList<SnapshotStore>> RoleAsync(
        SnapshotPreflight preflight, IReadOnlyList<SnapshotStore> stores, string? role, ReadinessSeverity weight, List<ReadinessFinding> findings, CancellationToken cancellationToken)
    {
        try
        {
            return await preflight.CheckAsync(stores, role, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (role is not null && e.Failure.Target == role)
        {
            findings.Add(Finding($"role {role}", e.Failure, weight));
            return await preflight.CheckAsync(stores, iamRoleArn: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ReadinessFinding Finding(string target, Failure failure, ReadinessSeverity severity) =>
        new() { Target = target, Message = failure.Message, Severity = severity, Remedy = failure.Recommendation };

    private static ReadinessFinding Told(string cluster, string warning) =>
        new() { Target = cluster, Message = warning, Severity = ReadinessSeverity.Advisory };
}
