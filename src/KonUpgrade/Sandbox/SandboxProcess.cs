using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Sandbox;

/// <summary>What a sandbox is started with.</summary>
/// <param name="Clusters">Names and versions, as <c>blue=1.32</c>.</param>
/// <param name="Path">The directory for its files, or null for one of its own that goes with it.</param>
/// <param name="NodeCount">How many nodes each cluster has; 0: none but those of node groups.</param>
/// <param name="ClockSpeed">How many seconds pass in a cluster in one second.</param>
/// <param name="Velero">Whether each cluster has Velero.</param>
/// <param name="LoadBalancer">Whether each cluster has load balancers.</param>
internal sealed record SandboxRequest(IReadOnlyList<string> Clusters, string? Path, int NodeCount = 0, int ClockSpeed = 1, bool Velero = false, bool LoadBalancer = false);

/// <summary>Starts the sandbox's program, and ends it.</summary>
internal static class SandboxProcess
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    private static string ProgramPath => Path.Combine(
        Path.GetDirectoryName(typeof(SandboxProcess).Assembly.Location)!, "Sandbox", "KonUpgrade.Sandbox.dll");

    /// <summary>Starts a sandbox and gives it when its clusters answer.</summary>
    public static async IAsyncEnumerable<UpgradeSandbox> StartAsync(
        SandboxRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (SandboxClusters.Check(request.Clusters) is { } wrong)
            throw new UpgradeException(wrong);
        if (request.Path is { } path)
            await SandboxFiles.CheckAsync(path, cancellationToken).ConfigureAwait(false);
        if (!await host.ShouldProcessAsync(string.Join(", ", request.Clusters), "Start sandbox", cancellationToken).ConfigureAwait(false))
            yield break;
        var program = ProgramPath;
        if (!File.Exists(program))
            throw new UpgradeException(Failed($"its program '{program}' is not there.", "Build or install the module whole."));
        var dotnet = DotnetHost.Find();
        host.Verbose($"{dotnet} exec {program}");
        var process = Launch(dotnet, program, request);
        UpgradeSandbox? sandbox = null;
        try
        {
            sandbox = await ReadyAsync(process, request, cancellationToken).ConfigureAwait(false);
            yield return sandbox;
        }
        finally
        {
            // Whoever stopped the command before it had its sandbox never hears of it: it must not stay.
            if (sandbox is null)
                Kill(process);
            process.Dispose();
        }
    }

    /// <summary>Stops a sandbox. Gives nothing.</summary>
    public static async IAsyncEnumerable<UpgradeSandbox> StopAsync(
        UpgradeSandbox sandbox, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await host.ShouldProcessAsync($"process {sandbox.ProcessId}", "Stop sandbox", cancellationToken).ConfigureAwait(false))
            yield break;
        using var process = Find(sandbox.ProcessId);
        if (process is null)
        {
            host.Verbose($"The sandbox of process {sandbox.ProcessId} has ended already.");
            SandboxFiles.Remove(sandbox);
            yield break;
        }

        if (!await AskAsync(sandbox, cancellationToken).ConfigureAwait(false))
        {
            // It may have ended between the two looks. Otherwise it hangs, or its number was given to another program: what
            // does not answer as this sandbox is left alone.
            if (process.HasExited)
                SandboxFiles.Remove(sandbox);
            else
                host.Error(NotStopped(sandbox, process), target: sandbox);
            yield break;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StopPatience);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has said itself that it is the sandbox and is stopping, and then hung.
            Kill(process);
        }

        SandboxFiles.Remove(sandbox);
    }

    private static Process Launch(string dotnet, string program, SandboxRequest request)
    {
        var start = new ProcessStartInfo(dotnet)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(program);
        foreach (var cluster in request.Clusters)
        {
            start.ArgumentList.Add("--cluster");
            start.ArgumentList.Add(cluster);
            var name = cluster[..cluster.IndexOf('=', StringComparison.Ordinal)];
            if (request.Velero)
            {
                start.ArgumentList.Add("--velero");
                start.ArgumentList.Add(name);
            }

            if (request.LoadBalancer)
            {
                start.ArgumentList.Add("--load-balancers");
                start.ArgumentList.Add(name);
            }

            if (request.NodeCount == 0 && request.ClockSpeed == 1)
                continue;
            start.ArgumentList.Add("--data-plane");
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={request.ClockSpeed}"));
            if (request.NodeCount == 0)
                continue;
            start.ArgumentList.Add("--nodes");
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={request.NodeCount}"));
        }

        if (request.ClockSpeed != 1)
        {
            var speed = request.ClockSpeed.ToString(CultureInfo.InvariantCulture);
            start.ArgumentList.Add("--backup-speed");
            start.ArgumentList.Add(speed);
            start.ArgumentList.Add("--velero-speed");
            start.ArgumentList.Add(speed);
            start.ArgumentList.Add("--dns-speed");
            start.ArgumentList.Add(speed);
        }

        if (request.Path is { } path)
        {
            start.ArgumentList.Add("--directory");
            start.ArgumentList.Add(path);
        }

        start.ArgumentList.Add("--parent-pid");
        start.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        // What PowerShell was started with is not meant for another program.
        start.Environment.Remove("DOTNET_STARTUP_HOOKS");
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(dotnet);
        return Process.Start(start) ?? throw new UpgradeException(Failed("its process did not start."));
    }

    private static async Task<UpgradeSandbox> ReadyAsync(Process process, SandboxRequest request, CancellationToken cancellationToken)
    {
        process.StandardInput.Close();
        var errors = new StringBuilder();
        var listening = DrainAsync(process.StandardError, errors);
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line is null)
        {
            await listening.WaitAsync(cancellationToken).ConfigureAwait(false);
            throw new UpgradeException(Failed(errors.Length > 0 ? errors.ToString().Trim() : "its program ended without a word."));
        }

        // From now on nobody needs its words, but they must go somewhere, or it would wait for a reader.
        _ = DrainAsync(process.StandardOutput, kept: null);
        return Read(line, process.Id, request);
    }

    private static UpgradeSandbox Read(string line, int processId, SandboxRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var kubeConfig = root.GetProperty("kubeconfig").GetString()!;
            var eks = root.GetProperty("eks");
            return new UpgradeSandbox
            {
                ProcessId = processId,
                Path = request.Path ?? Path.GetDirectoryName(kubeConfig)!,
                OwnsPath = request.Path is null,
                KubeConfigPath = kubeConfig,
                Cluster = root.GetProperty("clusters").EnumerateArray().Select(static cluster => cluster.GetProperty("name").GetString()!).ToList(),
                LoadBalancerAddress = root.GetProperty("clusters").EnumerateArray().Select(static cluster => cluster.GetProperty("loadBalancer").GetString()).OfType<string>().ToList(),
                ControlUri = root.GetProperty("control").GetString()!,
                EndpointUrl = eks.GetProperty("endpoint").GetString()!,
                Region = eks.GetProperty("region").GetString()!,
                CredentialPath = eks.GetProperty("credentials").GetString()!,
                ResourceArn = root.GetProperty("backup").GetProperty("resources").EnumerateArray().Select(static resource => resource.GetProperty("arn").GetString()!).ToList(),
                IamRoleArn = root.GetProperty("backup").GetProperty("role").GetString()!,
            };
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UpgradeException(Failed("its program said something else than where it serves."), exception);
        }
    }

    private static async Task DrainAsync(StreamReader reader, StringBuilder? kept)
    {
        const int Enough = 4096;
        try
        {
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                if (kept is not null && kept.Length < Enough)
                    kept.AppendLine(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process is gone.
        }
    }

    // True when the sandbox itself answered that it stops.
    private static async Task<bool> AskAsync(UpgradeSandbox sandbox, CancellationToken cancellationToken)
    {
        try
        {
            var directory = Path.GetDirectoryName(sandbox.KubeConfigPath) ?? "";
            using var authority = X509Certificate2.CreateFromPem(
                await File.ReadAllTextAsync(Path.Combine(directory, SandboxFiles.Authority), cancellationToken).ConfigureAwait(false));
            // Read where it lies and not carried in the sandbox's object, which goes down the pipeline and into logs.
            var token = await File.ReadAllTextAsync(Path.Combine(directory, SandboxFiles.ControlToken), cancellationToken).ConfigureAwait(false);
            using var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new SslClientAuthenticationOptions
                {
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        CustomTrustStore = { authority },
                        RevocationMode = X509RevocationMode.NoCheck,
                    },
                },
            };
            using var client = new HttpClient(handler) { Timeout = StopPatience };
            client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KonUpgrade", "0.1"));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
            using var answer = await client.PostAsync(new Uri(sandbox.ControlUri.TrimEnd('/') + "/sandbox/stop"), content: null, cancellationToken).ConfigureAwait(false);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (
            exception is HttpRequestException or IOException or UnauthorizedAccessException or FormatException or System.Security.Cryptography.CryptographicException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private static Process? Find(int id)
    {
        try
        {
            return Process.GetProcessById(id);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static Failure NotStopped(UpgradeSandbox sandbox, Process process) => new()
    {
        Id = "SandboxNotStopped",
        Kind = FailureKind.Unavailable,
        Message = $"The process {sandbox.ProcessId} ({process.ProcessName}) is there, and does not answer as this sandbox at {sandbox.ControlUri}: it was left alone.",
        Recommendation = $"If Get-Process -Id {sandbox.ProcessId} shows the sandbox's program, dotnet, end it with Stop-Process -Id {sandbox.ProcessId}. If it is another program's, the sandbox has ended.",
        Target = sandbox.KubeConfigPath,
    };

    private static Failure Failed(string why, string? recommendation = null) => new()
    {
        Id = "SandboxNotStarted",
        Kind = FailureKind.Unavailable,
        Message = $"The sandbox could not be started: {why}",
        Recommendation = recommendation ?? "Run the command again with -Verbose to see how its program is started.",
    };
}
