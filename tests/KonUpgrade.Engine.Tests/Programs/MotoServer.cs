using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace KonUpgrade.Engine.Tests.Programs;

/// <summary>moto's server, where the program moto_server is installed.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private Process? _process;
    private string? _whyNot;

    public string Url { get; private set; } = "";

    /// <summary>Skips the test where the program is not there.</summary>
    public void Require() => Assert.SkipWhen(_process is null, _whyNot ?? "");

    public async ValueTask InitializeAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "moto_server")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            _whyNot = "needs the program moto_server on PATH";
            return;
        }
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        Url = $"http://127.0.0.1:{port}";
        var start = new ProcessStartInfo(program, ["-H", "127.0.0.1", "-p", $"{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            try
            {
                await http.GetAsync(new Uri(Url + "/moto-api/"), deadline.Token);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(100, deadline.Token);
            }
        }
    }

    /// <summary>A call of IAM's query protocol, to set the scene.</summary>
    public async Task CallIamAsync(string action, params (string Name, string Value)[] parameters)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Url);
        request.Content = new FormUrlEncodedContent(
            [new("Action", action), new("Version", "2010-05-08"), .. parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))]);
        request.Headers.TryAddWithoutValidation(
            "Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Makes a cluster of EKS, to set the scene. It is ACTIVE at once.</summary>
    public async Task CreateClusterAsync(string name, string region)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Url + "/clusters");
        request.Content = new StringContent(
            $$$"""{"name":"{{{name}}}","version":"1.33","roleArn":"arn:aws:iam::123456789012:role/{{{name}}}","resourcesVpcConfig":{"subnetIds":["subnet-1"]},"tags":{"team":"platform"}}""",
            System.Text.Encoding.UTF8,
            "application/json");
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential=test/20260101/{region}/eks/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
