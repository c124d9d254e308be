using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;
using Spectre.Console;

namespace KonUpgrade.Rehearsal;

/// <summary>The rehearsal as a program: its arguments, and how it ends.</summary>
/// <param name="console">Where it shows what it does.</param>
/// <param name="errors">Where it says why it does not.</param>
internal sealed class CommandLine(IAnsiConsole console, TextWriter errors)
{
    /// <summary>Done to the clusters when they are furnished; a test puts faults there.</summary>
    public Action<SandboxHost>? WhenFurnished { get; init; }

    /// <summary>Runs the rehearsal. 0: all is as it should be; 1: something is not; 2: wrong arguments.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            console.WriteLine(RehearsalOptions.Usage);
            return 0;
        }

        RehearsalOptions options;
        try
        {
            options = RehearsalOptions.Parse(args);
        }
        catch (FormatException wrong)
        {
            await errors.WriteLineAsync($"{wrong.Message} (--help shows what is possible)");
            return 2;
        }

        try
        {
            return await new UpgradeRehearsal(options, console) { WhenFurnished = WhenFurnished }.RunAsync(cancellationToken) ? 0 : 1;
        }
        catch (UpgradeException e)
        {
            await errors.WriteLineAsync(e.Failure.ToString());
            if (e.Failure.Recommendation is { } recommendation)
                await errors.WriteLineAsync(recommendation);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Stopped.");
        }
        catch (Exception e)
        {
            // The end of a program: whatever it was, the reader gets a word and a script the exit code.
            await errors.WriteLineAsync($"{e.GetType().Name}: {e.Message}");
        }

        return 1;
    }
}
