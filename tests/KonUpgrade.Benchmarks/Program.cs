using System.Globalization;
using KonUpgrade.Benchmarks;

if (args is ["child-list" or "child-post" or "child-files" or "child-export" or "child-import", ..])
    return await Contenders.RunAsync(args);

if (BenchmarkOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    await (options.Verb == "export" ? new ExportBenchmark(options).RunAsync(stop.Token) : new ImportBenchmark(options).RunAsync(stop.Token));
    return 0;
}
catch (SceneTakenException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
