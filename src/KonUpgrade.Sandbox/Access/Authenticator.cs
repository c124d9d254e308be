using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Access;

/// <summary>Who asks: by client certificate of the cluster's own authority, or by token.</summary>
internal sealed class Authenticator
{
    private readonly X509Certificate2 _authority;
    private readonly FrozenDictionary<string, SandboxUser> _tokens;
    private readonly SandboxUser[] _users;
    private readonly ConditionalWeakTable<X509Certificate2, CheckedCertificate> _checked = [];

    public Authenticator(string cluster, X509Certificate2 authority)
    {
        _authority = authority;
        Admin = new($"{cluster}-admin", UserRights.All, ["system:masters", "system:authenticated"]);
        Viewer = new($"{cluster}-viewer", UserRights.ReadWithoutSecrets, ["system:authenticated"]);
        Nobody = new($"{cluster}-nobody", UserRights.None, ["system:authenticated"]);
        _users = [Admin, Viewer, Nobody];
        AdminToken = NewToken();
        ViewerToken = NewToken();
        NobodyToken = NewToken();
        _tokens = new Dictionary<string, SandboxUser> { [AdminToken] = Admin, [ViewerToken] = Viewer, [NobodyToken] = Nobody }.ToFrozenDictionary();
    }

    /// <summary>The certificate that logins are checked against, as PEM.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    public SandboxUser Admin { get; }

    public SandboxUser Viewer { get; }

    public SandboxUser Nobody { get; }

    /// <summary>Knows further tokens, such as those of a cloud's own logins; null for a token that it does not know.</summary>
    public Func<string, SandboxUser?>? OtherTokens { get; set; }

    public string AdminToken { get; }

    public string ViewerToken { get; }

    public string NobodyToken { get; }

    /// <summary>The user behind a request, after impersonation.</summary>
    /// <exception cref="ApiError">401: a token or certificate that is not ours; 403: impersonation without the right.</exception>
    public SandboxUser Authenticate(HttpContext context)
    {
        SandboxUser user = LogIn(context);
        string? other = context.Request.Headers["Impersonate-User"];
        if (string.IsNullOrEmpty(other)) return user;
        if (user.Rights != UserRights.All)
            throw ApiError.Forbidden(string.Empty, "users", other, $"User \"{user.Name}\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope");
        string[] groups = [.. context.Request.Headers["Impersonate-Group"].OfType<string>()];
        return Array.Find(_users, known => known.Name == other)
            ?? new SandboxUser(other, groups.Contains("system:masters") ? UserRights.All : UserRights.None, [.. groups, "system:authenticated"]);
    }

    private SandboxUser LogIn(HttpContext context)
    {
        string? authorization = context.Request.Headers.Authorization;
        if (authorization is not null)
        {
            if (!authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) throw ApiError.Unauthorized();
            string token = authorization[7..].Trim();
            return _tokens.GetValueOrDefault(token) ?? OtherTokens?.Invoke(token) ?? throw ApiError.Unauthorized();
        }
        if (context.Connection.ClientCertificate is not { } certificate) return SandboxUser.NotLoggedIn;
        // A connection serves many requests: its certificate is checked once.
        CheckedCertificate login = _checked.GetValue(certificate, _ =>
            new CheckedCertificate(IsOurs(certificate) && certificate.GetNameInfo(X509NameType.SimpleName, false) == Admin.Name ? Admin : null));
        return login.User ?? throw ApiError.Unauthorized();
    }

    private bool IsOurs(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        return chain.Build(certificate);
    }

    private static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant();

    private sealed record CheckedCertificate(SandboxUser? User);
}
