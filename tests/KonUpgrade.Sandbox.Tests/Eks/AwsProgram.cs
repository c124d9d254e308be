using System.Diagnostics;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>The aws program, pointed at a sandbox. A test that needs it is skipped where it is not on the PATH.</summary>
internal static class AwsProgram
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code, and all it wrote.</returns>
    public static async Task<(int Code, string Text)> RunAsync(SandboxHost host, string secret, string[] arguments)
    {
        var start = new ProcessStartInfo(ProgramRun.Find("aws"), ["--endpoint-url", host.Eks!.Uri.ToString().TrimEnd('/'), .. arguments])
        {
            Environment =
            {
                ["AWS_ACCESS_KEY_ID"] = host.Eks!.Settings.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = secret,
                ["AWS_DEFAULT_REGION"] = host.Eks!.Settings.Region,
                ["AWS_CONFIG_FILE"] = Path.Combine(host.Directory, "no-aws-config"),
                ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(host.Directory, "no-aws-credentials"),
                ["AWS_MAX_ATTEMPTS"] = "1",
                ["AWS_PAGER"] = "",
                ["NO_PROXY"] = "127.0.0.1",
            },
        };
        foreach (string variable in (string[])["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"]) start.Environment.Remove(variable);
        return await ProgramRun.ToEndAsync(start, TimeSpan.FromSeconds(90));
    }
}
