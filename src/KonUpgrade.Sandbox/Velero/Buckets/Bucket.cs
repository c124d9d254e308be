namespace KonUpgrade.Sandbox.Velero.Buckets;

/// <summary>The simulated object storage: buckets by their names.</summary>
internal sealed class ObjectStorage
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names
    {
        get { lock (_gate) return [.. _buckets.Keys.Order(StringComparer.Ordinal)]; }
    }

    public Bucket Make(string name)
    {
        lock (_gate)
        {
            if (!_buckets.TryGetValue(name, out Bucket? bucket)) _buckets[name] = bucket = new Bucket(name);
            return bucket;
        }
    }

    public Bucket? Find(string name)
    {
        lock (_gate) return _buckets.GetValueOrDefault(name);
    }
}

/// <summary>Files by their keys. Written by the servers, and read by whoever has a URL.</summary>
internal sealed class Bucket(string name)
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public IReadOnlyList<string> Keys()
    {
        lock (_gate) return [.. _files.Keys];
    }

    public byte[]? Find(string key)
    {
        lock (_gate) return _files.GetValueOrDefault(key);
    }

    public void Put(string key, byte[] content)
    {
        lock (_gate) _files[key] = content;
    }

    /// <summary>Removes all files whose keys begin so.</summary>
    public void RemoveAll(string prefix)
    {
        lock (_gate)
        {
            foreach (string key in _files.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToArray()) _files.Remove(key);
        }
    }
}
