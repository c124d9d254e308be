using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Iam;

/// <summary>The account's roles, policies and identity providers. Everything in it changes under its gate.</summary>
internal sealed class IamAccount(IamSettings settings, Func<AwsKey> key)
{
    private readonly string _identity = Guid.NewGuid().ToString();

    /// <summary>Held for a moment by whoever reads or changes anything.</summary>
    public object Gate { get; } = new();

    public IamSettings Settings { get; set; } = settings;

    /// <summary>The roles by their names, which differ whatever their paths.</summary>
    public SortedDictionary<string, IamRole> Roles { get; } = new(StringComparer.Ordinal);

    /// <summary>The managed policies by their ARNs.</summary>
    public SortedDictionary<string, IamPolicy> Policies { get; } = new(StringComparer.Ordinal);

    /// <summary>The identity providers by their ARNs.</summary>
    public SortedDictionary<string, IamIdentityProvider> Providers { get; } = new(StringComparer.Ordinal);

    public string AccountId => key().AccountId;

    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>A role by its name.</summary>
    /// <exception cref="AwsError">There is none.</exception>
    public IamRole Role(string name) => Roles.GetValueOrDefault(name) ?? throw IamError.NoEntity($"The role with name {name} cannot be found.");

    /// <summary>Whether there is a role of a name.</summary>
    public bool Has(string role)
    {
        lock (Gate) return Roles.ContainsKey(role);
    }

    public string Arn(IamRole role) => $"arn:aws:iam::{AccountId}:role{role.Path}{role.Name}";

    public string Arn(IamIdentityProvider provider) => $"arn:aws:iam::{AccountId}:oidc-provider/{provider.Host}";

    /// <summary>Whether a service may assume a role.</summary>
    public bool MayAssume(string roleArn, string service)
    {
        lock (Gate) return Roles.GetValueOrDefault(roleArn[(roleArn.LastIndexOf('/') + 1)..]) is { } role && Arn(role) == roleArn && TrustRules.Trusts(role.TrustPolicy, service);
    }

    /// <summary>The id that stands behind a name: AROA… for a role.</summary>
    public string Id(string prefix, string of) => prefix + Stable.Uid($"{_identity}/{of}").Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant()[..17];

    public void Add(IamRole role) => Roles[role.Name] = role;

    public void Add(IamPolicy policy) => Policies[policy.Arn] = policy;

    public void Add(IamIdentityProvider provider) => Providers[Arn(provider)] = provider;
}
