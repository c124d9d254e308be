namespace KonUpgrade.Sandbox;

/// <summary>The sandbox cannot be started as asked, or refuses what it is given.</summary>
public sealed class SandboxException(string message, Exception? cause = null) : Exception(message, cause);
