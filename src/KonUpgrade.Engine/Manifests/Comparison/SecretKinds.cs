using KonUpgrade.Engine.Manifests.Descriptions;

namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>
/// Kinds whose values are never shown, whatever system is meant: Secrets, and the AppConfigs of Konstellation, whose
/// files hold passwords in base64 and in the clear.
/// </summary>
public static class SecretKinds
{
    /// <summary>Whether values of such an object must not be shown.</summary>
    public static bool Contains(string group, string kind) => (group, kind) is ("", "Secret") or ("k11n.dev", "AppConfig");

    /// <summary>Whether values of such an object must not be shown, with what a system names as sensitive.</summary>
    public static bool Contains(SystemDescription system, string group, string kind) =>
        Contains(group, kind) || system.Export.Sensitive.Any(rule => KindPattern.Matches(rule.Kinds, group, kind));
}
