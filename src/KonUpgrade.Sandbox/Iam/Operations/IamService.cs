using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>The account's IAM.</summary>
internal static class IamService
{
    private static readonly XNamespace Space = "https://iam.amazonaws.com/doc/2010-05-08/";

    public static QueryService Of(IamAccount account)
        => new("iam", Space, account.Gate, [.. new RoleOperations(account).All, .. new PolicyOperations(account).All, .. new AccountOperations(account).All])
        {
            IsGlobal = true,
            FaultType = "ServiceFailure",
        };
}
