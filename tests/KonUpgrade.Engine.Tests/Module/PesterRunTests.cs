using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.Module;

public sealed class PesterRunTests
{
    [Theory]
    [InlineData("echo 7.2")]
    [InlineData("echo 5.1")]
    [InlineData("echo no such option; exit 64")]
    public async Task A_PowerShell_that_is_too_old_is_a_reason_to_skip_and_no_failure(string answer)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        using var folder = new TempFolder();
        var old = new PesterRun { Program = folder.Script("pwsh", answer) };
        await old.InitializeAsync();
        Assert.Contains("needs PowerShell 7.4", old.SkipReason, StringComparison.Ordinal);
        var absent = new PesterRun { Program = folder["absent"] };
        await absent.InitializeAsync();
        Assert.NotNull(absent.SkipReason);
    }
}
