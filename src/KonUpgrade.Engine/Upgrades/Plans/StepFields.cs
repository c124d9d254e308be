using System.Globalization;
using KonUpgrade.Engine.Traffic;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>Settings that several kinds of steps have.</summary>
internal static class StepFields
{
    public static StepField Class { get; } = new("class", StepFieldType.Choice) { Choices = ["Scheduled", "Serving", "All"], Required = true };

    public static StepField OnDifference { get; } = Decision("onDifference");

    public static StepField Accept { get; } = new("accept", StepFieldType.Texts) { MayBeEmpty = true };

    public static StepField Timeout { get; } = Within("30m");

    public static StepField Interval { get; } = new("interval", StepFieldType.Duration, "10s");

    public static StepField Existing { get; } = new("existing", StepFieldType.Choice, "Skip") { Choices = ["Skip", "Apply", "Fail"] };

    public static StepField ForceConflict { get; } = new("forceConflict", StepFieldType.Flag, "false");

    public static StepField IncludeCrd { get; } = new("includeCrd", StepFieldType.Flag, "false");

    /// <summary>The checks that are made; all where it is not there.</summary>
    public static StepField Include { get; } = new("include", StepFieldType.Texts);

    /// <summary>The checks that are not made.</summary>
    public static StepField Exclude { get; } = new("exclude", StepFieldType.Texts) { MayBeEmpty = true };

    /// <summary>The version that the system is to become, as its own description tells it.</summary>
    public static StepField SystemVersion { get; } = new("systemVersion", StepFieldType.Text);

    /// <summary>The namespace of Velero's server.</summary>
    public static StepField VeleroNamespace { get; } = new("veleroNamespace", StepFieldType.Text, "velero");

    /// <summary>The region in which AWS is asked; that of the login where it is not there.</summary>
    public static StepField Region { get; } = new("region", StepFieldType.Text);

    /// <summary>The host names that are led.</summary>
    public static StepField Hosts { get; } = new("hosts", StepFieldType.Texts) { Required = true, Refusal = NoHostName };

    /// <summary>The host name by which green is tried before users come to it.</summary>
    public static StepField TestHost { get; } = new("testHost", StepFieldType.Text) { Refusal = NoHostName };

    /// <summary>What a load balancer is asked for host names, and what a good answer is.</summary>
    public static IReadOnlyList<StepField> Probe { get; } =
    [
        new("probe", StepFieldType.Text, "/"), new("status", StepFieldType.Texts) { Refusal = NoStatus }, new("maximumLatency", StepFieldType.Duration), new("probeInterval", StepFieldType.Duration, "10s"),
        new("probeAddress", StepFieldType.Text), new("skipCertificateCheck", StepFieldType.Flag, "false"),
    ];

    /// <summary>How long the step may wait.</summary>
    /// <param name="usual">Where the plan does not say.</param>
    public static StepField Within(string usual) => new("timeout", StepFieldType.Duration, usual);

    /// <summary>What becomes of the upgrade where something is not as it should be.</summary>
    /// <param name="name">The field.</param>
    /// <param name="usual">Where the plan does not say.</param>
    public static StepField Decision(string name, string usual = "Approve") => new(name, StepFieldType.Choice, usual) { Choices = ["Approve", "Fail", "Report"] };

    /// <summary>Why a text is no host name; null where it is one.</summary>
    public static string? NoHostName(string text) => HostNames.Normal(text) is null ? $"'{text}' is no host name, such as shop.example.com" : null;

    private static string? NoStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? null : $"'{text}' is no status of HTTP, a number from 100 to 599";
}
