namespace KonUpgrade.Engine.Workloads;

/// <summary>A Job, a Pod or something else that has not come to its end.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Of">The workload that it belongs to, as people write it.</param>
/// <param name="IsEnding">Whether it is being deleted.</param>
internal sealed record RunningPart(string Kind, string Namespace, string Name, string Of, bool IsEnding)
{
    /// <summary>Its UID.</summary>
    public string Uid { get; init; } = "";

    /// <summary>The UID of its controller.</summary>
    public string ControllerUid { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Namespace}/{Name} of {Of}{(IsEnding ? " (it is ending)" : "")}";
}

/// <summary>What was seen of held workloads.</summary>
/// <param name="Parts">What still runs.</param>
/// <param name="Unseen">Kinds that could not be looked at, with why: what still runs may belong to what is held by way of them.</param>
internal sealed record RunningLook(IReadOnlyList<RunningPart> Parts, IReadOnlyDictionary<string, string> Unseen);
