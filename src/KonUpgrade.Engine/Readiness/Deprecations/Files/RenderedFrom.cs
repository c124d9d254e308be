using System.Text;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>
/// The notes that Helm leaves above each object that it renders: <c># Source: shop/templates/ingress.yaml</c>. A text is
/// gone through once for all of them.
/// </summary>
internal ref struct RenderedFrom(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;
    private ReadOnlySpan<byte> _noted;
    private int _line = 1;

    private static ReadOnlySpan<byte> Note => "# Source: "u8;

    /// <summary>What the comments right above a line say; null where they do not.</summary>
    /// <param name="line">The line that the object begins on, counted from 1; at or behind the one that was asked for before.</param>
    public string? Above(int line)
    {
        for (; _line < line; _line++)
        {
            var end = _rest.IndexOf((byte)'\n');
            if (end < 0)
                return null;
            var one = _rest[..end].TrimEnd((byte)'\r');
            _rest = _rest[(end + 1)..];
            if (one.StartsWith(Note))
                _noted = one[Note.Length..];
            else if (one.Length > 0 && one[0] != '#' && !one.StartsWith("---"u8))
                _noted = default;
        }

        return _noted.Length > 0 ? Encoding.UTF8.GetString(_noted).Trim() : null;
    }
}
