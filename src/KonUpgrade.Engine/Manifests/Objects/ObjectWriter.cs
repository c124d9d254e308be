using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Objects;

/// <summary>
/// Writes what a script made of a manifest as JSON: dictionaries of any kind, lists of any kind, and values that JSON has.
/// Anything else is an error that names the place. One thread at a time; its memory is used again for the next object.
/// </summary>
/// <param name="unwrap">Takes the wrapping of a scripting language off a value, or gives the value itself.</param>
public sealed class ObjectWriter(Func<object, object?> unwrap) : IDisposable
{
    // Deeper than any schema that a server takes, and well within a thread's stack.
    private const int MaxDepth = 200;

    // What PowerShell writes for a part that is deeper than it was asked to write.
    private static readonly HashSet<string> s_cutOff = new(StringComparer.Ordinal)
    {
        "System.Collections.Specialized.OrderedDictionary", "System.Collections.Hashtable", "System.Collections.ArrayList", "System.Object[]",
        "System.Collections.Generic.List`1[System.Object]", "System.Management.Automation.OrderedHashtable", "System.Management.Automation.PSCustomObject",
    };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 1000 });
    private readonly HashSet<object> _above = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<string> _places = new();
    private ReadOnlyMemory<byte> _original;
    private HashSet<string>? _nulls;

    /// <summary>The manifest as UTF-8 JSON, valid until the next call.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="original">
    /// Its JSON before it was edited: a null that was there may stay. Empty where that is not known, and every null may.
    /// </param>
    /// <exception cref="UpgradeException">It is no manifest any more; which part of it is not stands in the message.</exception>
    public ReadOnlyMemory<byte> ToJson(IDictionary manifest, ReadOnlyMemory<byte> original)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _above.Clear();
        _places.Clear();
        _nulls = null;
        _original = original;
        Write(manifest, "");
        _json.Flush();
        Check(_buffer.WrittenMemory);
        return _buffer.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private static void Check(ReadOnlyMemory<byte> json)
    {
        using var index = JsonIndex.Parse(json);
        var metadata = index.Root.Member("metadata"u8);
        if (metadata.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined))
            throw ObjectFailures.NotAManifest("metadata is no dictionary.");
        Require(index.Root.Member("apiVersion"u8), "apiVersion");
        Require(index.Root.Member("kind"u8), "kind");
        Require(metadata.Member("name"u8), "metadata.name");
        if (metadata.Member("namespace"u8).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.String))
            throw ObjectFailures.NotAManifest("metadata.namespace is no text.");
    }

    private static void Require(JsonPart value, string place)
    {
        if (value.ValueKind == JsonValueKind.Undefined)
            throw ObjectFailures.NotAManifest($"{place} is missing.");
        if (value.Text() is not { } text)
            throw ObjectFailures.NotAManifest($"{place} is no text.");
        if (text.Length == 0)
            throw ObjectFailures.NotAManifest($"{place} is empty.");
    }

    private void Write(object? value, string path)
    {
        var wrapped = value;
        if (value is not null)
            value = unwrap(value);
        switch (value)
        {
            case null:
                WriteNull(path);
                break;
            case string text:
                WriteText(text, path);
                break;
            case bool flag:
                _json.WriteBooleanValue(flag);
                break;
            case IDictionary mapping:
                Enter(wrapped!, mapping, path);
                WriteMapping(mapping, path);
                Leave(wrapped!, mapping);
                break;
            case char letter:
                WriteText(letter.ToString(), path);
                break;
            case DateTime or DateTimeOffset or DateOnly or TimeOnly:
                throw ObjectFailures.Date(path, value.GetType());
            case IEnumerable sequence:
                Enter(wrapped!, sequence, path);
                WriteSequence(sequence, path);
                Leave(wrapped!, sequence);
                break;
            default:
                WriteNumber(value, path);
                break;
        }
    }

    private void WriteMapping(IDictionary mapping, string path)
    {
        _json.WriteStartObject();
        foreach (DictionaryEntry entry in mapping)
        {
            if (unwrap(entry.Key) is not string name)
                throw ObjectFailures.NameNotText(path, entry.Key.GetType());
            var inner = FieldPathText.Append(path, name);
            if (!IsUnicode(name))
                throw ObjectFailures.NotUnicode(inner);
            _json.WritePropertyName(name);
            _places.Push(name);
            Write(entry.Value, inner);
            _places.Pop();
        }

        _json.WriteEndObject();
    }

    private void WriteSequence(IEnumerable sequence, string path)
    {
        _json.WriteStartArray();
        var place = 0;
        _places.Push("[*]");
        foreach (var element in sequence)
            Write(element, $"{path}[{place++}]");
        _places.Pop();
        _json.WriteEndArray();
    }

    private void WriteText(string text, string path)
    {
        if (s_cutOff.Contains(text))
            throw ObjectFailures.CutOff(path);
        if (!IsUnicode(text))
            throw ObjectFailures.NotUnicode(path);
        _json.WriteStringValue(text);
    }

    private void WriteNumber(object value, string path)
    {
        // An enumeration has a number beneath it, and a name that was hardly meant either.
        if (value is Enum)
            throw ObjectFailures.NotJson(path, value.GetType());
        switch (value)
        {
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal or BigInteger:
                WriteRaw(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case double number:
                WriteRaw(double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : throw ObjectFailures.NotFinite(path));
                break;
            case float number:
                WriteRaw(float.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : throw ObjectFailures.NotFinite(path));
                break;
            case JsonNumber number:
                WriteRaw(IsNumber(number.Text) ? number.Text : throw ObjectFailures.NotANumber(path));
                break;
            default:
                throw ObjectFailures.NotJson(path, value.GetType());
        }
    }

    private void WriteRaw(string number) => _json.WriteRawValue(number, skipInputValidation: true);

    private void WriteNull(string path)
    {
        if (!_original.IsEmpty && !(_nulls ??= NullsIn(_original)).Contains(string.Join('\n', _places)))
            throw ObjectFailures.NewNull(path);
        _json.WriteNullValue();
    }

    // The wrapping may be another one at every look, and what is in it may be made anew: either may be the one that repeats.
    private void Enter(object wrapped, object value, string path)
    {
        if (_json.CurrentDepth >= MaxDepth)
            throw ObjectFailures.TooDeep(path, MaxDepth);
        if (!_above.Add(value) || (!ReferenceEquals(wrapped, value) && !_above.Add(wrapped)))
            throw ObjectFailures.Cycle(path);
    }

    private void Leave(object wrapped, object value)
    {
        _above.Remove(value);
        _above.Remove(wrapped);
    }

    // Where there were nulls, whichever element of a list they were in: a script may have moved it.
    private static HashSet<string> NullsIn(ReadOnlyMemory<byte> json)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        using var index = JsonIndex.Parse(json);
        Find(index.Root, new Stack<string>(), found);
        return found;
    }

    private static void Find(JsonPart part, Stack<string> places, HashSet<string> found)
    {
        switch (part.ValueKind)
        {
            case JsonValueKind.Null:
                found.Add(string.Join('\n', places));
                break;
            case JsonValueKind.Object:
                foreach (var member in part.EnumerateObject())
                {
                    places.Push(member.Name);
                    Find(member.Value, places, found);
                    places.Pop();
                }

                break;
            case JsonValueKind.Array:
                places.Push("[*]");
                foreach (var element in part.EnumerateArray())
                    Find(element, places, found);
                places.Pop();
                break;
        }
    }

    private static bool IsNumber(string text)
    {
        try
        {
            using var index = JsonIndex.Parse(text);
            return index.Root.ValueKind == JsonValueKind.Number && index.Root.GetRawText() == text;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return false;
            i++;
        }

        return true;
    }
}
