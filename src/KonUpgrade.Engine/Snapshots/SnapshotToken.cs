using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>
/// What makes a request for a backup one and the same: name, vault, ARN and attempt. The service answers a token with the
/// job that it began, also when that failed: a new attempt needs a new one.
/// </summary>
internal static class SnapshotToken
{
    /// <summary>The tag of a recovery point that holds the snapshot's name.</summary>
    public const string NameTag = "konupgrade.dev/snapshot";

    public static string Of(string name, string vault, string resourceArn, int attempt)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{name}\n{vault}\n{resourceArn}\n{attempt}");
        return "konupgrade-" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40].ToLowerInvariant();
    }
}
