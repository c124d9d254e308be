using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Connections;

/// <summary>Every way to log in that a kubeconfig knows; none of them shows its secret.</summary>
public sealed class LoginTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly RecordingReporter _reporter = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_token_file_is_read_again()
    {
        var file = _folder.Write("token", "one\n");
        var login = await LoginAsync($"tokenFile: {file}, token: fallback");
        Assert.Equal("one", await BearerAsync(login));
        File.WriteAllText(file, "two");
        Assert.Equal("one", await BearerAsync(login));
        _time.Advance(TimeSpan.FromSeconds(61));
        var second = await login.GetAsync(Token);
        Assert.Equal("two", second.Authorization?.Parameter);
        // A refusal reads at once; the same token again is no reason for a second try.
        Assert.False(await login.RefusedAsync(second, Token));
        File.WriteAllText(file, "three");
        Assert.True(await login.RefusedAsync(second, Token));
        Assert.Equal("three", await BearerAsync(login));
        File.Delete(file);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("three", await BearerAsync(login));
    }

    [Fact]
    public async Task A_token_file_that_is_missing_leaves_the_token_or_an_error()
    {
        Assert.Equal("fallback", await BearerAsync(await LoginAsync($"tokenFile: {_folder["gone"]}, token: fallback")));
        var failure = await FailAsync(await LoginAsync($"tokenFile: {_folder["gone"]}"));
        Assert.Equal(("TokenFileUnreadable", FailureKind.Authentication), (failure.Id, failure.Kind));
    }

    [Fact]
    public async Task A_program_gives_a_token_that_is_kept_until_it_expires_or_is_refused()
    {
        RequireSh();
        var command = Plugin("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret-'"$N"'","expirationTimestamp":"2026-01-15T12:10:00Z"}}""");
        var login = await ExecAsync(command);
        Assert.Equal("secret-1", await BearerAsync(login));
        Assert.Equal("secret-1", await BearerAsync(login));
        _time.Advance(TimeSpan.FromMinutes(9.6));
        var second = await login.GetAsync(Token);
        Assert.Equal("secret-2", second.Authorization?.Parameter);
        Assert.True(await login.RefusedAsync(second, Token));
        Assert.Equal("secret-3", await BearerAsync(login));
        Assert.DoesNotContain("secret-", _reporter.Text + login.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_told_what_it_asks_for()
    {
        RequireSh();
        var command = _folder.Script("plugin", """
            printf '%s' "$KUBERNETES_EXEC_INFO" > "$OUT"
            printf '%s|' "$@" >> "$OUT"
            printf '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"t"}}'
            """);
        var login = await LoginAsync(
            $"exec: {{apiVersion: client.authentication.k8s.io/v1beta1, command: ./plugin, args: [get token, '--x=\"1\"'], env: [{{name: OUT, value: {_folder["out"]}}}], provideClusterInfo: true}}",
            cluster: "server: 'https://127.0.0.1:1', tls-server-name: api, extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: me, size: 1}}]");
        Assert.Equal("t", await BearerAsync(login));
        var out1 = File.ReadAllText(_folder["out"]);
        var end = out1.LastIndexOf('}') + 1;
        Assert.Equal("get token|--x=\"1\"|", out1[end..]);
        Assert.Equal(
            """{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"cluster":{"server":"https://127.0.0.1:1","tls-server-name":"api","config":{"audience":"me","size":1}},"interactive":false}}""",
            out1[..end]);
        Assert.True(File.Exists(command));
    }

    [Fact]
    public async Task A_program_may_give_a_client_certificate()
    {
        RequireSh();
        using var authority = new TestAuthority();
        var (certificate, key) = authority.Client("carol");
        var json = JsonSerializer.Serialize(new
        {
            apiVersion = "client.authentication.k8s.io/v1",
            kind = "ExecCredential",
            status = new { clientCertificateData = certificate, clientKeyData = key },
        });
        _folder.Write("answer", json);
        var login = await ExecAsync(_folder.Script("plugin", $"cat '{_folder["answer"]}'"));
        Assert.Equal("CN=carol", (await login.GetAsync(Token)).Certificate?.Leaf.Subject);
    }

    [Theory]
    [InlineData("echo 'your token: eyJhbGciOiJIUzI1NiJ9.e30.c2ln expired' >&2; echo secret-out; exit 3", "ExecFailed", "exit code 3 and said: your token: ***")]
    [InlineData("echo secret-out", "ExecInvalid", "can't be read")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"secret-out"}}'""", "ExecInvalid", "v1beta1")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""", "ExecInvalid", "neither a token")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"secret-out"}}'""", "ExecInvalid", "without its key")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"x","expirationTimestamp":"secret-out"}}'""", "ExecInvalid", "can't be read")]
    public async Task A_program_that_fails_is_told_without_what_it_printed(string script, string id, string says)
    {
        RequireSh();
        var login = await ExecAsync(_folder.Script("plugin", script));
        var failure = await FailAsync(login);
        Assert.Equal((id, FailureKind.Authentication), (failure.Id, failure.Kind));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Contains("plugin", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-out", failure + _reporter.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", failure.Message + _reporter.Text, StringComparison.Ordinal);
        if (id == "ExecFailed")
            Assert.Equal(["plugin says: your token: *** expired"], _reporter.Of("warning"));
    }

    [Fact]
    public async Task A_program_that_is_missing_is_told_with_its_own_hint()
    {
        var failure = await FailAsync(await LoginAsync("exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin-here, interactiveMode: Never, installHint: get it from example.com}"));
        Assert.Equal(("ExecNotFound", "get it from example.com"), (failure.Id, failure.Recommendation));
    }

    [Fact]
    public async Task A_program_that_wants_a_terminal_or_hangs_is_told()
    {
        RequireSh();
        var command = _folder.Script("plugin", "exec sleep 600");
        Assert.Equal("ExecNeedsTerminal", (await FailAsync(await LoginAsync($"exec: {{apiVersion: client.authentication.k8s.io/v1, command: {command}, interactiveMode: Always}}"))).Id);
        var failure = await FailAsync(await ExecAsync(command, new ConnectionOptions { ExecTimeout = TimeSpan.FromMilliseconds(300), Time = _time }));
        Assert.Equal(("ExecTimeout", FailureKind.Timeout), (failure.Id, failure.Kind));
    }

    [Fact]
    public async Task Programs_may_be_forbidden()
    {
        var e = await Assert.ThrowsAsync<UpgradeException>(() => ExecAsync("gke-gcloud-auth-plugin", new ConnectionOptions { Exec = ExecPolicy.Forbid }));
        Assert.Equal("ExecForbidden", e.Failure.Id);
        Assert.Contains("gke-gcloud-auth-plugin", e.Failure.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Failure.Recommendation);
    }

    [Fact]
    public async Task An_oidc_token_is_used_while_it_is_good_and_then_renewed()
    {
        var refreshes = new List<string>();
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        Uri issuer = null!;
        await using var server = await FakeServer.StartAsync(
            async context =>
            {
                if (context.Request.Path == "/realm/.well-known/openid-configuration")
                {
                    await FakeServer.JsonAsync(context, $$"""{"token_endpoint":"{{issuer}}token"}""");
                    return;
                }
                var form = await context.Request.ReadFormAsync();
                refreshes.Add($"{context.Request.Headers.Authorization} {form["grant_type"]} {form["refresh_token"]}");
                await FakeServer.JsonAsync(context, $$"""{"id_token":"{{Jwt(_time.GetUtcNow().AddMinutes(5))}}","refresh_token":"refresh-{{refreshes.Count + 1}}"}""");
            },
            certificate);
        issuer = server.Uri;
        var first = Jwt(_time.GetUtcNow().AddMinutes(5));
        var login = await LoginAsync(
            $"auth-provider: {{name: oidc, config: {{idp-issuer-url: '{issuer}realm', client-id: kube, client-secret: shh, id-token: {first}, refresh-token: refresh-1, idp-certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Pem))}}}}}");
        Assert.Equal(first, await BearerAsync(login));
        Assert.Empty(refreshes);
        _time.Advance(TimeSpan.FromMinutes(4.8));
        var second = await login.GetAsync(Token);
        Assert.NotEqual(first, second.Authorization?.Parameter);
        Assert.True(await login.RefusedAsync(second, Token));
        await login.GetAsync(Token);
        var basic = Convert.ToBase64String("kube:shh"u8);
        Assert.Equal([$"Basic {basic} refresh_token refresh-1", $"Basic {basic} refresh_token refresh-2"], refreshes);
        Assert.Contains(_reporter.Of("warning"), w => w.Contains("not written", StringComparison.Ordinal));
        Assert.DoesNotContain("refresh-2", _reporter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_oidc_login_that_cant_be_renewed_says_why()
    {
        var old = Jwt(_time.GetUtcNow().AddMinutes(-5));
        Assert.Contains("no refresh-token", (await FailAsync(await LoginAsync($"auth-provider: {{name: oidc, config: {{idp-issuer-url: 'https://127.0.0.1:1', client-id: kube, id-token: {old}}}}}"))).Message, StringComparison.Ordinal);
        await using var server = await FakeServer.StartAsync(context => context.Request.Path.Value!.EndsWith("configuration", StringComparison.Ordinal)
            ? FakeServer.JsonAsync(context, """{"token_endpoint":"http://""" + context.Request.Host + """/token"}""")
            : FakeServer.JsonAsync(context, """{"error":"invalid_grant","error_description":"secret-thing"}""", 400));
        var failure = await FailAsync(await LoginAsync($"auth-provider: {{name: oidc, config: {{idp-issuer-url: '{server.Uri}', client-id: kube, id-token: {old}, refresh-token: secret-refresh}}}}"));
        Assert.Equal("OidcLoginFailed", failure.Id);
        Assert.Contains("400", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-", failure.ToString() + failure, StringComparison.Ordinal);
        Assert.Equal("AuthProviderNotSupported", (await Assert.ThrowsAsync<UpgradeException>(() => LoginAsync("auth-provider: {name: gcp, config: {}}"))).Failure.Id);
    }

    [Fact]
    public async Task A_refused_login_is_renewed_once()
    {
        RequireSh();
        await using var server = await FakeServer.StartAsync(context => context.Request.Headers.Authorization == "Bearer secret-2"
            ? FakeServer.JsonAsync(context, """{"major":"1","minor":"33","gitVersion":"v1.33.0"}""")
            : FakeServer.StatusAsync(context, 401, "Unauthorized", "Unauthorized"));
        var login = await ExecAsync(Plugin("""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"secret-'"$N"'"}}"""));
        await using var client = new KubernetesClient(server.Endpoint() with { Login = login }, _reporter);
        await client.GetVersionAsync(Token);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("error: token=abcdef123456 is bad", "error: token=*** is bad")]
    [InlineData("Authorization: Bearer abcdef.ghi", "Authorization: Bearer ***")]
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "got *** here")]
    [InlineData("k8s-aws-v1.aHR0cHM6Ly9zdHM", "***")]
    [InlineData("\"client_secret\": \"abcdefgh\"", "\"client_secret\": \"***\"")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\nend", "***\nend")]
    [InlineData("Unable to locate credentials. You can configure credentials by running \"aws configure\".", "Unable to locate credentials. You can configure credentials by running \"aws configure\".")]
    [InlineData("Error when retrieving token from sso: Token has expired and refresh failed", "Error when retrieving token from sso: Token has expired and refresh failed")]
    public void What_looks_like_a_secret_is_masked(string text, string expected) => Assert.Equal(expected, SecretMask.Mask(text));

    private static void RequireSh() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");

    private static async Task<string?> BearerAsync(IClusterLogin login)
    {
        var credential = await login.GetAsync(Token);
        Assert.Equal("Bearer", credential.Authorization?.Scheme);
        return credential.Authorization?.Parameter;
    }

    private static async Task<Failure> FailAsync(IClusterLogin login) =>
        (await Assert.ThrowsAsync<UpgradeException>(async () => await login.GetAsync(Token))).Failure;

    private static string Jwt(DateTimeOffset expires) =>
        $"eyJhbGciOiJub25lIn0.{Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"exp":{{expires.ToUnixTimeSeconds()}},"n":"{{Guid.NewGuid()}}"}""")).TrimEnd('=').Replace('+', '-').Replace('/', '_')}.c2ln";

    /// <summary>A program that prints an answer, with N the number of the time that it runs.</summary>
    private string Plugin(string answer) => _folder.Script("plugin", $"""
        echo x >> '{_folder["runs"]}'
        N=$(wc -l < '{_folder["runs"]}' | tr -d ' ')
        echo '{answer}'
        """);

    private Task<IClusterLogin> ExecAsync(string command, ConnectionOptions? options = null) =>
        LoginAsync($"exec: {{apiVersion: client.authentication.k8s.io/v1, command: {command}, interactiveMode: Never}}", options);

    private async Task<IClusterLogin> LoginAsync(string user, ConnectionOptions? options = null, string cluster = "server: 'https://127.0.0.1:1'")
    {
        var path = _folder.Write("config", $"clusters:\n- name: c\n  cluster: {{{cluster}}}\ncontexts:\n- name: blue\n  context: {{cluster: c, user: u}}\nusers:\n- name: u\n  user: {{{user}}}\n");
        var config = await KubeConfig.LoadAsync(path, Token);
        var endpoint = await EndpointBuilder.BuildAsync(config, config.Find("blue"), options ?? new ConnectionOptions { Time = _time }, _reporter, Token);
        return endpoint.Login;
    }
}
