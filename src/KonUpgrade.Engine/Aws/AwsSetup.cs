using KonUpgrade.Engine.Foundation.Files;

namespace KonUpgrade.Engine.Aws;

/// <summary>
/// Whether anything here speaks of AWS at all. The SDK's last source of credentials is a metadata service at a
/// link-local address, which only machines of EC2 have: elsewhere that would be a call into the void, or to another
/// cloud's service.
/// </summary>
internal static class AwsSetup
{
    private static readonly string[] s_variables =
    [
        "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_EXECUTION_ENV",
    ];

    private static readonly string[] s_machine = ["sys_vendor", "bios_vendor", "bios_version", "board_vendor"];

    /// <summary>Whether credentials may be found.</summary>
    /// <param name="environment">The environment that counts.</param>
    public static bool IsHere(Func<string, string?> environment)
    {
        if (Array.Exists(s_variables, name => environment(name) is { Length: > 0 }))
            return true;
        var home = HomeDirectory.PathTo(".aws");
        if (File.Exists(Path.Combine(home, "credentials")) || File.Exists(Path.Combine(home, "config")))
            return true;
        // Where the machine does not tell its maker, the SDK may ask.
        return !OperatingSystem.IsLinux() || Array.Exists(s_machine, IsAmazon);
    }

    private static bool IsAmazon(string name)
    {
        try
        {
            return File.ReadAllText($"/sys/class/dmi/id/{name}").Contains("amazon", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
