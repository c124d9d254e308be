namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>Settings that several kinds of steps have.</summary>
internal static class StepFields
{
    public static StepField Class { get; } = new("class", StepFieldType.Choice) { Choices = ["Scheduled", "Serving", "All"], Required = true };

    public static StepField OnDifference { get; } = Decision("onDifference");

    public static StepField Accept { get; } = new("accept", StepFieldType.Texts);

    public static StepField Timeout { get; } = Within("30m");

    public static StepField Interval { get; } = new("interval", StepFieldType.Duration, "10s");

    public static StepField Existing { get; } = new("existing", StepFieldType.Choice, "Skip") { Choices = ["Skip", "Apply", "Fail"] };

    public static StepField ForceConflict { get; } = new("forceConflict", StepFieldType.Flag, "false");

    public static StepField IncludeCrd { get; } = new("includeCrd", StepFieldType.Flag, "false");

    /// <summary>The checks that are made; all where it is not there.</summary>
    public static StepField Include { get; } = new("include", StepFieldType.Texts);

    /// <summary>The checks that are not made.</summary>
    public static StepField Exclude { get; } = new("exclude", StepFieldType.Texts);

    /// <summary>The version that the system is to become, as its own description tells it.</summary>
    public static StepField SystemVersion { get; } = new("systemVersion", StepFieldType.Text);

    /// <summary>The namespace of Velero's server.</summary>
    public static StepField VeleroNamespace { get; } = new("veleroNamespace", StepFieldType.Text, "velero");

    /// <summary>The region in which AWS is asked; that of the login where it is not there.</summary>
    public static StepField Region { get; } = new("region", StepFieldType.Text);

    /// <summary>What a load balancer is asked for host names, and what a good answer is.</summary>
    public static IReadOnlyList<StepField> Probe { get; } =
    [
        new("probe", StepFieldType.Text, "/"), new("status", StepFieldType.Texts), new("maximumLatency", StepFieldType.Duration), new("probeInterval", StepFieldType.Duration, "10s"),
        new("probeAddress", StepFieldType.Text), new("skipCertificateCheck", StepFieldType.Flag, "false"),
    ];

    /// <summary>How long the step may wait.</summary>
    /// <param name="usual">Where the plan does not say.</param>
    public static StepField Within(string usual) => new("timeout", StepFieldType.Duration, usual);

    /// <summary>What becomes of the upgrade where something is not as it should be.</summary>
    /// <param name="name">The field.</param>
    /// <param name="usual">Where the plan does not say.</param>
    public static StepField Decision(string name, string usual = "Approve") => new(name, StepFieldType.Choice, usual) { Choices = ["Approve", "Fail", "Report"] };
}
