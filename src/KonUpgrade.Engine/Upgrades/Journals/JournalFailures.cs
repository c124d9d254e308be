using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>What can be wrong with a journal.</summary>
internal static class JournalFailures
{
    /// <summary>That there is no journal.</summary>
    public const string NotFoundId = "JournalNotFound";

    public static Failure NotFound(string name) => new()
    {
        Id = NotFoundId,
        Kind = FailureKind.NotFound,
        Message = $"There is no journal {name}.",
        Recommendation = "Name the journal that Invoke-BlueGreenUpgrade was given; a new upgrade is begun with a plan.",
        Target = name,
    };

    public static Failure Busy(string name) => new()
    {
        Id = "JournalBusy",
        Kind = FailureKind.Conflict,
        Message = $"Another process is writing to the journal {name}. Nothing was changed.",
        Recommendation = "Wait until it has ended; Get-BlueGreenUpgrade shows how far it is.",
        Target = name,
    };

    public static Failure TakenOver(string name) => new()
    {
        Id = "JournalTakenOver",
        Kind = FailureKind.Conflict,
        Message = $"Another process has taken over the journal {name}. This one changes nothing more.",
        Recommendation = "Leave the upgrade to the other; Get-BlueGreenUpgrade shows how far it is.",
        Target = name,
    };

    public static Failure Unwritable(string name, Exception exception) => new()
    {
        Id = "JournalUnwritable",
        Kind = FailureKind.WriteError,
        Message = $"The journal {name} can't be written: {exception.GetType().Name}: {exception.Message}",
        Recommendation = "Mend the cause and resume.",
        Target = name,
    };

    public static Failure Incomplete(string name, string part) => new()
    {
        Id = "JournalEdited",
        Kind = FailureKind.Security,
        Message = $"{name} is not whole: {part} is not there. Nothing was changed.",
        Recommendation = "Bring back the journal as it was. What nobody vouches for cannot be gone on with: a new upgrade finds what is there already.",
        Target = name,
    };

    public static Failure Unreadable(string name, string why) => new()
    {
        Id = "JournalUnreadable",
        Kind = FailureKind.ReadError,
        Message = $"The journal {name} can't be read: {why}",
        Recommendation = "Name a journal that this account may read.",
        Target = name,
    };

    public static Failure NoJournal(string name) => new()
    {
        Id = "NotAJournal",
        Kind = FailureKind.InvalidData,
        Message = $"{name} is no journal of an upgrade. Nothing was changed.",
        Recommendation = "Name the journal that Invoke-BlueGreenUpgrade was given, or a file that is not there for a new upgrade.",
        Target = name,
    };

    public static Failure Kept(string path, string journal) => new()
    {
        Id = "JournalKept",
        Kind = FailureKind.Refused,
        Message = $"{path} {(path == journal ? "is" : $"belongs to {journal}, which is")} the journal of an upgrade: without it there is no resume and no undo. Nothing was written.",
        Recommendation = "Name another file. A journal is not replaced, with -Force either.",
        Target = path,
    };

    public static Failure Edited(string name, long line) => new()
    {
        Id = "JournalEdited",
        Kind = FailureKind.Security,
        Message = $"{name}, line {line}: the journal is not as it was written: this line, or one before it, was changed, taken out or put in. Nothing was changed.",
        Recommendation = "Bring back the journal as it was. What nobody vouches for cannot be gone on with: a new upgrade finds what is there already.",
        Target = $"{name}:{line}",
    };

    public static Failure UnknownFormat(string name, long line, string? format) => new()
    {
        Id = "UnknownFormat",
        Kind = FailureKind.NotSupported,
        Message = $"{name}, line {line}: {(format is null ? "the line tells something" : $"the journal is of format {format},")} that this version does not know. Nothing was changed.",
        Recommendation = "Use the version of KonUpgrade that wrote it, or a later one.",
        Target = $"{name}:{line}",
    };

    public static Failure OtherPlan(string name, string journaled, string given, IReadOnlyList<string> differences) => new()
    {
        Id = "OtherPlan",
        Kind = FailureKind.Refused,
        Message = $"The journal {name} is of another plan{(journaled == given ? "" : $": it has {journaled}, and {given} was given")}. They differ in {NameList.Some(differences)}. Nothing was changed.",
        Recommendation = "Resume without a plan, since the journal has its own. For a plan that was changed take this one back first (Undo-BlueGreenUpgrade), and begin with another journal.",
        Target = name,
    };
}
