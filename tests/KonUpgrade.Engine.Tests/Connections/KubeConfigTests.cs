using System.Text;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Connections;

/// <summary>Kubeconfigs are read and merged as kubectl does it.</summary>
public sealed class KubeConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_several_files_the_first_one_holds_and_missing_ones_are_passed_over()
    {
        var first = _folder.Write("first", """
            current-context: green
            contexts:
            - name: blue
              context: {cluster: blue, user: me, namespace: shop}
            clusters:
            - name: blue
              cluster: {server: https://first}
            """);
        var second = _folder.Write("second", """
            current-context: blue
            contexts:
            - name: blue
              context: {cluster: other, user: other}
            - name: green
              context: {cluster: green, user: me}
            clusters:
            - name: blue
              cluster: {server: https://second}
            - name: green
              cluster: {server: https://green}
            users:
            - name: me
              user: {token: abc}
            """);
        var config = await KubeConfig.LoadAsync(Join(first, _folder["missing"], second), Token);
        Assert.Equal(["blue", "green"], config.Contexts.Select(c => c.Name));
        Assert.Equal("green", config.Current?.Name);
        var blue = config.Find("blue");
        Assert.Equal(("https://first", "shop", "me", "Token", false), (blue.Server, blue.Namespace, blue.User, blue.Login, blue.IsCurrent));
        Assert.Equal("https://green", config.Find(null).Server);
    }

    [Fact]
    public async Task A_current_context_that_does_not_exist_is_none()
    {
        var config = await KubeConfig.LoadAsync(_folder.Write("config", "current-context: gone\ncontexts:\n- name: blue\n  context: {cluster: c}\n"), Token);
        Assert.Null(config.Current);
        Assert.Equal("NoCurrentContext", Assert.Throws<UpgradeException>(() => config.Find(null)).Failure.Id);
    }

    [Fact]
    public async Task An_unknown_context_names_the_known_ones()
    {
        var config = await KubeConfig.LoadAsync(_folder.Write("config", "contexts:\n- name: blue\n  context: {}\n- name: green\n  context: {}\n"), Token);
        var failure = Assert.Throws<UpgradeException>(() => config.Find("red")).Failure;
        Assert.Equal(("ContextNotFound", FailureKind.NotFound), (failure.Id, failure.Kind));
        Assert.Contains("Known: blue, green", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_file_at_all_is_told_with_the_paths()
    {
        var failure = await FailAsync(() => KubeConfig.LoadAsync(Join(_folder["a"], _folder["b"]), Token));
        Assert.Equal("KubeConfigNotFound", failure.Id);
        Assert.Contains(_folder["b"], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relative_paths_begin_at_the_location_that_is_given_and_whole_ones_stay()
    {
        var near = _folder.Write("near", "contexts: [{name: near, context: {}}]");
        var nested = _folder.Write("sub/nested", "contexts: [{name: nested, context: {}}]");
        var config = await KubeConfig.LoadAsync(Join("near", Path.Combine("sub", "nested"), near), Token, Path.GetDirectoryName(near));
        Assert.Equal([near, nested], config.Paths);
        Assert.Equal(["near", "nested"], config.Contexts.Select(c => c.Name));
    }

    [Theory]
    [InlineData("contexts:\n- name: [\n", "YamlSyntax", null)]
    [InlineData("contexts: 3\n", "InvalidKubeConfig", "line 1, column 11")]
    [InlineData("contexts:\n- nme: x\n", "InvalidKubeConfig", "line 2, column 3")]
    [InlineData("users:\n- name: a\n  user: nonsense\n", "InvalidKubeConfig", "line 3, column 9")]
    [InlineData("clusters:\n- name: a\n  cluster:\n    insecure-skip-tls-verify: maybe\n", "InvalidKubeConfig", "line 4")]
    [InlineData("users:\n- name: a\n  user:\n    exec: {apiVersion: client.authentication.k8s.io/v1, command: x}\n", "InvalidKubeConfig", "interactiveMode")]
    [InlineData("users:\n- name: a\n  user:\n    exec: {apiVersion: v9, command: x}\n", "InvalidKubeConfig", "v9")]
    [InlineData("contexts: []\ncontexts: []\n", "DuplicateKey", "line 2")]
    [InlineData("kind: Pod\n", "InvalidKubeConfig", "Pod")]
    public async Task Mistakes_are_told_with_file_line_and_column(string text, string id, string? says)
    {
        var file = _folder.Write("config", text);
        var failure = await FailAsync(() => KubeConfig.LoadAsync(file, Token));
        Assert.Equal((id, FailureKind.ParserError), (failure.Id, failure.Kind));
        Assert.StartsWith(file + ", line ", failure.Message, StringComparison.Ordinal);
        if (says is not null)
            Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_document_is_not_read_and_told_with_its_place()
    {
        var file = _folder.Write("config", "contexts:\n- name: blue\n  context: {}\n---\ncontexts:\n- name: green\n  context: {}\n");
        var config = await KubeConfig.LoadAsync(file, Token);
        Assert.Equal("blue", Assert.Single(config.Contexts).Name);
        Assert.StartsWith($"{file}, line 5, column 1: here a second document begins", Assert.Single(config.Warnings), StringComparison.Ordinal);
        Assert.Contains("line 5, column 1", Assert.Throws<UpgradeException>(() => config.Find("green")).Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_is_told_to_be_one()
    {
        var failure = await FailAsync(() => KubeConfig.LoadAsync(_folder.Path, Token));
        Assert.Equal("KubeConfigUnreadable", failure.Id);
        Assert.EndsWith(": it is a directory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_files_and_json_are_kubeconfigs_too()
    {
        Assert.Empty((await KubeConfig.LoadAsync(_folder.Write("empty", ""), Token)).Contexts);
        var json = _folder.Write("json", """{"contexts":[{"name":"blue","context":{"cluster":"c"}}],"unknown":{"x":1}}""");
        Assert.Equal("blue", Assert.Single((await KubeConfig.LoadAsync(json, Token)).Contexts).Name);
    }

    [Fact]
    public async Task Paths_begin_at_the_file_that_names_them()
    {
        using var authority = new TestAuthority();
        _folder.Write("one/ca.pem", authority.Pem);
        var (certificate, key) = authority.Client("alice");
        _folder.Write("two/certs/me.crt", certificate);
        _folder.Write("two/certs/me.key", key);
        var first = _folder.Write("one/config", "clusters:\n- name: c\n  cluster: {server: 'https://127.0.0.1:1', certificate-authority: ca.pem}\ncontexts:\n- name: blue\n  context: {cluster: c, user: u}\n");
        var second = _folder.Write("two/config", "users:\n- name: u\n  user: {client-certificate: certs/me.crt, client-key: certs/me.key}\n");
        var endpoint = await BuildAsync(Join(first, second));
        Assert.Equal(authority.Certificate.Thumbprint, Assert.Single(endpoint.CertificateAuthorities!).Thumbprint);
        Assert.Equal("CN=alice", (await endpoint.Login.GetAsync(Token)).Certificate?.Leaf.Subject);
    }

    [Fact]
    public async Task Data_comes_before_files_and_impersonation_is_whole()
    {
        using var authority = new TestAuthority();
        var endpoint = await BuildAsync(_folder.Write("config", $$$"""
            clusters:
            - name: c
              cluster: {server: "https://127.0.0.1:1/base/", certificate-authority: gone.pem, certificate-authority-data: {{{Base64(authority.Pem)}}}, tls-server-name: api.example, proxy-url: "socks5://proxy:1080", disable-compression: true}
            contexts:
            - {name: blue, context: {cluster: c, user: u}}
            users:
            - name: u
              user:
                username: bob
                password: "hunter2 x"
                as: admin
                as-uid: "7"
                as-groups: [a, b]
                as-user-extra: {scopes: [view]}
            """));
        Assert.Equal(("https://127.0.0.1:1/base/", "api.example", "socks5://proxy:1080/", true), (endpoint.Server.ToString(), endpoint.TlsServerName, endpoint.Proxy?.ToString(), endpoint.DisableCompression));
        Assert.Equal(("admin", "7"), (endpoint.Impersonation?.User, endpoint.Impersonation?.Uid));
        Assert.Equal(["a", "b"], endpoint.Impersonation!.Groups);
        Assert.Equal(["view"], endpoint.Impersonation.Extra["scopes"]);
        var credential = await endpoint.Login.GetAsync(Token);
        Assert.Equal("Basic " + Base64("bob:hunter2 x"), credential.Authorization?.ToString());
        Assert.DoesNotContain("hunter2", endpoint.ToString() + credential + endpoint.Login.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "", "http://127.0.0.1:8080/")]
    [InlineData("127.0.0.1:8443", ", insecure-skip-tls-verify: true", "https://127.0.0.1:8443/")]
    public async Task A_bare_host_gets_its_scheme(string server, string more, string expected)
    {
        var endpoint = await BuildAsync(Config($"server: '{server}'{more}", "token: x"));
        Assert.Equal(expected, endpoint.Server.ToString());
    }

    [Theory]
    [InlineData("server: 'ftp://x'", "token: x")]
    [InlineData("tls-server-name: x", "token: x")]
    [InlineData("server: 'https://x', proxy-url: 'ftp://x'", "token: x")]
    [InlineData("server: 'https://x', certificate-authority-data: '!!!'", "token: x")]
    [InlineData("server: 'https://x', certificate-authority-data: aGVsbG8=", "token: x")]
    [InlineData("server: 'https://x', insecure-skip-tls-verify: true, certificate-authority-data: aGVsbG8=", "token: x")]
    [InlineData("server: 'https://x'", "token: x, username: y")]
    [InlineData("server: 'https://x'", "client-certificate-data: aGVsbG8=")]
    [InlineData("server: 'https://x'", "client-certificate-data: aGVsbG8=, client-key-data: c2VjcmV0")]
    [InlineData("server: 'https://x'", "token: x, as-groups: [a]")]
    public async Task What_makes_no_sense_is_refused_at_its_place(string cluster, string user)
    {
        var failure = await FailAsync(() => BuildAsync(Config(cluster, user)));
        Assert.Equal("InvalidKubeConfig", failure.Id);
        Assert.Matches(", line [0-9]+, column [0-9]+: ", failure.Message);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_to_entries_that_are_not_there_are_told()
    {
        Assert.Contains("no cluster", (await FailAsync(() => BuildAsync(_folder.Write("a", "contexts:\n- {name: blue, context: {}}\n")))).Message, StringComparison.Ordinal);
        Assert.Contains("'c', which is not there", (await FailAsync(() => BuildAsync(_folder.Write("b", "contexts:\n- {name: blue, context: {cluster: c}}\n")))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'u', which is not there",
            (await FailAsync(() => BuildAsync(_folder.Write("c", "contexts:\n- {name: blue, context: {cluster: c, user: u}}\nclusters:\n- {name: c, cluster: {server: 'https://x'}}\n")))).Message,
            StringComparison.Ordinal);
        var missing = await FailAsync(() => BuildAsync(Config("server: 'https://x', certificate-authority: gone.pem", "token: x")));
        Assert.Equal("KubeConfigUnreadable", missing.Id);
    }

    [Fact]
    public void A_pod_finds_its_own_login()
    {
        _folder.Write("token", "t");
        _folder.Write("namespace", "shop\n");
        var environment = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "443" };
        var files = InClusterLogin.Find(environment.GetValueOrDefault, _folder.Path);
        Assert.NotNull(files);
        var context = InClusterLogin.Context(files, isCurrent: true);
        Assert.Equal(("in-cluster", "https://[fd00::1]:443", "shop", true), (context.Name, context.Server, context.Namespace, context.IsCurrent));
        Assert.Null(InClusterLogin.Find(_ => null, _folder.Path));
        Assert.Null(InClusterLogin.Find(environment.GetValueOrDefault, _folder["elsewhere"]));
    }

    private static string Join(params string[] paths) => string.Join(Path.PathSeparator, paths);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static async Task<Failure> FailAsync(Func<Task> action) => (await Assert.ThrowsAsync<UpgradeException>(action)).Failure;

    private static async Task<Engine.Kubernetes.ClusterEndpoint> BuildAsync(string path)
    {
        var config = await KubeConfig.LoadAsync(path, Token);
        return await EndpointBuilder.BuildAsync(config, config.Find("blue"), new ConnectionOptions(), NullReporter.Instance, Token);
    }

    private string Config(string cluster, string user) => _folder.Write(
        "config", $"clusters:\n- name: c\n  cluster: {{{cluster}}}\ncontexts:\n- name: blue\n  context: {{cluster: c, user: u}}\nusers:\n- name: u\n  user: {{{user}}}\n");
}
