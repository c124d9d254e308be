using System.Globalization;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>A process that carries an upgrade on. It is made to be killed.</summary>
internal sealed class UpgradeChild
{
    public const string Verb = "upgrade-child";

    /// <summary>The clusters are those of EKS, and not of the kubeconfig.</summary>
    public const string OnEks = "--on-eks";

    /// <summary>The upgrade is complete, or taken back.</summary>
    public const int Done = 0;

    /// <summary>It has failed or was refused, and says so.</summary>
    public const int Failed = 3;

    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);

    private UpgradeChild(IReadOnlyList<string> args)
    {
        for (var i = 1; i < args.Count; i++)
        {
            if (args[i] is "--undo" or "--remove-imported" or OnEks)
                _flags.Add(args[i]);
            else
                _settings[args[i]] = args[++i];
        }
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var (failure, warnings) = await new UpgradeChild(args).Carrier().RunAsync(CancellationToken.None);
        await Console.Out.WriteAsync(warnings);
        if (failure is null)
            return Done;
        await Console.Error.WriteLineAsync(failure);
        return Failed;
    }

    private UpgradeCarrier Carrier() => new()
    {
        KubeConfigPath = _settings["--kubeconfig"],
        PlanPath = _settings.GetValueOrDefault("--plan"),
        WorkPath = _settings["--work"],
        JournalFile = _settings.GetValueOrDefault("--journal"),
        Aws = _settings.TryGetValue("--aws", out var url) ? new AwsOptions { Region = _settings["--region"], EndpointUrl = new Uri(url) } : null,
        IsOnEks = _flags.Contains(OnEks),
        Undo = _flags.Contains("--undo"),
        RemoveImported = _flags.Contains("--remove-imported"),
        Around = Around(),
    };

    // Counted over all rounds of this process.
    private Func<IJournalStore, IJournalStore>? Around()
    {
        if (!_settings.TryGetValue("--kill-after-line", out var line))
            return null;
        var count = new LineCount(int.Parse(line, CultureInfo.InvariantCulture));
        return store => new KillingStore(store, count);
    }
}
