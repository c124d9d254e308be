using System.Security.Cryptography;
using System.Text;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>What of an upgrade somebody chooses.</summary>
public sealed record UpgradePlanOptions
{
    /// <summary>The name; null for one made of the clusters' names.</summary>
    public string? Name { get; init; }

    /// <summary>What of the configuration is moved; everything of the system unless told.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>What becomes of Secrets, and of what the system names as sensitive.</summary>
    public SecretHandling Secret { get; init; }

    /// <summary>What becomes of claims and volumes.</summary>
    public VolumeHandling Volume { get; init; }

    /// <summary>Kinds that may act on the world outside green as soon as they arrive; <c>*</c> for all.</summary>
    public IReadOnlyList<string> AllowOutward { get; init; } = [];

    /// <summary>Steps before which the upgrade waits for a person, beside those of the system.</summary>
    public IReadOnlyList<string> Gate { get; init; } = [];

    /// <summary>Steps before which the upgrade waits until a script lets it through.</summary>
    public IReadOnlyList<string> ScriptGate { get; init; } = [];

    /// <summary>Steps of the system that the plan is to be without.</summary>
    public IReadOnlyList<string> Omit { get; init; } = [];

    /// <summary>What steps have to know, by step and setting: texts, or lists of texts joined by commas.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Setting { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>As whom Route 53 is asked whether it keeps the zones of host names; null for not at all. Where it can't be asked, the steps find out.</summary>
    public AwsOptions? Aws { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Makes the plan of an upgrade between two clusters that are there: the steps of every system, as the system's description changes them.</summary>
public static class UpgradePlanner
{
    /// <summary>Makes a plan. Nothing is changed on either cluster.</summary>
    /// <exception cref="UpgradeException">
    /// SameCluster, IdentityUnknown, SystemNotPlanned, KindNotFound, GroupNotFound, NamespaceNotFound, KindNotInSystem,
    /// InvalidLabelSelector, UnknownStep, TwoGates, StepSettingInvalid, StepSettingMissing, PlanBroken;
    /// InvalidSystem, with the place in the system's file; or a cluster can't be reached.
    /// </exception>
    public static async Task<UpgradePlan> PlanAsync(
        ClusterConnection blue, ClusterConnection green, SystemDefinition system, UpgradePlanOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blue);
        ArgumentNullException.ThrowIfNull(green);
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reporter);
        if (system.Family is not null)
            throw new UpgradeException(NotPlanned(system.Description.Name));
        var plan = new UpgradePlan
        {
            Name = options.Name ?? NameOf(blue.Context.Name, green.Context.Name),
            System = system.Description.Name,
            Blue = await ClusterAsync(blue, cancellationToken).ConfigureAwait(false),
            Green = await ClusterAsync(green, cancellationToken).ConfigureAwait(false),
            Selection = options.Selection,
            Secret = options.Secret,
            Volume = options.Volume,
            AllowOutward = options.AllowOutward,
            CreatedAt = options.Time.GetUtcNow(),
            Steps = [],
        };
        if (plan.Blue.ClusterUid == plan.Green?.ClusterUid)
            throw new UpgradeException(ClusterConnection.SameCluster(blue.Context.Name, green.Context.Name));
        if (!StepText.IsName(plan.Name))
            throw new UpgradeException(NoName(plan.Name));
        if (!options.Selection.IsEverything())
            await MeansSomethingAsync(blue, system.Description, options, reporter, cancellationToken).ConfigureAwait(false);
        if (!options.Omit.Contains(TrafficPlace.Here))
            options = options with { Setting = await TrafficPlace.FindAsync(options.Setting, blue, green, options.Aws, reporter, cancellationToken).ConfigureAwait(false) };
        var steps = Named(SystemSteps.For(system.Description, options, reporter), blue.Context.Name, green.Context.Name);
        if (options.Gate.Concat(options.ScriptGate).FirstOrDefault(id => !steps.Exists(step => step.Id == id)) is { } unknown)
            throw new UpgradeException(UnknownStep(unknown, "the plan", steps));
        return plan with { Steps = PlanCheck.Ordered([.. steps.Select(step => Gated(step, options.Gate.Contains(step.Id), options.ScriptGate.Contains(step.Id)))]) };
    }

