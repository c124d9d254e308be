using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Aws.Sts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Checking;

/// <summary>
/// Looks at the role that AWS Backup is to assume: that it is there, that the service may assume it, and that it may back
/// up what it is to. What may not be read is told, and counts for nothing.
/// </summary>
/// <param name="iam">IAM.</param>
/// <param name="reporter">Told of what may not be read.</param>
internal sealed class BackupRole(IamClient iam, IReporter reporter)
{
    private const string Service = "backup.amazonaws.com";

    private readonly List<PolicyDocument> _documents = [];
    private readonly List<string> _managed = [];
    private bool _isKnown;
    private string _name = "";
    private string _arn = "";
    private string _partition = "aws";

    /// <summary>What first kept from seeing all of it; null where nothing did.</summary>
    public Failure? Unseen { get; private set; }

    /// <summary>Looks at the role itself, and reads its policies.</summary>
    /// <exception cref="UpgradeException">BackupRoleInvalid, BackupRoleInOtherAccount, BackupRoleNotFound, BackupRoleNotAssumable: nothing could be backed up with it.</exception>
    public async Task ReadAsync(string arn, CallerIdentity? caller, CancellationToken cancellationToken)
    {
        if (arn.Split(':', 6) is not ["arn", var partition, "iam", "", { Length: > 0 } account, var rest] || !rest.StartsWith("role/", StringComparison.Ordinal) || rest.EndsWith('/'))
            throw new UpgradeException(CheckFailures.RoleArnInvalid(arn));
        (_arn, _partition, _name) = (arn, partition, rest[(rest.LastIndexOf('/') + 1)..]);
        if (caller is not null && caller.AccountId != account)
            throw new UpgradeException(CheckFailures.RoleOfOtherAccount(arn, account, caller.AccountId));
        var (isRead, role) = await TryAsync(token => iam.GetTrustAsync(_name, token), "whether AWS Backup may assume it", cancellationToken).ConfigureAwait(false);
        if (!isRead)
            return;
        if (role is null)
            throw new UpgradeException(CheckFailures.RoleMissing(arn, _name, account));
        // Names differ whatever their paths; the service looks for the whole.
        if (role.Arn.Length > 0 && role.Arn != arn)
            throw new UpgradeException(CheckFailures.RolePathWrong(arn, role.Arn));
        if (PolicyDocument.Parse(role.PolicyDocument)?.Trusts(Service) == false)
            throw new UpgradeException(CheckFailures.RoleNotAssumable(arn, _name, Service));
        _isKnown = await ReadPoliciesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the role lacks to back a resource up, as far as can be seen; null for nothing.</summary>
    public Failure? Check(ResourceArn arn)
    {
        foreach (var (action, resource) in BackupRights.Of(arn))
        {
            var answers = _documents.Select(document => document.Ask(action, resource)).ToList();
            if (answers.Contains(PolicyAnswer.Denied))
                return CheckFailures.RightMissing(arn, _arn, _name, _partition, action, isDenied: true);
            if (_isKnown && !answers.Contains(PolicyAnswer.Allowed) && !_managed.Exists(policy => BackupRights.Gives(policy, arn.Type)))
                return CheckFailures.RightMissing(arn, _arn, _name, _partition, action, isDenied: false);
        }

        return null;
    }

    // Whether all of them could be read.
    private async Task<bool> ReadPoliciesAsync(CancellationToken cancellationToken)
    {
        const string what = "what it may do";
        var (isListed, attached) = await TryAsync(token => iam.ListAttachedRolePoliciesAsync(_name, token), what, cancellationToken).ConfigureAwait(false);
        var (hasNames, inline) = await TryAsync(token => iam.ListRolePoliciesAsync(_name, token), what, cancellationToken).ConfigureAwait(false);
        var isWhole = isListed && hasNames;
        foreach (var policy in attached ?? [])
        {
            _managed.Add(policy.PolicyArn);
            // Of AWS' own it is known what they are for.
            if (BackupRights.Gives(policy.PolicyArn, "S3") || BackupRights.Gives(policy.PolicyArn, "EFS"))
                continue;
            isWhole &= await AddAsync(async token => await iam.GetPolicyAsync(policy.PolicyArn, token).ConfigureAwait(false) is { } found
                ? await iam.GetPolicyVersionAsync(policy.PolicyArn, found.DefaultVersionId, token).ConfigureAwait(false)
                : null).ConfigureAwait(false);
        }

        foreach (var name in inline ?? [])
            isWhole &= await AddAsync(token => iam.GetRolePolicyAsync(_name, name, token)).ConfigureAwait(false);
        return isWhole;

        async Task<bool> AddAsync(Func<CancellationToken, Task<string?>> read)
        {
            var (isRead, json) = await TryAsync(read, what, cancellationToken).ConfigureAwait(false);
            if (!isRead || json is null || PolicyDocument.Parse(json) is not { } document)
                return false;
            _documents.Add(document);
            return true;
        }
    }

    private async Task<(bool IsRead, T? Value)> TryAsync<T>(Func<CancellationToken, Task<T>> read, string what, CancellationToken cancellationToken)
    {
        try
        {
            return (true, await read(cancellationToken).ConfigureAwait(false));
        }
        catch (UpgradeException e)
        {
            // Said once: what follows hangs on the same right, or the same way to the service.
            if (Unseen is null)
                reporter.Warning($"Of the role '{_arn}' it can't be seen {what}; that shows at the jobs. {e.Message} {e.Failure.Recommendation}");
            Unseen ??= e.Failure;
            return (false, default);
        }
    }
}
