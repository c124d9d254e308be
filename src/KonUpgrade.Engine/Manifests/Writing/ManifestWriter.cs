using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Writing;

/// <summary>
/// Writes manifests with edits applied while it writes, keys in ordinal order, apiVersion and kind put in where the
/// server left them out. One thread at a time; its memory is used again for the next manifest.
/// </summary>
public sealed class ManifestWriter : IDisposable
{
    private readonly ManifestWalk _walk = new();
    private readonly YamlWriter _yaml = new();
    private readonly System.Buffers.ArrayBufferWriter<byte> _jsonBuffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly List<ManifestEdit> _edits = [];
    private ManifestEdit? _apiVersion;
    private ManifestEdit? _kind;
    private string? _apiVersionText;
    private string? _kindText;

    /// <summary>Makes a writer.</summary>
    public ManifestWriter() =>
        _json = new Utf8JsonWriter(_jsonBuffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 });

    /// <summary>The manifest as UTF-8 YAML, valid until the next call.</summary>
    public ReadOnlyMemory<byte> ToYaml(KubernetesObject o, IReadOnlyList<ManifestEdit> edits)
    {
        _yaml.Clear();
        _walk.Write(new YamlSink(_yaml), o.Index, WithType(o, edits));
        return _yaml.Written;
    }

    /// <summary>The manifest as UTF-8 JSON, valid until the next call.</summary>
    public ReadOnlyMemory<byte> ToJson(KubernetesObject o, IReadOnlyList<ManifestEdit> edits)
    {
        _jsonBuffer.ResetWrittenCount();
        _json.Reset();
        _walk.Write(new JsonSink(_json), o.Index, WithType(o, edits));
        _json.Flush();
        return _jsonBuffer.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        _walk.Dispose();
    }

    // Items of a built-in kind's list have no apiVersion and kind of their own.
    private List<ManifestEdit> WithType(KubernetesObject o, IReadOnlyList<ManifestEdit> edits)
    {
        _edits.Clear();
        if (!o.Root.TryGetProperty("apiVersion"u8, out _))
        {
            if (_apiVersionText != o.ApiVersion)
                _apiVersion = Constant("apiVersion", _apiVersionText = o.ApiVersion);
            _edits.Add(_apiVersion!);
        }

        if (!o.Root.TryGetProperty("kind"u8, out _))
        {
            if (_kindText != o.Kind)
                _kind = Constant("kind", _kindText = o.Kind);
            _edits.Add(_kind!);
        }

        for (var i = 0; i < edits.Count; i++)
            _edits.Add(edits[i]);
        return _edits;
    }

    private static ManifestEdit Constant(string name, string value) =>
        new(FieldPath.Of(name), Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(value)}\""));

    private readonly struct YamlSink(YamlWriter writer) : IManifestSink
    {
        public void StartMapping() => writer.StartMapping();

        public void EndMapping() => writer.EndMapping();

        public void StartSequence() => writer.StartSequence();

        public void EndSequence() => writer.EndSequence();

        public void Key(ReadOnlySpan<byte> key) => writer.Key(key);

        public void String(ReadOnlySpan<byte> text) => writer.String(text);

        public void Raw(ReadOnlySpan<byte> json) => writer.Raw(json);
    }

    private readonly struct JsonSink(Utf8JsonWriter writer) : IManifestSink
    {
        public void StartMapping() => writer.WriteStartObject();

        public void EndMapping() => writer.WriteEndObject();

        public void StartSequence() => writer.WriteStartArray();

        public void EndSequence() => writer.WriteEndArray();

        public void Key(ReadOnlySpan<byte> key) => writer.WritePropertyName(key);

        public void String(ReadOnlySpan<byte> text) => writer.WriteStringValue(text);

        public void Raw(ReadOnlySpan<byte> json) => writer.WriteRawValue(json, skipInputValidation: true);
    }
}

/// <summary>What a manifest is written into, piece by piece in order.</summary>
internal interface IManifestSink
{
    void StartMapping();

    void EndMapping();

    void StartSequence();

    void EndSequence();

    void Key(ReadOnlySpan<byte> key);

    void String(ReadOnlySpan<byte> text);

    void Raw(ReadOnlySpan<byte> json);
}
