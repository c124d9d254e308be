using System.Globalization;
using System.Text;

namespace KonUpgrade.Sandbox.Dns;

/// <summary>Domain names as Route 53 writes them: in small letters, with a dot at the end, unusual characters as octal escapes.</summary>
internal static class DnsNames
{
    /// <summary>A name as it is kept: <c>*.Example.com</c> is <c>\052.example.com.</c></summary>
    public static string Normal(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '\\') text.Append(letter);
            else text.Append('\\').Append(Convert.ToString(letter, 8).PadLeft(3, '0'));
        }
        return text.Length > 0 && text[^1] == '.' ? text.ToString() : text.Append('.').ToString();
    }

    /// <summary>Whether a name is a zone's own or lies below it.</summary>
    public static bool IsIn(string name, string zone) => name == zone || name.EndsWith($".{zone}", StringComparison.Ordinal);

    /// <summary>What names are sorted by: their labels from the last one on.</summary>
    public static string Order(string name) => string.Join('.', name.TrimEnd('.').Split('.').AsEnumerable().Reverse()) + ".";

    /// <summary>A time as the service writes it.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
