using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace KonUpgrade.Benchmarks;

/// <summary>What a measured process tells of itself in its last line.</summary>
/// <param name="Seconds">How long the work took, from its first request to its last byte.</param>
/// <param name="PeakMib">The process's peak of resident memory.</param>
/// <param name="Count">How many objects it moved.</param>
internal sealed record Measurement(double Seconds, double PeakMib, long Count);

/// <summary>Runs each contender in a process of its own, so that none pays for another's memory or warm-up.</summary>
internal static class Child
{
    /// <summary>Starts this program again with a contender's verb and reads the measurement that it ends with.</summary>
    public static async Task<Measurement> MeasureSelfAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path.");
        var (output, _, _) = await RunAsync(program, arguments, toFile: null, cancellationToken);
        var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        return JsonSerializer.Deserialize<Measurement>(last) ?? throw new InvalidOperationException($"No measurement in: {last}");
    }

    /// <summary>Runs a program to its end. What it prints goes to a file where one is named.</summary>
    public static async Task<(string Output, double Seconds, double PeakMib)> RunAsync(
        string program, IEnumerable<string> arguments, string? toFile, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = "";
        var peak = 0.0;
        var watching = WatchPeakAsync(process, value => peak = Math.Max(peak, value), cancellationToken);
        if (toFile is null)
        {
            output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        }
        else
        {
            await using var file = File.Create(toFile);
            await process.StandardOutput.BaseStream.CopyToAsync(file, 1 << 20, cancellationToken);
        }

        await process.WaitForExitAsync(cancellationToken);
        var seconds = clock.Elapsed.TotalSeconds;
        await watching;
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{output}");
        return (output, seconds, peak);
    }

    /// <summary>Does the work, then prints how long it took and this process's peak of memory.</summary>
    public static async Task<int> ReportAsync(Func<Task<long>> work)
    {
        var clock = Stopwatch.StartNew();
        var count = await work();
        Console.WriteLine(JsonSerializer.Serialize(new Measurement(clock.Elapsed.TotalSeconds, PeakOf("self"), count)));
        return 0;
    }

    private static async Task WatchPeakAsync(Process process, Action<double> seen, CancellationToken cancellationToken)
    {
        try
        {
            while (!process.HasExited)
            {
                seen(PeakOf(process.Id.ToString(CultureInfo.InvariantCulture)));
                await Task.Delay(50, cancellationToken);
            }
        }
        catch (InvalidOperationException)
        {
            // The process ended between the question and the look.
        }
    }

    private static double PeakOf(string process)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{process}/status"))
            {
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
            }
        }
        catch (IOException)
        {
            // No /proc, or the process is gone: no figure.
        }

        return 0;
    }
}
