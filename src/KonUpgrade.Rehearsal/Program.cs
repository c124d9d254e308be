using KonUpgrade.Rehearsal;
using Spectre.Console;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

// Where nobody watches, in a log, lines may be as long as what they say.
if (Console.IsOutputRedirected)
    AnsiConsole.Profile.Width = 160;
return await new CommandLine(AnsiConsole.Console, Console.Error).RunAsync(args, stop.Token);
