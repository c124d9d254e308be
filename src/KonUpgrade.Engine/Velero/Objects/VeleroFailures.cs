using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>What keeps backups and restores of Velero from being made or whole, and what to do about it.</summary>
internal static class VeleroFailures
{
    /// <summary>The id of the failure that the time to wait is over.</summary>
    public const string TimeoutId = "VeleroWaitTimeout";

    private const int MostNamed = 5;

    public static Failure NameInvalid(string name, string what) => New(
        "VeleroNameInvalid", FailureKind.InvalidArgument, name, $"'{name}' can be no {what}'s name.",
        "Such a name has lower case letters, digits, hyphens and dots, begins and ends with a letter or digit, and has 253 characters at most.");

    public static Failure Exists(VeleroOperation found, string what) => New(
        $"{found.GetType().Name}Exists", FailureKind.AlreadyExists, found.Name,
        $"{found.Context} has a {what} '{found.Name}' already, of {(found.RequestKey is null ? "somebody else" : "another request")} ({found.Phase}{(found.CreationTimestamp is { } made ? $", made at {Moment(made)}" : "")}).",
        "Choose another -Name, or leave it out.");

    public static Failure FieldsUnknown(string context, string what, IReadOnlyList<string> fields) => New(
        "VeleroFieldNotKnown", FailureKind.NotSupported, context,
        $"Velero's definitions in {context} do not know {NameList.Some(fields)} of a {what}: what was asked for would be dropped, and another {what} be made.",
        "Upgrade Velero there, with its definitions (velero install --crds-only), or leave out what it does not know.");

    public static Failure NamespaceMissing(string name, string context, IReadOnlyList<string> known) => New(
        "NamespaceNotFound", FailureKind.NotFound, name, $"{context} has no namespace '{name}': nothing of it would be in the backup.{NearWords.Hint(name, known)}",
        "Look at the name, or leave it out; names with * are taken as patterns, by Velero 1.18 and later.");

    public static Failure NamespaceNotInBackup(string name, VeleroBackup backup) => New(
        "NamespaceNotInBackup", FailureKind.NotFound, name, $"The backup '{backup.Name}' is of the namespaces {NameList.Some(backup.IncludedNamespaces)}, and not of '{name}'.",
        "Name one that it is of; of the others nothing can be restored.");

    public static Failure NamespaceNameInvalid(string name) => New(
        "NamespaceNameInvalid", FailureKind.InvalidArgument, name, $"'{name}' can be no namespace's name.",
        "A namespace's name has 1 to 63 lower case letters, digits and hyphens, and begins and ends with a letter or digit.");

    public static Failure NeverRestored(string resource) => New(
        "KindNeverRestored", FailureKind.NotSupported, resource, $"Velero never restores {resource}, and refuses a restore that asks for it.", "Leave it out of -Kind.");

    public static Failure LocationReadOnly(string name, string context) => New(
        "StorageLocationReadOnly", FailureKind.Refused, name, $"The storage location '{name}' of {context} is ReadOnly: Velero would refuse the backup.",
        $"Name another one with -StorageLocation; or make it writable, where no other cluster writes to it: kubectl -n velero patch backupstoragelocation {name} --type merge -p '{{\"spec\":{{\"accessMode\":\"ReadWrite\"}}}}'");

    public static Failure LocationMissing(string? name, string context, IReadOnlyList<string> known) => New(
        "StorageLocationNotFound", FailureKind.NotFound, name ?? context,
        name is null
            ? $"{context} has no default storage location.{(known.Count > 0 ? $" There are: {NameList.Some(known)}." : "")}"
            : $"{context} has no storage location '{name}'.{NearWords.Hint(name, known)}",
        "Name one with -StorageLocation (kubectl -n velero get backupstoragelocations), or make one: velero backup-location create.");

