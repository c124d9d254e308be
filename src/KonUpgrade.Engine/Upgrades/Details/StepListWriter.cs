using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>
/// Writes the list of a step as it goes, in little memory. It is there when it ends, and not before; and where it can't be
/// written that is told, and the step goes on: an upgrade does not fail for want of its report.
/// </summary>
internal sealed class StepListWriter<T> : IDisposable
    where T : class
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly StepList<T> _list;
    private readonly JsonTypeInfo<T> _type;
    private readonly IReporter _reporter;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileStream? _stream;
    private bool _broken;

    public StepListWriter(string path, StepList<T> list, JsonTypeInfo<T> type, IReporter reporter)
    {
        (_path, _list, _type, _reporter) = (path, list, type, reporter);
        _temporary = StepLists.BegunOf(path);
        Try(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 64 * 1024);
        });
    }

    /// <summary>Adds a line.</summary>
    public void Add(T item) => Try(() =>
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(item, _type), (byte)'\n'];
        _hash.AppendData(line);
        _stream!.Write(line);
    });

    /// <summary>Puts the list where it belongs.</summary>
    /// <returns>What the step's output has to say of it; nothing where it could not be written.</returns>
    public IReadOnlyDictionary<string, string> End()
    {
        Try(() =>
        {
            _stream!.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_temporary, _path, overwrite: true);
        });
        return _broken
            ? new Dictionary<string, string>()
            : new Dictionary<string, string> { [_list.PathOutput] = _path, [_list.SumOutput] = Convert.ToHexString(_hash.GetHashAndReset()).ToLowerInvariant() };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        try
        {
            _stream?.Dispose();
            File.Delete(_temporary);
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            // What could not be written may not be deletable either, and that has been told.
        }
    }

    private void Try(Action action)
    {
        if (_broken)
            return;
        try
        {
            action();
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            _broken = true;
            _reporter.Warning($"What a report would say in detail ({_list.Name}) is not kept: {FileFailures.Write(_path, e).Failure.Message}");
        }
    }
}
