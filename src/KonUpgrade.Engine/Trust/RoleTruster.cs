using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Trust;

/// <summary>
/// Lets the roles that a cluster's ServiceAccounts name (annotation eks.amazonaws.com/role-arn) trust those very
/// ServiceAccounts of that very cluster, with audience and subject, and takes that back.
/// </summary>
public sealed class RoleTruster(IIamTrust iam, IReporter reporter)
{
    private const string RoleAnnotation = "eks.amazonaws.com/role-arn";
    private const string AudienceAnnotation = "eks.amazonaws.com/audience";

    private readonly TrustAccount _account = new(iam, reporter);

    /// <summary>What lets the roles of a cluster trust its ServiceAccounts: one change a role, by their ARNs.</summary>
    /// <exception cref="UpgradeException">IssuerNotFound, IssuerForbidden; what the API server says.</exception>
    public async Task<IReadOnlyList<RoleTrustChange>> GrantsAsync(ClusterConnection cluster, RoleTrustOptions options, CancellationToken cancellationToken)
    {
        return await RolesAsync(
            cluster,
            options,
            (trust, accounts, host) => new RoleTrustGrant(trust, trust.ProviderArn is { } arn ? Wanted(new TrustedIssuer(arn, host), accounts) : [], _account, reporter),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What takes back all that was added for a cluster to the roles that its ServiceAccounts name; with namespaces, only what was added for theirs.</summary>
    /// <exception cref="UpgradeException">IssuerNotFound, IssuerForbidden; what the API server says.</exception>
    public async Task<IReadOnlyList<RoleTrustChange>> RevocationsAsync(ClusterConnection cluster, RoleTrustOptions options, CancellationToken cancellationToken)
    {
        return await RolesAsync(
            cluster,
            options,
            (trust, _, host) => new RoleTrustRevocation(trust, trust.ProviderArn is { } arn ? new TrustedIssuer(arn, host) : null, IsOf, _account, reporter),
            cancellationToken).ConfigureAwait(false);

        // What was added is taken back whole: a ServiceAccount may be gone from the cluster by now.
        bool IsOf(string subject) => options.Namespace.Count == 0 || options.Namespace.Any(ns => subject.StartsWith(TrustedIssuer.SubjectsOf(ns), StringComparison.Ordinal));
    }

    /// <summary>What takes back what one grant added. The cluster is not asked: it may be gone.</summary>
    /// <param name="granted">What came of the grant; of one that failed, too, since the service may have heard it.</param>
    public RoleTrustChange Revocation(ClusterRoleTrust granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        var subjects = granted.Action is RoleTrustAction.Granted or RoleTrustAction.Failed ? granted.Subjects : [];
        return new RoleTrustRevocation(
            granted with { Subjects = [], PolicyBefore = null, PolicyAfter = null, Difference = [], Failure = null },
            granted.ProviderArn is { } arn ? TrustedIssuer.Of(arn) : null,
            subjects.Contains,
            _account,
            reporter);
    }

    /// <summary>Who signs the tokens of a cluster's ServiceAccounts.</summary>
    /// <exception cref="UpgradeException">The cluster tells none, or the login may not ask.</exception>
    public static async Task<Uri> IssuerOfAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        try
        {
            return await cluster.Client.GetIssuerAsync(cancellationToken).ConfigureAwait(false) ?? throw TrustFailures.NoIssuer(cluster.Context.Name);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            throw TrustFailures.IssuerForbidden(cluster.Context.Name, e);
        }
    }

    private async Task<string> IssuerAsync(ClusterConnection cluster, RoleTrustOptions options, CancellationToken cancellationToken)
    {
        var issuer = options.Issuer ?? await IssuerOfAsync(cluster, cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"{cluster.Context.Name}: {issuer} signs the tokens of its ServiceAccounts.");
        return $"{issuer.Authority}{issuer.AbsolutePath}".TrimEnd('/');
    }

    // Who signs is asked where it matters: not every cluster tells, nor needs to.
    private async Task<IReadOnlyList<RoleTrustChange>> RolesAsync(
        ClusterConnection cluster, RoleTrustOptions options, Func<ClusterRoleTrust, IReadOnlyList<Account>, string, RoleTrustChange> make, CancellationToken cancellationToken)
    {
        var identity = await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var accounts = new List<Account>();
        await foreach (var account in cluster.Client.ListAsync(CoreResources.ServiceAccounts, options.Namespace, cancellationToken).ConfigureAwait(false))
        {
            using (account)
            {
                if (account.Annotation(RoleAnnotation) is { Length: > 0 } arn)
                    accounts.Add(new Account(arn, account.Namespace!, account.Name, account.Annotation(AudienceAnnotation) is { Length: > 0 } audience ? audience : TrustedIssuer.UsualAudience));
            }
        }

        if (accounts.Count == 0)
            return [];
        var host = await IssuerAsync(cluster, options, cancellationToken).ConfigureAwait(false);
        return [.. accounts.GroupBy(account => account.RoleArn, StringComparer.Ordinal).OrderBy(role => role.Key, StringComparer.Ordinal).Select(role =>
        {
            var own = role.OrderBy(account => account.Path, StringComparer.Ordinal).ToList();
            return make(
                new ClusterRoleTrust
                {
                    Context = cluster.Context.Name,
                    ClusterUid = identity.Uid,
                    RoleName = role.Key[(role.Key.LastIndexOf('/') + 1)..],
                    RoleArn = role.Key,
                    ProviderArn = RoleTrustChange.Parts(role.Key) is var (partition, id, _) ? $"arn:{partition}:iam::{id}:oidc-provider/{host}" : null,
                    ServiceAccounts = [.. own.Select(account => account.Path)],
                    Action = RoleTrustAction.Failed,
                },
                own,
                host);
        })];
    }

    private static IReadOnlyList<WantedTrust> Wanted(TrustedIssuer issuer, IReadOnlyList<Account> accounts) =>
        [.. accounts.GroupBy(account => account.Audience, StringComparer.Ordinal).Select(audience =>
            new WantedTrust(issuer with { Audience = audience.Key }, [.. audience.Select(account => TrustedIssuer.Subject(account.Namespace, account.Name))]))];

    private sealed record Account(string RoleArn, string Namespace, string Name, string Audience)
    {
        public string Path => $"{Namespace}/{Name}";
    }
}
