namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>What a line of a journal tells.</summary>
internal enum JournalEvent
{
    /// <summary>The upgrade begins: the plan. The first line, and no other.</summary>
    Begun,

    /// <summary>A run takes the upgrade up, on which machine and in which process.</summary>
    RunStarted,

    /// <summary>A step is about to be done: written before anything is changed.</summary>
    StepStarted,

    /// <summary>A step has made something that its own resume, or its undo, has to know.</summary>
    StepNoted,

    /// <summary>A step is done.</summary>
    StepCompleted,

    /// <summary>A step could not be done.</summary>
    StepFailed,

    /// <summary>What a step made is no longer there: it is done anew.</summary>
    StepLost,

    /// <summary>A step waits for a person or a script.</summary>
    ApprovalNeeded,

    /// <summary>Somebody lets it go on.</summary>
    Approved,

    /// <summary>A run ends, and why.</summary>
    RunEnded,

    /// <summary>From here on the upgrade is taken back.</summary>
    UndoBegun,

    /// <summary>A step is about to be taken back: written before anything is changed.</summary>
    UndoStarted,

    /// <summary>What a step brought does not run any more. The rest is taken back once blue works again.</summary>
    UndoQuieted,

    /// <summary>A step is taken back.</summary>
    UndoCompleted,

    /// <summary>A step could not be taken back.</summary>
    UndoFailed,
}
