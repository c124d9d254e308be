namespace KonUpgrade.Pipeline;

/// <summary>How an operation of a cmdlet is run.</summary>
internal sealed record RunOptions
{
    /// <summary>How long it may take altogether, or null for as long as it takes.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>What comes out, with a warning, instead of an error: a condition that could not be found out must not let a script go on past it. Null where there is an error.</summary>
    public object? Instead { get; init; }

    /// <summary>What it is about; the target of an error that names none itself.</summary>
    public object? Target { get; init; }

    /// <summary>Whether a failure is of this record alone: it is then a non-terminating error, and the next record follows.</summary>
    public bool FailsAlone { get; init; }

    /// <summary>Whether the end of the time is of this record alone.</summary>
    public bool TimesOutAlone { get; init; }

    /// <summary>
    /// For the work on one record. What came down the pipeline fails alone: one cluster that is away is no reason to lose
    /// the others. What stands on the command line is all that there is, and its failure ends the command.
    /// </summary>
    public static RunOptions Record(EngineCmdlet cmdlet, TimeSpan? timeLimit = null, object? target = null)
    {
        var piped = cmdlet.MyInvocation.ExpectingInput;
        return new RunOptions { TimeLimit = timeLimit, Target = target, FailsAlone = piped, TimesOutAlone = piped };
    }
}
