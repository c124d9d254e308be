using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Lines of <c>files.jsonl</c>. They begin with the path, so that sorting them by their bytes sorts them by path.</summary>
internal sealed class FileLine : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    /// <summary>Makes a maker of lines, for one thread.</summary>
    public FileLine() =>
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    /// <summary>A line; valid until the next.</summary>
    public ReadOnlySpan<byte> Of(string path, ReadOnlySpan<byte> content, KubernetesObject o, string? ns, string name, ManifestRules rules)
    {
        Span<byte> sha256 = stackalloc byte[64];
        Sha256.Of(content, sha256);
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("path"u8, path);
        _json.WriteString("sha256"u8, sha256);
        _json.WriteString("apiVersion"u8, o.ApiVersion);
        _json.WriteString("kind"u8, o.Kind);
        if (ns is not null)
            _json.WriteString("namespace"u8, ns);
        _json.WriteString("name"u8, name);
        var owners = FieldOwners.Of(o);
        if (owners.Count > 0)
        {
            _json.WritePropertyName("owner"u8);
            Write(owners[0]);
        }

        if (owners.Count > 1)
        {
            _json.WriteStartArray("otherOwners"u8);
            for (var i = 1; i < owners.Count; i++)
                Write(owners[i]);
            _json.WriteEndArray();
        }

        WriteReferences(o.Metadata.Member("ownerReferences"u8), rules);
        WriteFinalizers(o.Metadata.Member("finalizers"u8));
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Write(FieldOwner owner)
    {
        _json.WriteStartObject();
        _json.WriteString("manager"u8, owner.Manager);
        _json.WriteString("operation"u8, owner.Operation);
        _json.WriteEndObject();
    }

    private void WriteReferences(JsonPart references, ManifestRules rules)
    {
        if (!references.HasContent)
            return;
        _json.WriteStartArray("ownerReferences"u8);
        foreach (var element in references.Elements())
        {
            if (rules.OwnerStays(element))
                continue;
            var reference = ExportedFile.ReadReference(element);
            _json.WriteStartObject();
            _json.WriteString("apiVersion"u8, reference.ApiVersion);
            _json.WriteString("kind"u8, reference.Kind);
            _json.WriteString("name"u8, reference.Name);
            if (reference.Controller)
                _json.WriteBoolean("controller"u8, true);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    // Finalizers that stay in the file: on a cluster without their controller nobody takes them off.
    private void WriteFinalizers(JsonPart finalizers)
    {
        if (!finalizers.Elements().Any(finalizer => !BuiltInFinalizersRule.IsBuiltIn(finalizer)))
            return;
        _json.WriteStartArray("finalizers"u8);
        foreach (var finalizer in finalizers.EnumerateArray())
        {
            if (!BuiltInFinalizersRule.IsBuiltIn(finalizer))
                _json.WriteStringValue(finalizer.Text());
        }

        _json.WriteEndArray();
    }
}
