using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>The region's STS, as far as it tells who asks.</summary>
internal static class CallerService
{
    private static readonly XNamespace Space = "https://sts.amazonaws.com/doc/2011-06-15/";

    public static QueryService Of(Func<AwsKey> key) => new("sts", Space, new object(),
    [
        new QueryOperation("GetCallerIdentity", "get", "callers", _ =>
        [
            new XElement("Arn", $"arn:aws:sts::{key().AccountId}:assumed-role/sandbox/sandbox"),
            new XElement("UserId", "AROASANDBOXSANDBOX000:sandbox"),
            new XElement("Account", key().AccountId),
        ]),
    ]);
}
