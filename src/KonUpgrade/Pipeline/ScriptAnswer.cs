using System.Management.Automation;

namespace KonUpgrade.Pipeline;

/// <summary>What a script block of the command line says of an object. On the pipeline thread alone.</summary>
internal static class ScriptAnswer
{
    private const int MostShown = 80;

    // What the block says beside its answer comes back as objects, for the cmdlet that it runs under to say it. What it
    // is to say at length (-Verbose, -Debug) it says to the host itself.
    private const string Wrapped = "param($Command, $Work) & { & $Command -Work $Work } 2>&1 3>&1 6>&1";

    /// <summary>Runs the block with <c>$_</c> being the object.</summary>
    /// <param name="cmdlet">Under which it runs.</param>
    /// <param name="script">The block.</param>
    /// <param name="item">The object.</param>
    /// <param name="cancellationToken">Stops the block: a pipeline of its own is stopped, as Ctrl+C stops one. A call into .NET that does not return holds it up until it does.</param>
    /// <returns>The last value that it gives; false where it gives nothing at all.</returns>
    /// <exception cref="UpgradeException">ScriptFailed; ScriptAnswerInvalid: the last value is neither $true nor $false.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The block was stopped.</exception>
    public static bool IsTrue(PSCmdlet cmdlet, ScriptBlock script, object item, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var work = new Work(script, item);
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddScript(Wrapped, useLocalScope: true).AddParameter("Command", new CmdletInfo("Invoke-ScriptAnswer", typeof(ScriptAnswerCommand))).AddParameter("Work", work);
        using var said = new PSDataCollection<PSObject>();
        said.DataAdded += (_, added) => Say(cmdlet, said[added.Index].BaseObject);
        try
        {
            using var stop = cancellationToken.Register(() => shell.BeginStop(null, null));
            shell.Invoke(null, said, null);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested || work.Failure is not null)
        {
            // What ended it is told below.
        }

        if (cmdlet.Stopping)
            throw new PipelineStoppedException();
        if (work.Given is { } given)
            return AnswerOf(item, given);
        cancellationToken.ThrowIfCancellationRequested();
        // break, continue and exit are exceptions too: in here they would end more than the block.
        throw new UpgradeException(Failed(item, work.Failure), work.Failure);
    }

    // What a command in the block prints on the way is no answer, and as PowerShell sees it a text is true, 'false' too.
    private static bool AnswerOf(object item, IReadOnlyCollection<PSObject?> given) => given.LastOrDefault()?.BaseObject switch
    {
        bool answer => answer,
        null when given.Count == 0 => false,
        var other => throw new UpgradeException(NoAnswer(item, other)),
    };

    private static void Say(PSCmdlet cmdlet, object? what)
    {
        switch (what)
        {
            case WarningRecord warning:
                cmdlet.WriteWarning(warning.Message);
                break;
            case InformationRecord information:
                cmdlet.WriteInformation(information);
                break;
            case ErrorRecord error:
                cmdlet.WriteError(error);
                break;
            default:
                break;
        }
    }

    private static Failure NoAnswer(object item, object? given) => new()
    {
        Id = "ScriptAnswerInvalid",
        Kind = FailureKind.InvalidData,
        Message = $"The last value that the script block for '{item}' gave is {Shown(given)}, and neither $true nor $false.",
        Recommendation = "Let the last value be $true or $false, as that of a comparison is, and resume.",
        Target = item.ToString(),
    };

    private static string Shown(object? given)
    {
        if (given is null)
            return "$null";
        var text = $"'{given}'";
        return $"{(text.Length <= MostShown ? text : $"{text[..MostShown]}…'")} ({given.GetType().Name})";
    }

    private static Failure Failed(object item, Exception? exception) => new()
    {
        Id = "ScriptFailed",
        Kind = FailureKind.Unspecified,
        Message = exception is FlowControlException
            ? $"The script block for '{item}' gave no answer: exit, or a break or continue outside a loop, ended it."
            : $"The script block for '{item}' ended with an error: {(exception as RuntimeException)?.ErrorRecord?.ToString() ?? exception?.Message}",
        Recommendation = "Mend the script block, or catch in it what is no error, and resume.",
        Target = item.ToString(),
    };

    /// <summary>A block that is to be run, and what came of it.</summary>
    internal sealed class Work(ScriptBlock script, object item)
    {
        /// <summary>What it gave; null where it did not come to its end.</summary>
        public IReadOnlyCollection<PSObject>? Given { get; private set; }

        /// <summary>What ended it before.</summary>
        public Exception? Failure { get; private set; }

        /// <summary>Runs it.</summary>
        public void Run()
        {
            // What a command in it can't find out must not pass for an answer.
            List<PSVariable> variables = [new("_", item), new("ErrorActionPreference", ActionPreference.Stop)];
            try
            {
                Given = script.InvokeWithContext(null, variables, item);
            }
            catch (Exception exception)
            {
                Failure = exception;
            }
        }
    }
}

/// <summary>Runs a script block in a pipeline that can be stopped by itself. No session knows it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ScriptAnswer")]
internal sealed class ScriptAnswerCommand : PSCmdlet
{
    /// <summary>What is to be run.</summary>
    [Parameter(Mandatory = true)]
    public object Work { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => ((ScriptAnswer.Work)(Work is PSObject wrapped ? wrapped.BaseObject : Work)).Run();
}
