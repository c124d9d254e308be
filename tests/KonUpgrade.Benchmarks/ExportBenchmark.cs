using System.Globalization;

namespace KonUpgrade.Benchmarks;

/// <summary>An export beside <c>kubectl get -o yaml</c>, bare pages, and the same files written bare.</summary>
internal sealed class ExportBenchmark(BenchmarkOptions options)
{
    private const int RawPageSize = 500;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var sandbox = options.Context is null
            ? await SandboxProcess.StartAsync(["bench=1.33"], TimeSpan.Zero, cancellationToken)
            : null;
        var context = options.Context ?? "bench";
        var kubeConfig = sandbox?.KubeConfig ?? options.KubeConfig;
        using var client = await RawClient.OpenAsync(kubeConfig, context, cancellationToken);
        await Scene.PrepareAsync(client, cancellationToken);
        try
        {
            await Scene.FillAsync(client, 0, options.Objects, cancellationToken);
            await CompareAsync(kubeConfig, context, cancellationToken);
            if (options.Large > options.Objects)
            {
                await Scene.FillAsync(client, options.Objects, options.Large, cancellationToken);
                var large = await OursAsync(kubeConfig, context, keep: null, cancellationToken);
                Check(large.Count, options.Large);
                var name = string.Create(CultureInfo.InvariantCulture, $"{options.Large / 1000}k");
                Rows.Print($"export.seconds_{name}", large.Seconds);
                Rows.Print($"export.peak_mib_{name}", large.PeakMib);
            }
        }
        finally
        {
            if (sandbox is null)
                await Scene.CleanAsync(client, CancellationToken.None);
        }
    }

    private async Task CompareAsync(string? kubeConfig, string context, CancellationToken cancellationToken)
    {
        List<Measurement> ours = [], raw = [], kubectl = [], files = [];
        for (var run = 0; run < options.Runs; run++)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run + 1} of {options.Runs} …"));
            if (options.WithKubectl)
                kubectl.Add(await KubectlAsync(kubeConfig, context, cancellationToken));
            raw.Add(await Child.MeasureSelfAsync(
                ["child-list", kubeConfig ?? "", context, RawPageSize.ToString(CultureInfo.InvariantCulture)], cancellationToken));
            using var keep = new TemporaryDirectory(options.Directory);
            var mine = await OursAsync(kubeConfig, context, keep.Path, cancellationToken);
            Check(mine.Count, options.Objects);
            ours.Add(mine);
            using var bare = new TemporaryDirectory(options.Directory);
            files.Add(await Child.MeasureSelfAsync(["child-files", keep.Path, bare.Path], cancellationToken));
        }

        var seconds = Rows.Median([.. ours.Select(m => m.Seconds)]);
        Rows.Print("export.objects", options.Objects);
        Rows.Print("export.seconds", seconds);
        Rows.Print("export.peak_mib", ours.Max(m => m.PeakMib));
        Rows.Print("export.files_seconds", Rows.Median([.. files.Select(m => m.Seconds)]));
        Rows.Print("export.raw_seconds", Rows.Median([.. raw.Select(m => m.Seconds)]));
        Rows.Print("export.raw_ratio", Rows.Median([.. raw.Select(m => m.Seconds)]) / seconds);
        if (kubectl.Count == 0)
            return;
        Rows.Print("export.kubectl_seconds", Rows.Median([.. kubectl.Select(m => m.Seconds)]));
        Rows.Print("export.kubectl_peak_mib", kubectl.Max(m => m.PeakMib));
        Rows.Print("export.kubectl_ratio", Rows.Median([.. kubectl.Select(m => m.Seconds)]) / seconds);
    }

    private async Task<Measurement> OursAsync(string? kubeConfig, string context, string? keep, CancellationToken cancellationToken)
    {
        using var own = keep is null ? new TemporaryDirectory(options.Directory) : null;
        return await Child.MeasureSelfAsync(["child-export", kubeConfig ?? "", context, keep ?? own!.Path], cancellationToken);
    }

    private async Task<Measurement> KubectlAsync(string? kubeConfig, string context, CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory(options.Directory);
        List<string> arguments = ["get", "widgets." + Widgets.Group, "--all-namespaces", "-o", "yaml", "--context", context];
        if (kubeConfig is not null)
            arguments.AddRange(["--kubeconfig", kubeConfig]);
        var (_, seconds, peak) = await Child.RunAsync("kubectl", arguments, Path.Combine(directory.Path, "widgets.yaml"), cancellationToken);
        return new Measurement(seconds, peak, options.Objects);
    }

    private static void Check(long count, int expected)
    {
        if (count != expected)
            throw new InvalidOperationException($"{count} objects were exported, {expected} are there.");
    }
}
