using System.Globalization;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Engine.Upgrades.Steps.Traffic;

/// <summary>What a step asks load balancers, by its settings.</summary>
internal static class ProbeSettings
{
    private const string NoProbe = "none";

    /// <summary>What is asked; null for nothing.</summary>
    public static TrafficProbe? Of(StepRun run) => run.Value("probe") == NoProbe ? null : new()
    {
        Uri = new Uri(run.Value("probe")!, UriKind.RelativeOrAbsolute),
        ExpectedStatus = [.. run.Texts("status").Select(status => int.Parse(status, CultureInfo.InvariantCulture))],
        MaximumLatency = run.Value("maximumLatency") is null ? null : run.Duration("maximumLatency"),
        Interval = run.Duration("probeInterval"),
        Address = run.Value("probeAddress"),
        SkipCertificateCheck = run.Value("skipCertificateCheck") == "true",
    };
}
