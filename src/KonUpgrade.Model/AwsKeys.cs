using System.Net;
using System.Security;

namespace KonUpgrade.Model;

/// <summary>
/// AWS keys that were given to a command. They live in this process alone: they have no property that could be printed,
/// serialised or written to a file, and an object that carries them comes back from a job without them.
/// </summary>
public sealed class AwsKeys
{
    private readonly SecureString _secretAccessKey;
    private readonly SecureString? _sessionToken;
    private readonly string _accessKeyId;

    /// <summary>Keeps a copy of keys.</summary>
    /// <param name="accessKeyId">The id of the access key.</param>
    /// <param name="secretAccessKey">The secret access key.</param>
    /// <param name="sessionToken">The session's token, or null for keys that last.</param>
    public AwsKeys(string accessKeyId, SecureString secretAccessKey, SecureString? sessionToken = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentNullException.ThrowIfNull(secretAccessKey);
        (_accessKeyId, _secretAccessKey, _sessionToken) = (accessKeyId, secretAccessKey.Copy(), sessionToken?.Copy());
    }

    /// <summary>The keys as they are sent.</summary>
    internal (string AccessKeyId, string SecretAccessKey, string? SessionToken) Reveal() =>
        (_accessKeyId, Text(_secretAccessKey), _sessionToken is { Length: > 0 } token ? Text(token) : null);

    /// <inheritdoc/>
    public override string ToString() => "AWS keys";

    private static string Text(SecureString secret) => new NetworkCredential("", secret).Password;
}