    public static Failure LocationUnavailable(VeleroLocation location, string context, string login) => New(
        "StorageLocationNotAvailable", FailureKind.Unavailable, location.Name,
        $"The storage location '{location.Name}' of {context} ({location.Address}) is {location.Phase}.{(location.Message is { Length: > 0 } said ? $" Velero says: {said.TrimEnd('.', ' ')}." : "")}",
        $"Look at the bucket, its region and the login. {login}");

    public static Failure NotSynced(VeleroBackupName backup, string context, TimeSpan passed, string standing) => New(
        "VeleroBackupNotSynced", FailureKind.Timeout, backup.Name,
        $"The backup '{backup.Name}' has not come to {context} after {Span(passed)}: {standing}",
        "A storage location of that cluster must lead to the bucket and prefix that the backup was made in, and be Available; a restore made before the backup is there fails for good. Mend it and run the command again, or wait longer with -SyncTimeout.");

    public static Failure NotShared(VeleroBackupName backup, string context, IReadOnlyList<VeleroLocation> locations) => New(
        "StorageLocationNotShared", FailureKind.NotFound, backup.Name,
        $"No storage location of {context} leads to {backup.Address}, where the backup '{backup.Name}' is.{(locations.Count > 0 ? $" There are: {NameList.Some([.. locations.Select(one => $"{one.Name} ({one.Address})")])}." : " There is none at all.")}",
        $"Make one that is ReadOnly: velero backup-location create blue --provider aws --bucket {backup.Bucket}{(backup.Prefix is null ? "" : $" --prefix {backup.Prefix}")} --access-mode ReadOnly");

    public static Failure BackupReplaced(string name, string context) => New(
        "VeleroBackupReplaced", FailureKind.Conflict, name, $"The backup '{name}' of {context} is another one than the one that came in: they began at different times.",
        "Look at both (Get-VeleroBackup), and give the one that is meant.");

    public static Failure NotRestorable(VeleroBackup backup, bool mayBePartial) => backup switch
    {
        { HasEnded: false } => New(
            "VeleroBackupNotEnded", FailureKind.Incomplete, backup.Name, $"The backup '{backup.Name}' has not ended: it is {backup.Phase}.",
            "Wait for it with Wait-VeleroBackup, and restore it then."),
        { Phase: "FailedValidation" } => New(
            "VeleroBackupEmpty", FailureKind.Incomplete, backup.Name, $"The backup '{backup.Name}' was not taken at all (FailedValidation): there is nothing in it.", "Make another one."),
        _ => New(
            "VeleroBackupNotComplete", FailureKind.Incomplete, backup.Name,
            $"The backup '{backup.Name}' is not whole: {backup.Phase}{Counts(backup)}.",
            mayBePartial ? "Make another one." : "Make another one; or give -AllowPartial to restore what there is."),
    };

    public static Failure OlderVersion(VeleroBackup backup, string context, string version) => New(
        "VeleroRestoreIntoOlder", FailureKind.Refused, backup.Name,
        $"The backup '{backup.Name}' is of Kubernetes {backup.SourceVersion}, and {context} is {version}: Velero does not support restoring into an older minor version.",
        "Restore into a cluster of that version or a newer one; or give -AllowOlderVersion, and look at every object whose version that cluster may not serve.");

    public static Failure TimedOut(VeleroOperation now, TimeSpan passed, string? hindered) => New(
        TimeoutId, FailureKind.Timeout, now.Name,
        $"The {What(now)} '{now.Name}' of {now.Context} has not ended after {Span(passed)}: it is {Standing(now)}.{(hindered is null ? "" : $" It could not be looked at last: {hindered}")}",
        now.Phase == "New"
            ? "Velero's server has not begun with it: look whether it runs (kubectl -n velero get deployment velero). Then wait again."
            : $"It goes on in the cluster: wait again with Wait-{now.GetType().Name}, or longer.");

    public static Failure Gone(VeleroOperation before) => New(
        $"{before.GetType().Name}NotFound", FailureKind.NotFound, before.Name, $"{before.Context} has no {What(before)} '{before.Name}' in the namespace {before.VeleroNamespace}{(before.Uid is null ? "" : " any more")}.",
        before is VeleroBackup ? "Look at the name and the cluster; Velero removes backups that have expired, or that are no longer in the bucket." : "Look at the name and the cluster; Velero removes the restores of a backup that is deleted.");

