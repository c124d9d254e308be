namespace KonUpgrade.Sandbox.Schemas;

/// <summary>A patch that cannot be applied for what it says itself; the server answers 400 with the message.</summary>
internal sealed class PatchException(string message) : Exception(message);
