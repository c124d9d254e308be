using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>A call of AWS Backup: how it is sent, and what it is about.</summary>
/// <param name="Operation">The operation's name in the service's model.</param>
/// <param name="What">What it does, for messages: <c>describe</c>.</param>
internal sealed record BackupCall(string Operation, string What) : IRestJsonCall
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, with names in braces for what differs.</summary>
    public required string Path { get; init; }

    /// <summary>The values in the path, by their names.</summary>
    public IReadOnlyList<(string Name, string Value)> PathValues { get; init; } = [];

    /// <summary>The query; what is null is left out.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    /// <inheritdoc/>
    public object? Body { get; init; }

    /// <summary>What kind of thing it is about.</summary>
    public BackupThing Thing { get; init; }

    /// <inheritdoc/>
    public required string Subject { get; init; }

    /// <inheritdoc/>
    public required string Target { get; init; }

    /// <inheritdoc/>
    public RestJsonRequest Request(byte[]? body) => new() { Method = Method, Path = Path, PathValues = PathValues, Query = Query, Body = body };

    /// <inheritdoc/>
    public AwsException Failed(Exception e, string region) => BackupFailures.Of(e, this, region);

    /// <inheritdoc/>
    public AwsException Failed(Failure failure, Exception e) => new BackupException(failure, e);
}

/// <summary>What kinds of things calls are about.</summary>
internal enum BackupThing
{
    /// <summary>Another one, or all.</summary>
    Other,

    /// <summary>A backup job.</summary>
    BackupJob,

    /// <summary>A restore job.</summary>
    RestoreJob,

    /// <summary>A vault.</summary>
    Vault,

    /// <summary>A recovery point.</summary>
    RecoveryPoint,

    /// <summary>What is to be protected.</summary>
    Resource,
}
