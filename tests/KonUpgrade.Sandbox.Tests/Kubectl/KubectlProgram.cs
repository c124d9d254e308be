using System.Diagnostics;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Kubectl;

/// <summary>Runs kubectl against a sandbox; where it is not on the PATH the test is skipped and says so.</summary>
internal static class KubectlProgram
{
    /// <summary>What it printed on both streams; it must end with the code.</summary>
    public static async Task<string> RunAsync(SandboxHost host, int code, params string[] arguments)
    {
        var start = new ProcessStartInfo(ProgramRun.Find("kubectl"), ["--kubeconfig", host.KubeConfigPath, "--cache-dir", Path.Combine(host.Directory, "cache"), .. arguments]);
        (int ended, string text) = await ProgramRun.ToEndAsync(start, TimeSpan.FromSeconds(60));
        Assert.True(ended == code, $"kubectl {string.Join(' ', arguments)} ended with {ended}: {text}");
        return text;
    }
}
