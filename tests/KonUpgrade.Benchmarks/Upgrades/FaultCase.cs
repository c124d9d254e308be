using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Benchmarks.Upgrades;

/// <summary>What goes wrong in the middle of an upgrade.</summary>
/// <param name="Series">On which way.</param>
/// <param name="Verb">With requests of which verb.</param>
/// <param name="Name">How it is called.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Count">How often in a row: once, or more often than it is tried again.</param>
internal sealed record FaultCase(CrashSeries Series, string Verb, string Name, SandboxFault Fault, int Count)
{
    private const int Many = 10;

    private static readonly IReadOnlyList<string> s_verbs = ["get", "list", "create", "update", "patch", "delete"];

    private static readonly IReadOnlyList<(string Name, SandboxFault Fault)> s_faults =
    [
        ("429", new SandboxFault { Kind = FaultKind.TooManyRequests, RetryAfterSeconds = 0 }),
        ("500", new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 500 }),
        ("503", new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 503 }),
        ("reset before", new SandboxFault { Kind = FaultKind.Reset }),
        ("reset after", new SandboxFault { Kind = FaultKind.Reset, AfterBytes = 0 }),
        ("timeout before", new SandboxFault { Kind = FaultKind.Slow, Delay = TimeSpan.FromSeconds(30) }),
        ("timeout after", new SandboxFault { Kind = FaultKind.Unanswered }),
        ("409", new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 409, Reason = "Conflict", Message = "the object has been modified; please apply your changes to the latest version and try again" }),
        ("410", new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 410, Reason = "Expired", Message = "The provided continue parameter is too old" }),
        ("401", new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 401, Reason = "Unauthorized", Message = "Unauthorized" }),
    ];

    /// <summary>All cases of a way.</summary>
    public static IEnumerable<FaultCase> Of(CrashSeries series) =>
        from verb in s_verbs
        from fault in s_faults
        where Happens(verb, fault.Name)
        from count in new[] { 1, Many }
        select new FaultCase(series, verb, fault.Name, fault.Fault with { Verb = verb }, count);

    public override string ToString() => $"{Series}, {Verb}, {Name}{(Count == 1 ? "" : ", again and again")}";

    private static bool Happens(string verb, string fault) => fault switch
    {
        "409" => verb is not ("get" or "list"),
        "410" => verb == "list",
        // A list is sent while it is read.
        "timeout after" => verb != "list",
        _ => true,
    };
}