    public static Failure Replaced(VeleroOperation before) => New(
        $"{before.GetType().Name}Replaced", FailureKind.Conflict, before.Name, $"The {What(before)} '{before.Name}' of {before.Context} is another one by now: the one that was waited for is gone.",
        "Find out who made it anew, and wait for that one if it is meant.");

    /// <summary>What went wrong with one that has ended; null where nothing did.</summary>
    public static Failure? Of(VeleroOperation ended)
    {
        if (ended.Complete)
            return null;
        var (what, name) = (What(ended), ended.GetType().Name);
        var first = ended.Issues.Where(issue => issue.IsError).Take(MostNamed).Select(issue => issue.Message.TrimEnd('.', ' ')).ToList();
        var said = first.Count > 0 ? $" First: {string.Join("; ", first)}." : ended.IssuesMissing is { } missing ? $" {missing}" : "";
        var why = ended.FailureReason is { Length: > 0 } reason ? $" Velero says: {reason.TrimEnd('.', ' ')}." : "";
        var logs = $"Mend what it says (velero {what} logs {ended.Name}), and make another one";
        return ended.Phase switch
        {
            "FailedValidation" => New(
                $"{name}NotValid", FailureKind.InvalidData, ended.Name,
                $"Velero did not take the {what} '{ended.Name}': {(ended.ValidationErrors.Count > 0 ? string.Join("; ", ended.ValidationErrors) : "it does not say why")}.",
                $"Mend what it says, and make another one; this one stays as it is."),
            "Failed" => New($"{name}Failed", FailureKind.Incomplete, ended.Name, $"The {what} '{ended.Name}' failed{Counts(ended)}.{why}{said}", $"{logs}. One that was under way when Velero's server was started anew fails, too."),
            "PartiallyFailed" => New($"{name}PartiallyFailed", FailureKind.Incomplete, ended.Name, $"The {what} '{ended.Name}' is not whole{Counts(ended)}.{why}{said}", $"{logs}: this one is not taken for a whole one."),
            "Completed" => New($"{name}NotComplete", FailureKind.Incomplete, ended.Name, $"The {what} '{ended.Name}' has ended, but not with all{Counts(ended)}.{said}", $"{logs}."),
            _ => null,
        };
    }

    /// <summary>Where one stands, for progress and messages.</summary>
    public static string Standing(VeleroOperation now)
    {
        var items = now.TotalItems is { } all ? Text($", {now.ItemsDone ?? 0} of {all} items") : "";
        var operations = now.ItemOperations.Attempted > 0 ? Text($", {now.ItemOperations.Completed + now.ItemOperations.Failed} of {now.ItemOperations.Attempted} transfers") : "";
        var queued = now is VeleroBackup { QueuePosition: { } position } ? Text($", number {position} of the queue") : "";
        return $"{now.Phase}{queued}{items}{operations}";
    }

    /// <summary>What it is called in a sentence.</summary>
    public static string What(VeleroOperation one) => one is VeleroBackup ? "backup" : "restore";

    /// <summary>A length of time, for people.</summary>
    public static string Span(TimeSpan time) => time.TotalMinutes < 2 ? Text($"{Math.Round(time.TotalSeconds, 1)} s") : Text($"{Math.Round(time.TotalMinutes)} min");

    private static string Counts(VeleroOperation one) => (one.Errors, one.Warnings, one.TotalItems) switch
    {
        (0, 0, null) => "",
        (var errors, var warnings, null) => Text($", {errors} errors, {warnings} warnings"),
        (var errors, var warnings, { } all) => Text($", {errors} errors, {warnings} warnings, {one.ItemsDone ?? 0} of {all} items"),
    };

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static Failure New(string id, FailureKind kind, string target, string message, string remedy) =>
        new() { Id = id, Kind = kind, Message = message, Recommendation = remedy, Target = target };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
