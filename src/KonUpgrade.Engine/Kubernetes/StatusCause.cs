namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A cause in a Status' details.</summary>
/// <param name="Reason">Such as <c>FieldValueInvalid</c>.</param>
/// <param name="Message">What the server says.</param>
/// <param name="Field">The field's path, or empty.</param>
public sealed record StatusCause(string Reason, string Message, string Field);
