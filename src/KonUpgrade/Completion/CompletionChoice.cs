namespace KonUpgrade.Completion;

/// <summary>Something that may stand on a line.</summary>
/// <param name="Text">The text, without quotes.</param>
/// <param name="Hint">What it is, shown beside it.</param>
internal sealed record CompletionChoice(string Text, string Hint = "");
