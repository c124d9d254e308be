namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>
/// Kinds whose values are never shown, whatever system is meant: Secrets, and the AppConfigs of Konstellation, whose
/// files hold passwords in base64 and in the clear.
/// </summary>
internal static class SecretKinds
{
    /// <summary>Whether values of such an object must not be shown.</summary>
    public static bool Contains(string group, string kind) => (group, kind) is ("", "Secret") or ("k11n.dev", "AppConfig");
}
