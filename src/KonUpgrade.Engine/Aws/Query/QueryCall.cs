namespace KonUpgrade.Engine.Aws.Query;

/// <summary>A call of the query protocol: the action and its parameters as a form, the answer as XML.</summary>
/// <param name="Operation">The operation, named as in the service's model.</param>
/// <param name="Parameters">Its parameters; what is null is left out.</param>
internal sealed record QueryCall(string Operation, params (string Name, string? Value)[] Parameters)
{
    /// <summary>What it is for, for messages.</summary>
    public required AwsCall About { get; init; }

    /// <summary>Whether it changes nothing.</summary>
    public bool IsRead => Operation.StartsWith("Get", StringComparison.Ordinal) || Operation.StartsWith("List", StringComparison.Ordinal) || Operation.StartsWith("Describe", StringComparison.Ordinal);
}
