namespace KonUpgrade.Engine.Tests.Module;

/// <summary>The module as built, in a real PowerShell: one result for each file of tests/Pester.</summary>
public sealed class PesterTests(PesterRun run, ITestOutputHelper output) : IClassFixture<PesterRun>
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(PesterRun.Folder, "*.Tests.ps1").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_module_in_PowerShell(string file)
    {
        Assert.SkipWhen(run.SkipReason is not null, run.SkipReason ?? "");
        var result = run.Of(file);
        Assert.True(result is not null, $"{file} was not run.\n{run.Words}");
        output.WriteLine($"{result.Passed} passed, {result.Failed.Length} failed, {result.Skipped.Length} skipped");
        foreach (var skipped in result.Skipped)
            output.WriteLine($"skipped: {skipped.Name}: {skipped.Message}");
        Assert.True(string.IsNullOrWhiteSpace(result.Broken), $"{file}: {result.Broken}");
        Assert.True(result.Failed.Length == 0, string.Join("\n\n", result.Failed.Select(failed => $"{failed.Name}\n{failed.Message}")));
        Assert.SkipWhen(result.Passed == 0, result.Skipped.FirstOrDefault()?.Message ?? "it holds no test");
    }
}
