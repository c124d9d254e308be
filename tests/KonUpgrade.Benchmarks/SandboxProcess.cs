using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace KonUpgrade.Benchmarks;

/// <summary>A sandbox in a process of its own, as its users start it.</summary>
internal sealed class SandboxProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;
    private readonly HttpClient _control;

    private SandboxProcess(Process process, string directory, JsonNode ready)
    {
        _process = process;
        _directory = directory;
        KubeConfig = (string)ready["kubeconfig"]!;
        _control = new HttpClient(RawClient.Trusting(X509Certificate2.CreateFromPem(File.ReadAllText((string)ready["certificateAuthority"]!))))
        {
            BaseAddress = new Uri($"{(string)ready["control"]!}/sandbox/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", (string)ready["token"]!) },
            Timeout = TimeSpan.FromMinutes(5),
        };
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
        return new SandboxProcess(process, directory, JsonNode.Parse(ready)!);
    }

    /// <summary>Asks its control endpoint.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path below <c>/sandbox/</c>.</param>
    /// <param name="body">What goes with it; null for nothing.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<JsonNode> ControlAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _control.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? JsonNode.Parse(answer)! : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {answer}");
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
