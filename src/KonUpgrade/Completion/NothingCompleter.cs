using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KonUpgrade.Completion;

/// <summary>
/// Completes nothing, for what nobody can guess: a time, a number, labels. Without a completer, PowerShell would offer the
/// names of files.
/// </summary>
public sealed class NothingCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) => [];
}
