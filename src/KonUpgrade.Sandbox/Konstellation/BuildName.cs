using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Sandbox.Konstellation;

/// <summary>The name of a Build: of its image and tag, and four digits that tell registries apart.</summary>
internal static class BuildName
{
    public static string Of(string registry, string image, string tag)
    {
        string whole = registry.Length == 0 ? $"{image}:{tag}" : $"{registry}/{image}:{tag}";
        string readable = string.Concat($"{image}-{tag}".Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        return $"{readable}-{Digits($"{registry}:{whole}")}";
    }

    // Konstellation's choice; nothing is kept safe by it.
#pragma warning disable CA5350
    private static string Digits(string text) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant()[..4];
#pragma warning restore CA5350
}
