using System.Globalization;
using System.Xml.Linq;
using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>GetAccountSummary: what the account has of IAM, and may have.</summary>
internal static class GetAccountSummary
{
    public static QueryCall Call(string name) => new("GetAccountSummary")
    {
        About = new AwsCall("IAM could not be asked for the account's quotas", "iam:GetAccountSummary", name),
    };

    /// <summary>One of the numbers; null where it is not told.</summary>
    public static int? Number(QueryResponse response, string name)
    {
        var entry = response.Find("SummaryMap")?.Elements().FirstOrDefault(entry => Part(entry, "key") == name);
        return int.TryParse(entry is null ? null : Part(entry, "value"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string? Part(XElement entry, string name) => entry.Elements().FirstOrDefault(part => part.Name.LocalName == name)?.Value;
}
