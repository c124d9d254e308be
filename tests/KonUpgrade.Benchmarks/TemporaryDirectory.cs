namespace KonUpgrade.Benchmarks;

/// <summary>A fresh directory that goes when it is disposed of.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory(string parent)
    {
        Path = System.IO.Path.Combine(parent, "konupgrade-bench-" + System.IO.Path.GetRandomFileName());
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
