using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>A bearer token in a file that somebody else renews. Read again every minute, as client-go does, and after a refusal.</summary>
/// <param name="path">The file.</param>
/// <param name="fallback">A token to use while the file can't be read, or null.</param>
/// <param name="description">How the login is obtained, for messages.</param>
/// <param name="certificate">A client certificate shown beside the token, or null.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenFileLogin(string path, string? fallback, string description, ClientCertificate? certificate, TimeProvider time) : IClusterLogin
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private volatile Read? _last;

    public string Description => description;

    public async ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken)
    {
        var last = _last;
        if (last is not null && time.GetElapsedTime(last.At) < Period)
            return last.Credential;
        try
        {
            var token = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim();
            if (token.Length == 0)
                throw new IOException("the file is empty");
            // The same token stays the same credential, so that a refusal of it isn't tried twice.
            var credential = last is not null && last.Token == token ? last.Credential : ClusterCredential.Bearer(token, certificate);
            _last = new Read(token, credential, time.GetTimestamp());
            return credential;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The last one that was read holds longer than nothing.
            if (last is not null)
                return last.Credential;
            if (fallback is not null)
                return (_last = new Read(fallback, ClusterCredential.Bearer(fallback, certificate), time.GetTimestamp())).Credential;
            throw new UpgradeException(
                new Failure
                {
                    Id = "TokenFileUnreadable",
                    Kind = FailureKind.Authentication,
                    Message = $"The token file {path} can't be read: {(e is FileNotFoundException or DirectoryNotFoundException ? "it is not there" : e is UnauthorizedAccessException ? "it may not be read" : e.Message)}.",
                    Recommendation = "Check the path, and that this account may read the file.",
                    Target = path,
                },
                e);
        }
    }

    public async ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        if (_last is { } last)
            _last = last with { At = time.GetTimestamp() - (long)(Period.TotalSeconds * time.TimestampFrequency) - 1 };
        return !ReferenceEquals(await GetAsync(cancellationToken).ConfigureAwait(false), credential);
    }

    private sealed record Read(string Token, ClusterCredential Credential, long At)
    {
        public override string ToString() => "token read from a file";
    }
}
