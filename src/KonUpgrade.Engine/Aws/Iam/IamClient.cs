using System.Xml.Linq;
using Amazon;
using KonUpgrade.Engine.Aws.Query;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>
/// IAM on the SDK's own runtime: operations and fields are named as in the service's model, version 2010-05-08, query
/// protocol. It is one service a partition, signed for the partition's home region, and knows the account that the
/// credentials belong to. Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where; null for what environment and profiles say, with no program started.</param>
/// <param name="reporter">Told which credentials are used, and of calls that change something.</param>
public sealed class IamClient(AwsOptions? options = null, IReporter? reporter = null) : IIamRoles, IIamTrust, IIamPolicies, IDisposable
{
    private static readonly AwsService Service = new("IAM", "iam", "2010-05-08");

    private readonly QueryClient _client = new(
        options ?? new AwsOptions(), reporter ?? NullReporter.Instance, Service, static (login, _) => Task.FromResult(Home(login.Source)), IamFailures.Of);

    /// <inheritdoc/>
    public async Task<IamRole?> GetRoleAsync(string roleName, CancellationToken cancellationToken) =>
        await _client.FindAsync(GetRole.Call(roleName), IamFailures.Absent, cancellationToken).ConfigureAwait(false) is { } response ? GetRole.Role(response) : null;

    /// <inheritdoc/>
    public async Task<TrustingRole?> GetTrustAsync(string roleName, CancellationToken cancellationToken) =>
        await _client.FindAsync(GetRole.Call(roleName), IamFailures.Absent, cancellationToken).ConfigureAwait(false) is { } response ? GetRole.Trust(response) : null;

    /// <inheritdoc/>
    public Task UpdateAssumeRolePolicyAsync(string roleName, string policyDocument, CancellationToken cancellationToken) =>
        _client.CallAsync(UpdateAssumeRolePolicy.Call(roleName, policyDocument), cancellationToken);

    /// <inheritdoc/>
    public async Task<OpenIDConnectProvider?> GetOpenIDConnectProviderAsync(string providerArn, CancellationToken cancellationToken) =>
        await _client.FindAsync(GetOpenIDConnectProvider.Call(providerArn), IamFailures.Absent, cancellationToken).ConfigureAwait(false) is { } response
            ? GetOpenIDConnectProvider.Read(response)
            : null;

    /// <inheritdoc/>
    public async Task<int?> GetTrustPolicyQuotaAsync(CancellationToken cancellationToken) =>
        GetAccountSummary.Number(await _client.CallAsync(GetAccountSummary.Call("AssumeRolePolicySizeQuota"), cancellationToken).ConfigureAwait(false), "AssumeRolePolicySizeQuota");

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttachedPolicy>> ListAttachedRolePoliciesAsync(string roleName, CancellationToken cancellationToken) =>
        ListAsync(marker => ListAttachedRolePolicies.Call(roleName, marker), "AttachedPolicies", ListAttachedRolePolicies.Read, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListRolePoliciesAsync(string roleName, CancellationToken cancellationToken) =>
        ListAsync(marker => ListRolePolicies.Call(roleName, marker), "PolicyNames", static member => member.Value, cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> GetRolePolicyAsync(string roleName, string policyName, CancellationToken cancellationToken) =>
        (await _client.FindAsync(GetRolePolicy.Call(roleName, policyName), IamFailures.Absent, cancellationToken).ConfigureAwait(false))?.Decoded("PolicyDocument");

    /// <inheritdoc/>
    public async Task<ManagedPolicy?> GetPolicyAsync(string policyArn, CancellationToken cancellationToken) =>
        await _client.FindAsync(GetPolicy.Call(policyArn), IamFailures.Absent, cancellationToken).ConfigureAwait(false) is { } response ? GetPolicy.Read(response) : null;

    /// <inheritdoc/>
    public async Task<string?> GetPolicyVersionAsync(string policyArn, string versionId, CancellationToken cancellationToken) =>
        (await _client.FindAsync(GetPolicyVersion.Call(policyArn, versionId), IamFailures.Absent, cancellationToken).ConfigureAwait(false))?.Decoded("PolicyVersion", "Document");

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<IReadOnlyList<T>> ListAsync<T>(Func<string?, QueryCall> call, string list, Func<XElement, T> read, CancellationToken cancellationToken)
    {
        var found = new List<T>();
        await foreach (var member in _client.PagesAsync(call, list, cancellationToken).ConfigureAwait(false))
            found.Add(read(member));
        return found;
    }

    // One service a partition, which is asked and signed for at the partition's home.
    private static (Uri Url, string SigningRegion) Home(AwsCredentialSource source) => RegionEndpoint.GetBySystemName(source.Region ?? "us-east-1").PartitionName switch
    {
        "aws-cn" => (new Uri("https://iam.cn-north-1.amazonaws.com.cn"), "cn-north-1"),
        "aws-us-gov" => (new Uri("https://iam.us-gov.amazonaws.com"), "us-gov-west-1"),
        _ => (new Uri(source.UseFips ? "https://iam-fips.amazonaws.com" : "https://iam.amazonaws.com"), "us-east-1"),
    };
}
