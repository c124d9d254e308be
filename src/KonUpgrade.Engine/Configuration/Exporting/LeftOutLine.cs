using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Rules;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>
/// Lines of <c>left-out.jsonl</c>. While they are gathered, a line is its JSON without the closing brace, a tab and a
/// count, so that lines that say the same can be added up once they are sorted; a tab never stands in JSON unescaped.
/// </summary>
internal sealed class LeftOutLine : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _json;

    /// <summary>Makes a maker of lines, for one thread.</summary>
    public LeftOutLine() =>
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>A line; valid until the next.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="ns">The object's namespace, or that of the owner.</param>
    /// <param name="name">The object's name; null for a line that counts several.</param>
    /// <param name="group">What it is counted under, or null.</param>
    /// <param name="reason">Why.</param>
    /// <param name="count">How many.</param>
    /// <param name="sensitive">Whether it was left out for what it holds.</param>
    public ReadOnlySpan<byte> Of(ApiResource resource, string? ns, string? name, LeftOutGroup? group, string reason, long count, bool sensitive = false)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("kind", resource.Kind);
        _json.WriteString("apiVersion", resource.ApiVersion);
        if (ns is not null)
            _json.WriteString("namespace", ns);
        if (name is not null)
            _json.WriteString("name", name);
        if (group?.OwnerKind is { } ownerKind)
        {
            _json.WriteString("ownerKind", ownerKind);
            _json.WriteString("owner", group.OwnerName ?? "");
        }

        _json.WriteString("reason", reason);
        if (sensitive)
            _json.WriteBoolean("sensitive", true);
        _json.Flush();
        _buffer.GetSpan(1)[0] = (byte)'\t';
        _buffer.Advance(1);
        var digits = name is null ? count.ToString(CultureInfo.InvariantCulture) : "";
        _buffer.Advance(Encoding.UTF8.GetBytes(digits, _buffer.GetSpan(24)));
        return _buffer.WrittenSpan;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    /// <summary>Takes sorted lines apart: what each says, and how many it counts, -1 for an object's own line.</summary>
    public static (ReadOnlyMemory<byte> Text, long Count) Split(ReadOnlyMemory<byte> line)
    {
        var tab = line.Span.LastIndexOf((byte)'\t');
        var digits = line.Span[(tab + 1)..];
        return (line[..tab], digits.IsEmpty ? -1 : long.Parse(digits, CultureInfo.InvariantCulture));
    }
}
