using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The formats of text that an API server checks in custom resources; others say nothing.</summary>
internal static partial class StringFormats
{
    public static bool Fits(string text, string format) => format switch
    {
        "date-time" => DateTimePattern().IsMatch(text)
            && DateTimeOffset.TryParse(text.ToUpperInvariant(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" or "uuid3" or "uuid4" or "uuid5" => Guid.TryParseExact(text, "D", out _) || Guid.TryParseExact(text, "N", out _),
        "ipv4" => IPAddress.TryParse(text, out var v4) && v4.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') == 3,
        "ipv6" => IPAddress.TryParse(text, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6,
        "cidr" => IPNetwork.TryParse(text, out _) || (text.Split('/') is [var address, var bits] && IPAddress.TryParse(address, out _) && int.TryParse(bits, CultureInfo.InvariantCulture, out var length) && length is >= 0 and <= 128),
        "uri" => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out _) && text.Length > 0,
        "email" => EmailPattern().IsMatch(text),
        "hostname" => HostPattern().IsMatch(text),
        "byte" => IsBase64(text),
        "duration" => DurationPattern().IsMatch(text),
        _ => true,
    };

    private static bool IsBase64(string text) => text.Length % 4 == 0 && Convert.TryFromBase64String(text, new byte[text.Length], out _);

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex DateTimePattern();

    [GeneratedRegex("^[^@\\s]+@[^@\\s]+$", RegexOptions.CultureInvariant)]
    private static partial Regex EmailPattern();

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    [GeneratedRegex("^[+-]?([0-9]+(\\.[0-9]+)?\\s*(ns|us|µs|μs|ms|s|m|h|d|w)[a-z]*\\s*)+$|^0$", RegexOptions.CultureInvariant)]
    private static partial Regex DurationPattern();
}
