using KonUpgrade.Model;
using KonUpgrade.Rehearsal;
using Spectre.Console;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(RehearsalOptions.Usage);
    return 0;
}

if (RehearsalOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(RehearsalOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
try
{
    // Where nobody watches, in a log, lines may be as long as what they say.
    if (Console.IsOutputRedirected)
        AnsiConsole.Profile.Width = 160;
    return await new UpgradeRehearsal(options, AnsiConsole.Console).RunAsync(stop.Token) ? 0 : 1;
}
catch (UpgradeException e)
{
    Console.Error.WriteLine(e.Failure);
    if (e.Failure.Recommendation is { } recommendation)
        Console.Error.WriteLine(recommendation);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("Stopped.");
    return 1;
}
