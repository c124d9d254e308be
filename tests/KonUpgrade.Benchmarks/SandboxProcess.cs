using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KonUpgrade.Benchmarks;

/// <summary>A sandbox in a process of its own, as its users start it.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private SandboxProcess(Process process, string directory, string kubeConfig)
    {
        _process = process;
        _directory = directory;
        KubeConfig = kubeConfig;
    }

    public string KubeConfig { get; }

    public static async Task<SandboxProcess> StartAsync(IEnumerable<string> clusters, TimeSpan writeDelay, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("konupgrade-bench-").FullName;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "KonUpgrade.Sandbox.dll"));
        foreach (var cluster in clusters)
        {
            start.ArgumentList.Add("--cluster");
            start.ArgumentList.Add(cluster);
        }

        start.ArgumentList.Add("--directory");
        start.ArgumentList.Add(directory);
        start.ArgumentList.Add("--parent-pid");
        start.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (writeDelay > TimeSpan.Zero)
        {
            start.ArgumentList.Add("--write-delay");
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"{writeDelay.TotalMilliseconds}ms"));
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The sandbox did not start.");
        var ready = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The sandbox ended before it was ready.");
        using var line = JsonDocument.Parse(ready);
        return new SandboxProcess(process, directory, line.RootElement.GetProperty("kubeconfig").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
