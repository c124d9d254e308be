using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.Foundation.Texts;

/// <summary>Takes what looks like a secret out of text that other programs wrote.</summary>
internal static partial class SecretMask
{
    public static string Mask(string text) => Secrets().Replace(text, "***");

    // JSON web tokens, EKS tokens, AWS keys, PEM blocks, and whatever follows a telling word.
    [GeneratedRegex(
        """-----BEGIN [\s\S]*?(-----END [A-Z ]+-----|$)|eyJ[\w-]{8,}(\.[\w-]*){0,4}|k8s-aws-v1\.[\w-]+|\b(AKIA|ASIA)[A-Z0-9]{12,}\b|(?<=(token|secret|password|authorization|bearer|assertion|client_key|access_key)["']?\s*[:=]\s*["']?(bearer\s+)?)(?!bearer)[^\s"',;&]{6,}|(?<=\bbearer\s+)[^\s"',;&]{6,}""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Secrets();
}
