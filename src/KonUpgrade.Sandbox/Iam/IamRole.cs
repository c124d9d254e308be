namespace KonUpgrade.Sandbox.Iam;

/// <summary>A role of the account.</summary>
/// <param name="Name">Its name, which is the only one whatever its path.</param>
public sealed record IamRole(string Name)
{
    /// <summary>Its path, which begins and ends with a slash.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Whom it trusts: a policy document in JSON.</summary>
    public string TrustPolicy { get; init; } = TrustOf("ec2.amazonaws.com");

    /// <summary>The ARNs of its managed policies.</summary>
    public IReadOnlyList<string> AttachedPolicies { get; init; } = [];

    /// <summary>Its own policies: their documents by their names.</summary>
    public IReadOnlyDictionary<string, string> InlinePolicies { get; init; } = new Dictionary<string, string>();

    /// <summary>A trust policy for a service.</summary>
    public static string TrustOf(string service)
        => $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"{{service}}"},"Action":"sts:AssumeRole"}]}""";
}

/// <summary>An issuer whose tokens the account takes.</summary>
/// <param name="Issuer">Its URL.</param>
public sealed record IamIdentityProvider(Uri Issuer)
{
    /// <summary>For whom the tokens may be made.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = ["sts.amazonaws.com"];

    /// <summary>The URL without its scheme, which ends its ARN.</summary>
    internal string Host => $"{Issuer.Authority}{Issuer.AbsolutePath}".TrimEnd('/');
}

/// <summary>A managed policy; one of AWS where its ARN has no account.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Document">What it allows: a policy document in JSON.</param>
public sealed record IamPolicy(string Arn, string Document)
{
    /// <summary>The version that it is in.</summary>
    public string VersionId { get; init; } = "v1";

    internal string Name => Arn[(Arn.LastIndexOf('/') + 1)..];

    // Between the resource's type and its name: arn:aws:iam::aws:policy/service-role/Name.
    internal string Path => Arn[Arn.IndexOf('/', StringComparison.Ordinal)..(Arn.LastIndexOf('/') + 1)];
}
