using System.Diagnostics;

namespace KonUpgrade.Sandbox.Tests;

/// <summary>Runs programs that are made to test against. A test that needs one is skipped where it is not on the PATH.</summary>
internal static class ProgramRun
{
    /// <summary>A program on the PATH.</summary>
    public static string Find(string name)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? $"{name}.exe" : name))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{name} is not on the PATH");
        return program!;
    }

    /// <summary>Runs one to its end.</summary>
    /// <returns>Its exit code, and all it wrote on both streams.</returns>
    public static async Task<(int Code, string Text)> ToEndAsync(ProcessStartInfo start, TimeSpan most)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(most);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return (process.ExitCode, await output + await errors);
    }
}
