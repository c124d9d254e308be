using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Json11;

/// <summary>
/// A call of the JSON 1.1 protocol: one path for all operations, the operation's name in a header, and everything else in
/// the body. Answers and errors are as those of REST-JSON.
/// </summary>
/// <param name="Service">The service's name in the header, as its model's targetPrefix says it.</param>
/// <param name="Operation">The operation's name in the service's model.</param>
/// <param name="What">What it does not do where it fails, as a sentence that goes on with what it is about: "the tags were not asked for".</param>
/// <param name="Permission">The right that it needs.</param>
internal sealed record Json11Call(string Service, string Operation, string What, string Permission) : IRestJsonCall
{
    /// <inheritdoc/>
    public required object? Body { get; init; }

    /// <inheritdoc/>
    public required string Subject { get; init; }

    /// <inheritdoc/>
    public required string Target { get; init; }

    /// <summary>Whether it changes nothing.</summary>
    public bool Reads { get; init; }

    /// <inheritdoc/>
    public RestJsonRequest Request(byte[]? body) => new()
    {
        Method = "POST",
        Path = "/",
        Body = body ?? "{}"u8.ToArray(),
        ContentType = "application/x-amz-json-1.1",
        Headers = [("X-Amz-Target", $"{Service}.{Operation}")],
        Reads = Reads,
    };

    /// <inheritdoc/>
    public AwsException Failed(Exception e, string region) => new(AwsFailures.Of(e, new AwsCall($"{What} {Subject} in {region}", Permission, Target)), e);

    /// <inheritdoc/>
    public AwsException Failed(Failure failure, Exception e) => new(failure, e);
}
