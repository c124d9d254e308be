using System.Globalization;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>Times as the service writes them.</summary>
internal static class IamTime
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
