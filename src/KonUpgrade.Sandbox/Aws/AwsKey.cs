namespace KonUpgrade.Sandbox.Aws;

/// <summary>The one key of the account, and where it holds.</summary>
internal sealed record AwsKey(string Region, string AccountId, string AccessKeyId, string SecretAccessKey, bool VerifySignatures);
