using KonUpgrade.Benchmarks.Upgrades.Scenes;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>What goes wrong in the middle of an upgrade.</summary>
/// <param name="Series">On which way.</param>
/// <param name="Name">How it is called.</param>
internal sealed record FaultCase(CrashSeries Series, string Name)
{
    private const int Many = 10;
    private const double Half = 0.5;

    private static readonly IReadOnlyList<(string Name, SandboxFault Fault)> s_faults =
    [
        ("429", new SandboxFault { Kind = FaultKind.TooManyRequests, RetryAfterSeconds = 0 }),
        ("500", new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 500 }),
        ("503", new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 503 }),
        ("reset before", new SandboxFault { Kind = FaultKind.Reset }),
        ("reset after", new SandboxFault { Kind = FaultKind.Reset, AfterBytes = 0 }),
        ("reset mid-body", new SandboxFault { Kind = FaultKind.Reset, AfterBytes = 100 }),
        ("timeout before", new SandboxFault { Kind = FaultKind.Slow, Delay = TimeSpan.FromSeconds(30) }),
        ("timeout after", new SandboxFault { Kind = FaultKind.Unanswered }),
        ("409", new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 409, Reason = "Conflict", Message = "the object has been modified; please apply your changes to the latest version and try again" }),
        ("410", new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 410, Reason = "Expired", Message = "The provided continue parameter is too old" }),
        ("401", new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 401, Reason = "Unauthorized", Message = "Unauthorized" }),
        ("403", new SandboxFault { Kind = FaultKind.Refuse }),
        ("watch cut off", new SandboxFault { Kind = FaultKind.CutWatch }),
        ("watch torn", new SandboxFault { Kind = FaultKind.CutWatch, Abrupt = true }),
    ];

    /// <summary>What goes wrong, and with which requests; null where the disk of the journal is full.</summary>
    public (FaultTarget Target, SandboxFault Fault)? Request { get; init; }

    /// <summary>How often in a row: once, or more often than it is tried again.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Where of the way: the part of its requests, or of its journal, that goes well before.</summary>
    public double At { get; init; } = Half;

    /// <summary>All cases of a way.</summary>
    public static IEnumerable<FaultCase> Of(CrashSeries series) =>
    [
        .. from target in FaultTarget.Of(series.SystemName)
           from fault in s_faults
           where Happens(target, fault.Name)
           from count in new[] { 1, Many }
           // What comes once, a client bears in every upgrade alike.
           where count > 1 || target.IsAws || series.SystemName == SmallScene.Name
           select new FaultCase(series, $"{target.Name}, {fault.Name}{(count == 1 ? "" : ", again and again")}")
           {
               Request = (target, target.Aim(fault.Fault)),
               Count = count,
               // How often something is watched anew is a matter of time.
               At = target.Verb == "watch" ? 0 : Half,
           },
        .. from part in series.InCluster ? [] : new[] { 0.25, 0.5, 0.75 }
           select new FaultCase(series, FormattableString.Invariant($"the journal's disk full after {part:0%}")) { At = part },
    ];

    public override string ToString() => $"{Series}, {Name}";

    private static bool Happens(FaultTarget target, string fault) => target switch
    {
        { IsAws: true } => fault is "429" or "500" or "503" or "reset before" or "reset after" or "403",
        { Verb: "watch" } => fault is "watch cut off" or "watch torn" or "500" or "410" or "reset before",
        _ => fault switch
        {
            "409" => target.Verb is not ("get" or "list"),
            "410" => target.Verb == "list",
            // A list is sent while it is read.
            "timeout after" => target.Verb != "list",
            "reset mid-body" => target.Verb is "get" or "list",
            "403" or "watch cut off" or "watch torn" => false,
            _ => true,
        },
    };
}
