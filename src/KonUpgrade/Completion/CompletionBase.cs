using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KonUpgrade.Completion;

/// <summary>
/// The base of the completers: asks on the thread pool for at most two seconds, quotes what needs quoting, and says
/// nothing rather than fail.
/// </summary>
public abstract class CompletionBase : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return Complete(commandName ?? "", wordToComplete ?? "", fakeBoundParameters ?? new Hashtable());
        }
        catch (Exception)
        {
            // A line that is being typed is no place for errors, whatever they are: it has no completion then.
            return [];
        }
    }

    /// <summary>Finds what may stand here.</summary>
    /// <param name="bound">What is on the line already.</param>
    /// <param name="cancellationToken">Cancelled when two seconds are over.</param>
    private protected abstract Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken);

    private List<CompletionResult> Complete(string command, string word, IDictionary fakeBoundParameters)
    {
        var quote = word.Length > 0 && word[0] is '\'' or '"' ? word[0] : '\0';
        var typed = quote == '\0' ? word : word.Trim(quote);
        var bound = new BoundLine(command, fakeBoundParameters);
        using var cancel = new CancellationTokenSource(Patience);
        var token = cancel.Token;
        var finding = Task.Run(() => FindAsync(bound, token), CancellationToken.None);
        // The token asks politely; the wait ends in any case.
        if (!((IAsyncResult)finding).AsyncWaitHandle.WaitOne(Patience) || !finding.IsCompletedSuccessfully)
            return [];
        return Results(finding.GetAwaiter().GetResult(), typed, quote);
    }

    private static List<CompletionResult> Results(IEnumerable<CompletionChoice> choices, string typed, char quote) =>
    [
        .. choices
            .Where(choice => choice.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(static choice => choice.Text)
            .OrderBy(static choice => choice.Text, StringComparer.OrdinalIgnoreCase)
            .Select(choice => new CompletionResult(
                Quote(choice.Text, quote), choice.Text, CompletionResultType.ParameterValue, choice.Hint.Length > 0 ? choice.Hint : choice.Text)),
    ];

    private static string Quote(string text, char quote)
    {
        if (quote == '"')
            return '"' + text.Replace("`", "``", StringComparison.Ordinal).Replace("\"", "`\"", StringComparison.Ordinal).Replace("$", "`$", StringComparison.Ordinal) + '"';
        return quote == '\'' || !IsBareWord(text) ? '\'' + CodeGeneration.EscapeSingleQuotedStringContent(text) + '\'' : text;
    }

    // What PowerShell reads as one argument without quotes, and as text and not as a number or a parameter.
    private static bool IsBareWord(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] == '_')
        && text.All(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/' or ':');
}
