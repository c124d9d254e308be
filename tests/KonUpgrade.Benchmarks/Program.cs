using System.Globalization;
using KonUpgrade.Benchmarks;
using KonUpgrade.Benchmarks.Drains;
using KonUpgrade.Benchmarks.Upgrades;

if (args is ["child-list" or "child-post" or "child-files" or "child-export" or "child-import", ..])
    return await Contenders.RunAsync(args);

if (args is [DrainChild.Verb, ..])
    return await DrainChild.RunAsync(args);

if (args is [UpgradeChild.Verb, ..])
    return await UpgradeChild.RunAsync(args);

if (args is [ScanBenchmark.ChildVerb, ..])
    return await ScanBenchmark.RunChildAsync(args);

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
    switch (options.Verb)
    {
        case "export":
            await new ExportBenchmark(options).RunAsync(stop.Token);
            return 0;
        case "import":
            await new ImportBenchmark(options).RunAsync(stop.Token);
            return 0;
        case "scan":
            await new ScanBenchmark(options).RunAsync(stop.Token);
            return 0;
        case "drain":
            await new DrainBenchmark(options).RunAsync(stop.Token);
            return 0;
        case "upgrade":
            await new UpgradeBenchmark(options).RunAsync(stop.Token);
            return 0;
        case "faults":
            return await new FaultBenchmark(options).RunAsync(stop.Token) ? 0 : 1;
        default:
            return await new CrashBenchmark(options).RunAsync(stop.Token) ? 0 : 1;
    }
}
catch (SceneTakenException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
