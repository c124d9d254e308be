using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>
/// A login by a program that prints an ExecCredential (client.authentication.k8s.io). What it printed is kept until it
/// expires or is refused. Whatever it prints on its standard output stays secret.
/// </summary>
internal sealed class ExecLogin(
    ClusterEntry cluster, UserEntry user, ExecEntry exec, ClientCertificate? certificate, Uri server, ConnectionOptions options, IReporter reporter)
    : IClusterLogin, IDisposable
{
    private readonly KeptCredential _kept = new(options.Time, TimeSpan.FromSeconds(30));

    public string Description => $"program {Name} of the user '{user.Name}'";

    private string Name => Path.GetFileName(exec.Command);

    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) => _kept.GetAsync(RunAsync, cancellationToken);

    public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        _kept.Drop(credential);
        return ValueTask.FromResult(true);
    }

    public void Dispose() => _kept.Dispose();

    private async Task<(ClusterCredential Credential, DateTimeOffset? Expires)> RunAsync(CancellationToken cancellationToken)
    {
        if (exec.InteractiveMode == "Always")
        {
            throw Fail("ExecNeedsTerminal", "it wants a terminal (interactiveMode Always), which it can't have here",
                "Log in with the program yourself first, or use another login.");
        }
        reporter.Verbose($"logging in with the program {Name}");
        var environment = exec.Env.Append(KeyValuePair.Create("KUBERNETES_EXEC_INFO", ExecInfo.Write(exec, cluster, server)));
        ExecResult result;
        try
        {
            result = await ExecProcess.RunAsync(exec.Command, exec.Args, environment, options.ExecTimeout, Said, cancellationToken).ConfigureAwait(false);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Fail("ExecNotFound", $"it can't be started ({e.Message})", exec.InstallHint ?? $"Install {Name}, or put it into PATH.", e);
        }
        catch (TimeoutException e)
        {
            throw Fail("ExecTimeout", $"it did not end within {options.ExecTimeout.TotalSeconds:0} s", "Run it by hand to see what it waits for.", e);
        }
        if (result.ExitCode != 0)
        {
            var said = SecretMask.Mask(result.ErrorText.Trim());
            throw Fail("ExecFailed", $"it ended with exit code {result.ExitCode.ToString(CultureInfo.InvariantCulture)}{(said.Length > 0 ? $" and said: {said}" : "")}",
                "Log in anew with the program's own means, then try again.");
        }
        return Read(result.Output);
    }

    private void Said(string line) => reporter.Warning($"{Name} says: {SecretMask.Mask(line)}");

    private (ClusterCredential Credential, DateTimeOffset? Expires) Read(byte[] output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var root = document.RootElement;
            var apiVersion = Text(root, "apiVersion");
            if (apiVersion != exec.ApiVersion)
            {
                throw Fail("ExecInvalid", $"it answers in '{apiVersion}', where the kubeconfig says {exec.ApiVersion}",
                    "Set the exec entry's apiVersion to what the program speaks, or update the program.");
            }
            if (Text(root, "kind") != "ExecCredential" || !root.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.Object)
                throw Fail("ExecInvalid", "what it printed is no ExecCredential with a status", "Update the program.");
            var token = Text(status, "token");
            var pem = Text(status, "clientCertificateData");
            var key = Text(status, "clientKeyData");
            if (token is null && pem is null)
                throw Fail("ExecInvalid", "it gave neither a token nor a client certificate", "Log in anew with the program's own means.");
            if (pem is null != key is null)
                throw Fail("ExecInvalid", "it gave a client certificate without its key, or a key alone", "Update the program.");
            var mine = pem is null ? certificate : ClientCertificate.FromPem(pem, key);
            DateTimeOffset? expires = Text(status, "expirationTimestamp") is { } text
                ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                : null;
            var credential = token is null ? new ClusterCredential { Certificate = mine } : ClusterCredential.Bearer(token, mine);
            return (credential, expires ?? mine?.NotAfter);
        }
        catch (Exception e) when (e is JsonException or FormatException or CryptographicException or ArgumentException or InvalidOperationException)
        {
            // The inner exception could quote what was printed.
            throw Fail("ExecInvalid", "what it printed can't be read as an ExecCredential", "Run the program by hand: it must print JSON and nothing else.");
        }
    }

    private UpgradeException Fail(string id, string message, string recommendation, Exception? inner = null) => new(
        new Failure
        {
            Id = id,
            Kind = id == "ExecTimeout" ? FailureKind.Timeout : FailureKind.Authentication,
            Message = $"The user '{user.Name}' ({user.Place}) logs in with the program {Name}: {message}.",
            Recommendation = recommendation,
            Target = user.Name,
        },
        inner);

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
