using System.Management.Automation;

namespace KonUpgrade.Pipeline;

/// <summary>What an operation may ask of the pipeline that it runs under. Every member may be called from any thread.</summary>
internal interface IPipelineHost : IReporter
{
    /// <summary>Asks whether a change may be made: <c>-WhatIf</c> and <c>-Confirm</c> answer.</summary>
    /// <param name="target">The thing that would change, by its name.</param>
    /// <param name="action">What would be done to it, with counts.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    Task<bool> ShouldProcessAsync(string target, string action, CancellationToken cancellationToken);

    /// <summary>Asks the same, where <c>-WhatIf</c> calls for more than a word.</summary>
    /// <inheritdoc cref="ShouldProcessAsync"/>
    Task<ProcessAnswer> AskToProcessAsync(string target, string action, CancellationToken cancellationToken);

    /// <summary>Asks as <see cref="AskToProcessAsync"/> does about what can't be taken back: where nobody said otherwise, a person is asked.</summary>
    /// <inheritdoc cref="ShouldProcessAsync"/>
    Task<ProcessAnswer> AskToRemoveAsync(string target, string action, CancellationToken cancellationToken);

    /// <summary>Runs a script block of the command line on the pipeline thread, with <c>$_</c> being an object.</summary>
    /// <param name="script">The script block. What would be a non-terminating error in it ends it.</param>
    /// <param name="item">The object.</param>
    /// <param name="cancellationToken">Ends the wait for an answer, and stops the block.</param>
    /// <returns>The last value that it gave; false where it gave nothing at all.</returns>
    /// <exception cref="UpgradeException">ScriptFailed: the block ended with an error; ScriptAnswerInvalid: its last value is neither $true nor $false.</exception>
    Task<bool> IsTrueAsync(ScriptBlock script, object item, CancellationToken cancellationToken);

    /// <summary>Writes a non-terminating error about one thing; the work goes on.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="exception">The exception that carried it, or null.</param>
    /// <param name="target">The object that it is about, or null for the failure's own target.</param>
    void Error(Failure failure, Exception? exception = null, object? target = null);
}

/// <summary>Whether a change may be made.</summary>
internal enum ProcessAnswer
{
    /// <summary>Somebody said no.</summary>
    No,

    /// <summary>It may.</summary>
    Yes,

    /// <summary>It may not: it is only to be shown (<c>-WhatIf</c>).</summary>
    WhatIf,
}
