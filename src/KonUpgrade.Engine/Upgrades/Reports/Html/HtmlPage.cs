using System.Globalization;
using System.Text;
using System.Xml;

namespace KonUpgrade.Engine.Upgrades.Reports.Html;

/// <summary>
/// Writes HTML by the XML writer that .NET has, which escapes whatever it is given, in text and in attributes. What no
/// page should do is done here: signs that turn the direction of text, or are not seen, are written as their numbers.
/// </summary>
internal sealed class HtmlPage : IDisposable
{
    private static readonly string[] s_void = ["meta", "br", "hr", "link"];

    private readonly MemoryStream _stream = new();
    private readonly XmlWriter _writer;

    public HtmlPage() => _writer = XmlWriter.Create(_stream, new XmlWriterSettings
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        OmitXmlDeclaration = true,
        ConformanceLevel = ConformanceLevel.Fragment,
        NewLineHandling = NewLineHandling.None,
    });

    /// <summary>Begins the page.</summary>
    public void Doctype() => _writer.WriteRaw("<!DOCTYPE html>\n");

    /// <summary>Writes an element.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cssClass">Its classes, or null.</param>
    /// <param name="content">Writes what is in it.</param>
    /// <param name="attributes">Its other attributes; those without a value are left away.</param>
    public void Element(string name, string? cssClass = null, Action? content = null, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _writer.WriteStartElement(name);
        if (cssClass is not null)
            _writer.WriteAttributeString("class", cssClass);
        foreach (var (attribute, value) in attributes)
        {
            if (value is not null)
                _writer.WriteAttributeString(attribute, Visible(value));
        }

        content?.Invoke();
        if (s_void.Contains(name))
            _writer.WriteEndElement();
        else
            _writer.WriteFullEndElement();
        if (content is null || name is "p" or "li" or "tr" or "section" or "svg")
            _writer.WriteRaw("\n");
    }

    /// <summary>Writes an element with a text in it.</summary>
    public void Element(string name, string? cssClass, string text) => Element(name, cssClass, () => Text(text));

    /// <summary>Writes a text.</summary>
    public void Text(string text) => _writer.WriteString(Visible(text));

    /// <summary>Writes what came from elsewhere, whichever way it is read, so that it does not turn what stands beside it.</summary>
    public void Name(string text, string? cssClass = null) => Element("bdi", cssClass, () => Text(text));

    /// <summary>Writes what is the program's own, as it is: never anything that was read.</summary>
    public void Constant(string markup) => _writer.WriteRaw(markup);

    /// <summary>The page, as UTF-8.</summary>
    public byte[] ToArray()
    {
        _writer.Flush();
        return _stream.ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _stream.Dispose();
    }

    /// <summary>A text in which every sign is seen: controls, signs of format such as those that turn text around, and halves of pairs show as their numbers.</summary>
    internal static string Visible(string text)
    {
        StringBuilder? made = null;
        for (var i = 0; i < text.Length; i++)
        {
            var length = char.IsSurrogatePair(text, i) ? 2 : 1;
            if (IsSeen(text, i))
            {
                made?.Append(text, i, length);
            }
            else
            {
                made ??= new StringBuilder(text, 0, i, text.Length + 16);
                var code = length == 2 ? char.ConvertToUtf32(text, i) : text[i];
                made.Append(text[i] switch
                {
                    '\n' => " ↵ ",
                    '\t' or '\u2028' or '\u2029' => " ",
                    _ => string.Create(CultureInfo.InvariantCulture, $"[U+{code:X4}]"),
                });
            }

            i += length - 1;
        }

        return made?.ToString() ?? text;
    }

    private static bool IsSeen(string text, int index) => CharUnicodeInfo.GetUnicodeCategory(text, index) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
