using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KonUpgrade.Sandbox;

/// <summary>The files that a sandbox writes into its directory.</summary>
internal static class SandboxFiles
{
    /// <summary>The certificate of the authority behind all its endpoints.</summary>
    public const string Authority = "ca.crt";

    /// <summary>The bearer token of its control endpoint.</summary>
    public const string ControlToken = "control.token";

    private const string KubeConfig = "kubeconfig";
    private const string AwsCredentials = "aws.credentials";

    // How a sandbox's credentials begin.
    private const string AwsCredentialsMark = "# KonUpgrade sandbox";

    // The name that a sandbox's authority gives itself.
    private const string AuthorityName = "CN=KonUpgrade sandbox";

    /// <summary>Fails when a directory has a file of these names that no sandbox wrote: it would be overwritten.</summary>
    /// <exception cref="UpgradeException">SandboxPathInUse.</exception>
    public static async Task CheckAsync(string directory, CancellationToken cancellationToken)
    {
        if (File.Exists(directory))
            throw InUse(directory, directory);
        var authority = await ReadAsync(Path.Combine(directory, Authority), cancellationToken).ConfigureAwait(false);
        if (authority is not null && !IsOfSandbox(authority))
            throw InUse(directory, Path.Combine(directory, Authority));
        if (authority is null && await ReadAsync(Path.Combine(directory, ControlToken), cancellationToken).ConfigureAwait(false) is not null)
            throw InUse(directory, Path.Combine(directory, ControlToken));
        // A sandbox's kubeconfig trusts the sandbox's own authority, and that lies beside it.
        var kubeConfig = await ReadAsync(Path.Combine(directory, KubeConfig), cancellationToken).ConfigureAwait(false);
        if (kubeConfig is not null && (authority is null || !kubeConfig.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(authority)), StringComparison.Ordinal)))
            throw InUse(directory, Path.Combine(directory, KubeConfig));
        var credentials = await ReadAsync(Path.Combine(directory, AwsCredentials), cancellationToken).ConfigureAwait(false);
        if (credentials is not null && !credentials.StartsWith(AwsCredentialsMark, StringComparison.Ordinal))
            throw InUse(directory, Path.Combine(directory, AwsCredentials));
    }

    /// <summary>
    /// Removes the directory that a sandbox made for itself, after one that was killed and could not. Only its own files go,
    /// and the directory with them when nothing else is in it.
    /// </summary>
    public static void Remove(UpgradeSandbox sandbox)
    {
        if (!sandbox.OwnsPath || sandbox.Path.Length == 0 || !Directory.Exists(sandbox.Path))
            return;
        try
        {
            foreach (var name in (string[])[KubeConfig, ControlToken, AwsCredentials, Authority])
                File.Delete(Path.Combine(sandbox.Path, name));
            if (!Directory.EnumerateFileSystemEntries(sandbox.Path).Any())
                Directory.Delete(sandbox.Path);
        }
        catch (DirectoryNotFoundException)
        {
            // The sandbox itself was removing it.
        }
    }

    private static async Task<string?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw InUse(Path.GetDirectoryName(path)!, path);
        return File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false) : null;
    }

    private static bool IsOfSandbox(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.Subject == AuthorityName;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static UpgradeException InUse(string directory, string file) => new(new Failure
    {
        Id = "SandboxPathInUse",
        Kind = FailureKind.AlreadyExists,
        Message = $"'{file}' is there already and is no sandbox's: it would be overwritten.",
        Recommendation = "Name another directory with -Path, or leave -Path out for a new one.",
        Target = directory,
    });
}
