using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>What a Kubermatic is to become, or has become.</summary>
public sealed partial record KubermaticTarget
{
    /// <summary>The version: <c>v2.31.0</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The edition by its two letters: <c>CE</c>, <c>EE</c>; null for the one that it has.</summary>
    public string? Edition { get; init; }

    /// <summary>Reads what people write: a version alone, or with the edition before it, as the installer's archives are called (<c>kubermatic-ee-v2.31.0</c>, <c>ee-v2.31.0</c>).</summary>
    public static KubermaticTarget Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Release().Match(text) is { Success: true } release
            ? new KubermaticTarget { Version = release.Groups["version"].Value, Edition = release.Groups["edition"].Value.ToUpperInvariant() }
            : new KubermaticTarget { Version = text };
    }

    [GeneratedRegex("^(?:kubermatic-)?(?<edition>ce|ee)-(?<version>.+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Release();
}