    /// <summary>The steps that a plan of a system can have, the clusters called blue and green.</summary>
    /// <exception cref="UpgradeException">InvalidSystem, with the place in the system's file.</exception>
    public static IReadOnlyList<UpgradeStep> StepsOf(SystemDefinition system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return Steps(system.Description, "blue", "green");
    }

    /// <summary>The steps that a plan of a system can have.</summary>
    internal static List<UpgradeStep> Steps(SystemDescription system, string blue, string green) => Named(SystemSteps.Of(system), blue, green);

    /// <summary>A step with the gate that whoever makes the plan chooses.</summary>
    /// <exception cref="UpgradeException">TwoGates.</exception>
    internal static UpgradeStep Gated(UpgradeStep step, bool forPerson, bool forScript)
    {
        if (forPerson && forScript)
            throw new UpgradeException(TwoGates(step.Id));
        if (forScript)
            return step with { Gate = UpgradeGate.Script };
        return step.Gate == UpgradeGate.None && forPerson ? step with { Gate = UpgradeGate.Approval } : step;
    }

    // A word that is mistyped is told now, and not at the first export, when people have waited for the upgrade to begin.
    private static async Task MeansSomethingAsync(ClusterConnection blue, SystemDescription system, UpgradePlanOptions options, IReporter reporter, CancellationToken cancellationToken) =>
        _ = await ClusterSelection.ReadAsync(
            blue, await blue.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false), system, options.Selection, options.Secret, reporter, cancellationToken).ConfigureAwait(false);

    private static List<UpgradeStep> Named(IEnumerable<UpgradeStep> steps, string blue, string green) =>
        [.. steps.Select(step => step with { Title = Named(step.Title, blue, green), Changes = Named(step.Changes ?? "", blue, green) })];

    private static string Named(string text, string blue, string green) =>
        text.Replace("{blue}", blue, StringComparison.Ordinal).Replace("{green}", green, StringComparison.Ordinal);

    internal static async Task<UpgradeCluster> ClusterAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        var identity = await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var version = await cluster.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        return new UpgradeCluster
        {
            Context = cluster.Context.Name,
            KubeConfigPath = cluster.Context.KubeConfigPath is { Length: > 0 } path ? path : null,
            ClusterUid = identity.Require(cluster.Context.Name),
            ServerVersion = version.GitVersion,
        };
    }

    // Contexts may be called anything, such as an ARN.
    internal static string NameOf(string blue, string green)
    {
        const int Longest = 50;
        var name = new string([.. $"{blue}-to-{green}".ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')]).Trim('-');
        if (name.Length <= Longest)
            return name;
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{blue}\n{green}")))[..8].ToLowerInvariant();
        return $"{name[^(Longest - 9)..].Trim('-')}-{hash}";
    }

    private static Failure NotPlanned(string system) => new()
    {
        Id = "SystemNotPlanned",
        Kind = FailureKind.NotSupported,
        Message = $"{system} is on several clusters that belong together; a plan from blue to green is for one cluster each.",
        Recommendation = "Upgrade it in place: -Cluster with its master, and -TargetVersion. To carry each of its clusters to another one, use Export-ClusterConfig and Import-ClusterConfig.",
        Target = system,
    };

    private static Failure TwoGates(string id) => new()
    {
        Id = "TwoGates",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{id}' is to wait for a person and for a script: a step has one gate.",
        Recommendation = "Name it in -Gate or in -ScriptGate.",
        Target = id,
    };

    internal static Failure NoName(string name) => new()
    {
        Id = "InvalidPlan",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{name}' is no plan's name: small letters, digits and hyphens, at most 63, beginning and ending with a letter or digit.",
        Recommendation = "Objects in the clusters are called by it; choose another.",
        Target = name,
    };

    /// <summary>A step that somebody names and that is not there.</summary>
    /// <param name="id">What was named.</param>
    /// <param name="plan">What the plan is called.</param>
    /// <param name="steps">Its steps.</param>
    public static Failure UnknownStep(string id, string plan, IEnumerable<UpgradeStep> steps) => new()
    {
        Id = "UnknownStep",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{id}' is no step of {plan}. There are: {string.Join(", ", steps.Select(step => step.Id))}.",
        Recommendation = "Use one of these.",
        Target = id,
    };
}
