using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>
/// The formats that an API server looks at in custom resources (apiextensions' list of supported formats); it takes every
/// other word for a note.
/// </summary>
internal static partial class SchemaFormats
{
    private static readonly Dictionary<string, Func<string, bool>> s_checks = new(StringComparer.Ordinal)
    {
        ["ipv4"] = text => text.Contains('.', StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal) && IsAddress(text, AddressFamily.InterNetwork),
        ["ipv6"] = text => text.Contains(':', StringComparison.Ordinal) && IsAddress(text, AddressFamily.InterNetworkV6),
        ["cidr"] = IsNetwork,
        ["mac"] = text => Mac().IsMatch(text),
        ["uuid"] = text => Uuid().IsMatch(text),
        ["uuid3"] = text => Uuid().IsMatch(text) && text.Replace("-", "", StringComparison.Ordinal)[12] == '3',
        ["uuid4"] = text => Uuid().IsMatch(text) && text.Replace("-", "", StringComparison.Ordinal) is var hex && hex[12] == '4' && "89abAB".Contains(hex[16], StringComparison.Ordinal),
        ["uuid5"] = text => Uuid().IsMatch(text) && text.Replace("-", "", StringComparison.Ordinal) is var hex && hex[12] == '5' && "89abAB".Contains(hex[16], StringComparison.Ordinal),
        ["byte"] = IsBase64,
        ["date"] = text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ["datetime"] = IsTime,
        ["hexcolor"] = text => HexColor().IsMatch(text),
        ["ssn"] = text => SocialSecurity().IsMatch(text),
    };

    // Looked at by servers, and not here: nobody can say what exactly their library takes.
    private static readonly HashSet<string> s_notHere = new(StringComparer.Ordinal)
    {
        "bsonobjectid", "uri", "email", "hostname", "isbn", "isbn10", "isbn13", "creditcard", "rgbcolor", "duration",
        // 1.34 and later.
        "k8sshortname", "k8slongname",
    };

    /// <summary>Whether a text has a format.</summary>
    /// <returns>Null where that is not looked at here, but by the server.</returns>
    public static bool? Holds(string format, string text)
    {
        // date-time and datetime are one.
        var name = format.Replace("-", "", StringComparison.Ordinal);
        return s_checks.TryGetValue(name, out var check) ? check(text) : s_notHere.Contains(name) ? null : true;
    }

    /// <summary>Whether a text is a time as the built-in types take it.</summary>
    public static bool IsTime(string text) => Time().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);

    /// <summary>Whether a text is base64 with its padding.</summary>
    public static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[(text.Length / 4 * 3) + 3], out _);

    private static bool IsAddress(string text, AddressFamily family) =>
        IPAddress.TryParse(text, out var address) && address.AddressFamily == family && !text.Contains('[', StringComparison.Ordinal)
        && (family != AddressFamily.InterNetwork || text.Split('.').Length == 4);

    private static bool IsNetwork(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            return false;
        var address = text[..slash];
        return IsAddress(address, AddressFamily.InterNetwork) ? length <= 32 : IsAddress(address, AddressFamily.InterNetworkV6) && length <= 128;
    }

    [GeneratedRegex(@"^([0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}([:-][0-9a-fA-F]{2}){0,14}|([0-9a-fA-F]{4}\.){2,9}[0-9a-fA-F]{4})\z")]
    private static partial Regex Mac();

    [GeneratedRegex(@"^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\z")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\z")]
    private static partial Regex HexColor();

    [GeneratedRegex(@"^[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\z")]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Time();
}
