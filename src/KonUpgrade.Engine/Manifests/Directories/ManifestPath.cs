using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Where an object lies in an export: <c>GROUP/KIND/NAMESPACE/NAME.yaml</c>, with <c>core</c> for the core group and
/// <c>_cluster</c> for what has no namespace. What is not a small letter, a digit, a dot or a hyphen is percent-encoded
/// byte by byte, so that no file system changes it, takes it for a device or confuses two names that differ in case
/// alone; a very long name is cut and ends in a hash of the whole.
/// </summary>
public static class ManifestPath
{
    private const string CoreGroup = "core";
    private const string NoNamespace = "_cluster";
    private const string Extension = ".yaml";

    /// <summary>What the name of an encrypted file ends in, after what it would end in otherwise.</summary>
    public const string Encrypted = ".enc";
    private const int MaxLength = 200;

    /// <summary>The path of an object, with slashes.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="ns">The namespace, or null.</param>
    /// <param name="name">The name.</param>
    public static string For(string group, string kind, string? ns, string name) => string.Concat(Folder(group, kind, ns), "/", FileName(name));

    /// <summary>The folder of the objects of a kind in a namespace, with slashes.</summary>
    public static string Folder(string group, string kind, string? ns) =>
        $"{KindFolder(group, kind)}/{(ns is null ? NoNamespace : Segment(ns, MaxLength))}";

    /// <summary>The folder of a kind, with slashes.</summary>
    public static string KindFolder(string group, string kind) =>
        $"{(group.Length == 0 ? CoreGroup : Segment(group, MaxLength))}/{KindSegment(kind)}";

    /// <summary>The name of an object's file.</summary>
    public static string FileName(string name) => string.Concat(Segment(name, MaxLength), Extension);

    /// <summary>The path that an object has when it is not encrypted.</summary>
    public static string WithoutEncryption(string path) => path.EndsWith(Extension + Encrypted, StringComparison.Ordinal) ? path[..^Encrypted.Length] : path;

    /// <summary>The path that an object of this path has when it is encrypted, or when it is not.</summary>
    public static string OtherForm(string path) => WithoutEncryption(path) is var open && open.Length < path.Length ? open : path + Encrypted;

    /// <summary>
    /// What a path says about its object. A group named "core" and a name that ends in a hash can't be told from a path.
    /// </summary>
    /// <returns>False where no object has this path, or its name ends in a hash.</returns>
    public static bool TryParse(string path, [NotNullWhen(true)] out string? group, [NotNullWhen(true)] out string? kind, out string? ns, [NotNullWhen(true)] out string? name)
    {
        group = kind = ns = name = null;
        var parts = path.Split('/');
        if (parts.Length != 4 || !parts[3].EndsWith(Extension, StringComparison.Ordinal))
            return false;
        group = parts[0] == CoreGroup ? "" : Decode(parts[0]);
        kind = Decode(parts[1]);
        ns = parts[2] == NoNamespace ? null : Decode(parts[2]);
        name = Decode(parts[3][..^Extension.Length]);
        return group is not null && kind is not null && name is not null && (ns is not null || parts[2] == NoNamespace) && For(group, kind, ns, name) == path;
    }

    // Kinds are written in capitals and small letters, and two of a group never differ in case alone.
    private static string KindSegment(string kind)
    {
        foreach (var c in kind)
        {
            if (!char.IsAsciiLetterOrDigit(c))
                return Segment(kind, MaxLength);
        }

        return kind.Length is > 0 and <= MaxLength && !IsDevice(kind) ? kind : Segment(kind, MaxLength);
    }

    private static string Segment(string text, int maxLength)
    {
        if (IsSafe(text) && text.Length <= maxLength)
            return text;
        var encoded = new StringBuilder(text.Length + 16);
        var encodeFirst = text.Length > 0 && (text[0] == '.' || IsDevice(text));
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain((char)b) && !(encodeFirst && encoded.Length == 0))
                encoded.Append((char)b);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        if (encoded.Length <= maxLength)
            return encoded.ToString();

        // An underscore is never plain, so no other name can end like this.
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16).ToLowerInvariant();
        var cut = maxLength - 33;
        while (encoded[cut - 1] == '%' || encoded[cut - 2] == '%')
            cut--;
        return $"{encoded.ToString(0, cut)}_{hash}";
    }

    private static bool IsSafe(string text)
    {
        foreach (var c in text)
        {
            if (!IsPlain(c))
                return false;
        }

        return text.Length > 0 && text[0] != '.' && !IsDevice(text);
    }

    private static bool IsPlain(char c) => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '.' or '-';

    // Windows takes these for devices, whatever follows their first dot.
    private static bool IsDevice(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var stem = (dot < 0 ? text : text[..dot]).ToLowerInvariant();
        return stem is "con" or "prn" or "aux" or "nul" or "conin$" or "conout$"
            || (stem.Length == 4 && stem[3] is >= '0' and <= '9' && (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal)));
    }

    private static string? Decode(string text)
    {
        if (text.Contains('_', StringComparison.Ordinal))
            return null;
        if (!text.Contains('%', StringComparison.Ordinal))
            return text;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                bytes.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
                return null;
            bytes.Add(b);
            i += 2;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
