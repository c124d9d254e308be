using System.Globalization;

namespace KonUpgrade.Benchmarks.Drains;

/// <summary>
/// A pool is drained of Deployments that each have a budget, by us and by <c>kubectl drain</c>: the clusters live by the
/// real clock, and each run has one of its own, laid out alike.
/// </summary>
internal sealed class DrainBenchmark(BenchmarkOptions options)
{
    private readonly DrainScene _scene = new(options.Nodes, options.Deployments, options.Pods);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<DrainRun> ours = [], kubectl = [];
        for (var run = 0; run < options.Runs; run++)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run + 1} of {options.Runs} …"));
            if (options.WithKubectl)
                kubectl.Add(await OnStageAsync(stage => KubectlAsync(stage, cancellationToken), cancellationToken));
            ours.Add(await OnStageAsync(stage => OursAsync(stage, cancellationToken), cancellationToken));
        }

        var seconds = Rows.Median([.. ours.Select(run => run.Measured.Seconds)]);
        Rows.Print("drain.nodes", options.Nodes);
        Rows.Print("drain.pods", _scene.PodCount);
        Rows.Print("drain.seconds", seconds);
        Rows.Print("drain.least_seconds", _scene.Least.TotalSeconds);
        Rows.Print("drain.budget_violations", ours.Sum(run => run.Violations));
        Rows.Print("drain.peak_mib", ours.Max(run => run.Measured.PeakMib));
        if (kubectl.Count == 0)
            return;
        Rows.Print("drain.kubectl_seconds", Rows.Median([.. kubectl.Select(run => run.Measured.Seconds)]));
        Rows.Print("drain.kubectl_ratio", Rows.Median([.. kubectl.Select(run => run.Measured.Seconds)]) / seconds);
        Rows.Print("drain.kubectl_budget_violations", kubectl.Sum(run => run.Violations));
    }

    private async Task<DrainRun> OnStageAsync(Func<DrainStage, Task<Measurement>> contender, CancellationToken cancellationToken)
    {
        await using var stage = await DrainStage.StartAsync(_scene, cancellationToken);
        var measured = await contender(stage);
        await stage.CheckDrainedAsync(cancellationToken);
        var violations = await stage.ViolationsAsync(cancellationToken);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{measured.Seconds:0.0} s, {violations} budgets violated"));
        return new DrainRun(measured, violations);
    }

    private async Task<Measurement> OursAsync(DrainStage stage, CancellationToken cancellationToken)
    {
        List<string> arguments = [DrainChild.Verb, stage.KubeConfig, DrainStage.Context, DrainStage.Pool];
        if (options.Throttle is { } throttle)
            arguments.Add(throttle.ToString(CultureInfo.InvariantCulture));
        var measured = await Child.MeasureSelfAsync(arguments, cancellationToken);
        return measured.Count == _scene.PodCount ? measured : throw new InvalidOperationException($"{measured.Count} pods are gone, and not {_scene.PodCount}.");
    }

    // As an administrator does it: the flags are those that most clusters need, and change nothing here.
    private async Task<Measurement> KubectlAsync(DrainStage stage, CancellationToken cancellationToken)
    {
        var (_, seconds, peak) = await Child.RunAsync(
            "kubectl",
            ["drain", "--kubeconfig", stage.KubeConfig, "--context", DrainStage.Context, "--selector", DrainStage.Pool, "--ignore-daemonsets", "--delete-emptydir-data"],
            toFile: null,
            cancellationToken);
        return new Measurement(seconds, peak, _scene.PodCount);
    }

    private sealed record DrainRun(Measurement Measured, int Violations);
}
