using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>The files of an earlier export, as its list has them. Asked by several threads once the list was read.</summary>
internal sealed class EarlierFiles
{
    private readonly HashSet<UInt128> _paths = [];
    private readonly Dictionary<UInt128, UInt128> _sealed = [];
    private readonly ConcurrentDictionary<UInt128, bool> _superseded = new();

    /// <summary>Reads the list.</summary>
    public void Read(string list)
    {
        using var reader = LineReader.Open(list);
        while (reader.Read())
            Remember(reader.Current);
    }

    /// <summary>Whether a path is one of them.</summary>
    public bool Contains(string path) => _paths.Contains(Key(path));

    /// <summary>Takes note that a file, if it is one of them, is written in its other form: encrypted or open.</summary>
    public void Supersede(string path)
    {
        var key = Key(path);
        if (_paths.Contains(key))
            _superseded[key] = true;
    }

    /// <summary>Whether it was written in its other form.</summary>
    public bool IsSuperseded(ReadOnlySpan<byte> path) => !_superseded.IsEmpty && _superseded.ContainsKey(Key(path));

    /// <summary>Whether it is one of those that are encrypted.</summary>
    public bool IsSealed(string path) => _sealed.ContainsKey(Key(path));

    /// <summary>Whether these are the bytes that an encrypted one had when it was written.</summary>
    public bool IsSame(string path, ReadOnlySpan<byte> bytes) => _sealed.TryGetValue(Key(path), out var sha256) && Half(Sha256.Of(bytes)) == sha256;

    private void Remember(ReadOnlyMemory<byte> line)
    {
        var path = FilesMerge.PathOf(line.Span);
        _paths.Add(Key(path));
        if (!path.EndsWith(".enc"u8))
            return;
        try
        {
            _sealed[Key(path)] = Half(ExportedFile.Parse(line).Sha256);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A line that can't be read is of a file that is written anew.
        }
    }

    private static UInt128 Half(string sha256) => UInt128.TryParse(sha256.AsSpan(0, Math.Min(32, sha256.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var half) ? half : 0;

    private static UInt128 Key(string path) => Key(Encoding.UTF8.GetBytes(path));

    // Half a hash stands for a path: memory should not grow with the length of names.
    private static UInt128 Key(ReadOnlySpan<byte> path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(path, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
