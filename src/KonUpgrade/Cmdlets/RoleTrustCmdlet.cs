using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Trust;
using KonUpgrade.Operations;

namespace KonUpgrade.Cmdlets;

/// <summary>What granting and revoking trust have in common: the ServiceAccounts of a cluster that are meant.</summary>
public abstract class RoleTrustCmdlet : ConnectedAwsCmdlet
{
    /// <summary>The parameter set in which the ServiceAccounts of a cluster are meant.</summary>
    protected const string ClusterSet = "Cluster";

    /// <summary>The namespaces of the ServiceAccounts.</summary>
    [Parameter(ParameterSetName = ClusterSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>The issuer of the cluster's tokens; the cluster is asked where it is not given.</summary>
    [Parameter(ParameterSetName = ClusterSet)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Uri? Issuer { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Issuer is { } url && (!url.IsAbsoluteUri || url.Scheme != Uri.UriSchemeHttps))
        {
            Fail(new Failure
            {
                Id = "IssuerInvalid",
                Kind = FailureKind.InvalidArgument,
                Message = $"'{url.OriginalString}' is no https URL.",
                Recommendation = "Write it whole, as the service gives it: https://oidc.eks.eu-west-1.amazonaws.com/id/…",
            });
        }
    }

    /// <summary>What is asked for a cluster. A managed one tells its issuer, and where and as whom it was found.</summary>
    private protected RoleTrustRequest RequestOf(ClusterContext cluster)
    {
        var managed = cluster.Managed;
        var issuer = Issuer ?? (Uri.TryCreate(managed?.OidcIssuer, UriKind.Absolute, out var told) ? told : null);
        var aws = Aws with { Region = Region ?? managed?.Region, ProfileName = ProfileName ?? (Credential is null ? managed?.ProfileName : null) };
        return new RoleTrustRequest(RequestFor(cluster), aws, new RoleTrustOptions { Namespace = Namespace ?? [], Issuer = issuer });
    }
}
