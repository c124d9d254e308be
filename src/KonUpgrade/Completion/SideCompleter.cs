using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KonUpgrade.Completion;

/// <summary>
/// Completes a side of a comparison: the names of contexts and, where none fits what is typed, files and directories,
/// which PowerShell offers by itself where a completer has no answer at all.
/// </summary>
public sealed class SideCompleter : IArgumentCompleter
{
    private readonly ContextCompleter _contexts = new();

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var contexts = _contexts.CompleteArgument(commandName, parameterName, wordToComplete, commandAst, fakeBoundParameters).ToList();
        return contexts.Count > 0 ? contexts : null!;
    }
}
