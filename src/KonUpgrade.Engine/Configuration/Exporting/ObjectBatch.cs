using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Some objects of a kind on their way from the list to a worker. What holds it disposes of its objects.</summary>
internal sealed class ObjectBatch(KindPlan plan) : IDisposable
{
    // As many as the shared pool of arrays keeps at hand: with more under way, each object would get memory of its own.
    private const int MaxBytes = 64 * 1024;
    private const int MaxCount = 8;

    private int _bytes;

    /// <summary>The kind.</summary>
    public KindPlan Plan { get; } = plan;

    /// <summary>The objects.</summary>
    public List<KubernetesObject> Objects { get; } = new(MaxCount);

    /// <summary>Whether there is enough in it.</summary>
    public bool IsFull => Objects.Count >= MaxCount || _bytes >= MaxBytes;

    /// <summary>Adds an object.</summary>
    public void Add(KubernetesObject o)
    {
        Objects.Add(o);
        _bytes += o.Json.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var o in Objects)
            o.Dispose();
        Objects.Clear();
    }
}
