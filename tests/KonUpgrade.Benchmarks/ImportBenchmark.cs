using System.Globalization;

namespace KonUpgrade.Benchmarks;

/// <summary>An import beside <c>kubectl apply --server-side</c> of the same files and sixteen parallel raw posts of the same objects.</summary>
internal sealed class ImportBenchmark(BenchmarkOptions options)
{
    private static readonly TimeSpan WriteDelay = TimeSpan.FromMilliseconds(8);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Context is { } real)
        {
            using var target = await RawClient.OpenAsync(options.KubeConfig, real, cancellationToken);
            await Scene.CheckAsync(target, cancellationToken);
        }

        // A target of its own for every run of every contender: each begins with none of the objects.
        List<string> clusters = ["source=1.33"];
        if (options.Context is null)
            clusters.AddRange(Enumerable.Range(0, options.Runs).SelectMany(run => new[] { $"ours{run}=1.33", $"raw{run}=1.33", $"kubectl{run}=1.33" }));
        await using var sandbox = await SandboxProcess.StartAsync(clusters, WriteDelay, cancellationToken);
        using var export = new TemporaryDirectory(options.Directory);
        using (var source = await RawClient.OpenAsync(sandbox.KubeConfig, "source", cancellationToken))
        {
            await Scene.PrepareAsync(source, cancellationToken);
            await Scene.FillAsync(source, 0, options.Objects, cancellationToken);
        }

        await Child.MeasureSelfAsync(["child-export", sandbox.KubeConfig, "source", export.Path], cancellationToken);

        List<Measurement> ours = [], raw = [], kubectl = [];
        for (var run = 0; run < options.Runs; run++)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run + 1} of {options.Runs} …"));
            if (options.WithKubectl)
                kubectl.Add(await OnTargetAsync(sandbox, $"kubectl{run}", (config, context) => KubectlAsync(config, context, export.Path, cancellationToken), cancellationToken));
            raw.Add(await OnTargetAsync(
                sandbox, $"raw{run}", (config, context) => Child.MeasureSelfAsync(["child-post", config ?? "", context, Text(options.Objects)], cancellationToken), cancellationToken));
            ours.Add(await OnTargetAsync(
                sandbox, $"ours{run}", (config, context) => Child.MeasureSelfAsync(["child-import", config ?? "", context, export.Path], cancellationToken), cancellationToken));
        }

        var seconds = Rows.Median([.. ours.Select(m => m.Seconds)]);
        Rows.Print("import.objects", options.Objects);
        Rows.Print("import.seconds", seconds);
        Rows.Print("import.peak_mib", ours.Max(m => m.PeakMib));
        Rows.Print("import.raw_seconds", Rows.Median([.. raw.Select(m => m.Seconds)]));
        Rows.Print("import.raw_ratio", Rows.Median([.. raw.Select(m => m.Seconds)]) / seconds);
        if (kubectl.Count == 0)
            return;
        Rows.Print("import.kubectl_seconds", Rows.Median([.. kubectl.Select(m => m.Seconds)]));
        Rows.Print("import.kubectl_ratio", Rows.Median([.. kubectl.Select(m => m.Seconds)]) / seconds);
    }

    private async Task<Measurement> OnTargetAsync(
        SandboxProcess sandbox, string cluster, Func<string?, string, Task<Measurement>> contender, CancellationToken cancellationToken)
    {
        var kubeConfig = options.Context is null ? sandbox.KubeConfig : options.KubeConfig;
        var context = options.Context ?? cluster;
        using var client = await RawClient.OpenAsync(kubeConfig, context, cancellationToken);
        await Scene.PrepareAsync(client, cancellationToken);
        try
        {
            var measured = await contender(kubeConfig, context);
            var last = options.Objects - 1;
            if (!await client.ExistsAsync($"{Widgets.Collection(Widgets.NamespaceOf(last))}/widget-{last:D6}", cancellationToken))
                throw new InvalidOperationException($"{cluster} lacks an object that was imported.");
            return measured;
        }
        finally
        {
            if (options.Context is not null)
                await Scene.CleanAsync(client, CancellationToken.None);
        }
    }

    private async Task<Measurement> KubectlAsync(string? kubeConfig, string context, string export, CancellationToken cancellationToken)
    {
        List<string> arguments = ["apply", "--server-side", "--recursive", "--context", context, "--filename", Path.Combine(export, Widgets.Group)];
        if (kubeConfig is not null)
            arguments.AddRange(["--kubeconfig", kubeConfig]);
        var (_, seconds, peak) = await Child.RunAsync("kubectl", arguments, "/dev/null", cancellationToken);
        return new Measurement(seconds, peak, options.Objects);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
