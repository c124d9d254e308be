namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>Why a Service can't answer.</summary>
/// <param name="Text">In words for people.</param>
/// <param name="IsMissing">Whether there is no such Service.</param>
internal sealed record ServiceLack(string Text, bool IsMissing);
