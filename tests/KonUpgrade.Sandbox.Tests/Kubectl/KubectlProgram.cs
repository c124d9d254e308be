using System.Diagnostics;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Kubectl;

/// <summary>Runs kubectl against a sandbox; where it is not on the PATH the test is skipped and says so.</summary>
internal static class KubectlProgram
{
    /// <summary>What it printed on both streams; it must end with the code.</summary>
    public static async Task<string> RunAsync(SandboxHost host, int code, params string[] arguments)
    {
        string? kubectl = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? "kubectl.exe" : "kubectl"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(kubectl is null, "kubectl is not on the PATH");
        var start = new ProcessStartInfo(kubectl!, ["--kubeconfig", host.KubeConfigPath, "--cache-dir", Path.Combine(host.Directory, "cache"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        string text = await output + await errors;
        Assert.True(process.ExitCode == code, $"kubectl {string.Join(' ', arguments)} ended with {process.ExitCode}: {text}");
        return text;
    }
}
