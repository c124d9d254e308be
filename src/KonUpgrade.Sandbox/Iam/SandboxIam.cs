namespace KonUpgrade.Sandbox.Iam;

/// <summary>
/// The sandbox's IAM, at the same address and with the same key as its EKS: the account's roles, managed policies and
/// identity providers, which no client of the sandbox can make otherwise. Requests are struck by the sandbox's faults.
/// </summary>
public sealed class SandboxIam
{
    private readonly IamAccount _account;

    internal SandboxIam(IamAccount account) => _account = account;

    /// <summary>How it behaves; can be changed while it runs. Roles are changed otherwise.</summary>
    public IamSettings Settings
    {
        get { lock (_account.Gate) return _account.Settings; }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_account.Gate) _account.Settings = value;
        }
    }

    /// <summary>The roles there are.</summary>
    public IReadOnlyList<IamRole> Roles
    {
        get { lock (_account.Gate) return [.. _account.Roles.Values]; }
    }

    /// <summary>The identity providers there are, by their ARNs.</summary>
    public IReadOnlyDictionary<string, IamIdentityProvider> IdentityProviders
    {
        get { lock (_account.Gate) return new Dictionary<string, IamIdentityProvider>(_account.Providers); }
    }

    /// <summary>The ARN of a role.</summary>
    /// <exception cref="SandboxException">There is none of this name.</exception>
    public string RoleArn(string name) => _account.Arn(Role(name));

    /// <summary>A role as it is now.</summary>
    /// <exception cref="SandboxException">There is none of this name.</exception>
    public IamRole Role(string name)
    {
        lock (_account.Gate) return _account.Roles.GetValueOrDefault(name) ?? throw new SandboxException($"IAM has no role '{name}'.");
    }

    /// <summary>Adds a role, or changes the one of its name; gives its ARN.</summary>
    public string Add(IamRole role)
    {
        ArgumentNullException.ThrowIfNull(role);
        lock (_account.Gate) _account.Add(role);
        return _account.Arn(role);
    }

    /// <summary>Adds a managed policy, or changes the one of its ARN.</summary>
    public void Add(IamPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        lock (_account.Gate) _account.Add(policy);
    }

    /// <summary>Adds an identity provider, or changes the one of its issuer; gives its ARN.</summary>
    public string Add(IamIdentityProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        lock (_account.Gate) _account.Add(provider);
        return _account.Arn(provider);
    }

    /// <summary>Takes a role away; false when there is none of this name.</summary>
    public bool RemoveRole(string name)
    {
        lock (_account.Gate) return _account.Roles.Remove(name);
    }

    /// <summary>Takes an identity provider away; false when there is none of this ARN.</summary>
    public bool RemoveIdentityProvider(string arn)
    {
        lock (_account.Gate) return _account.Providers.Remove(arn);
    }
}
