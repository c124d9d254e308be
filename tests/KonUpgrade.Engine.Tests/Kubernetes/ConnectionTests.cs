using System.Net;
using System.Net.Sockets;
using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>The way to a server: protocols, trust, client certificates, proxies, impersonation.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Http_2_is_spoken_where_the_server_knows_it(HttpProtocols protocols, string expected)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate, protocols);
        await AskAsync(server.Endpoint(authority.Trust));
        Assert.Equal(expected, server.Seen.Single().Protocol);
    }

    [Fact]
    public async Task A_chain_is_trusted_from_its_root_and_from_its_middle()
    {
        using var root = new TestAuthority("root");
        using var middle = new TestAuthority("middle", root);
        using var certificate = middle.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate, chain: [middle.Certificate]);
        await AskAsync(server.Endpoint(root.Trust));
        await AskAsync(server.Endpoint(middle.Trust));
        // The leaf alone, as a self-made certificate would be.
        await AskAsync(server.Endpoint([System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate.RawData)]));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task The_name_to_expect_may_be_another_than_the_hosts()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server(null, "api.blue.example");
        await using var server = await FakeServer.StartAsync(Version, certificate);
        await AskAsync(server.Endpoint(authority.Trust) with { TlsServerName = "api.blue.example" });
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_unchecked_certificate_is_told_with_a_warning()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server(null, "elsewhere");
        await using var server = await FakeServer.StartAsync(Version, certificate);
        var reporter = new RecordingReporter();
        await AskAsync(server.Endpoint() with { InsecureSkipTlsVerify = true }, reporter);
        Assert.Contains("not checked", Assert.Single(reporter.Of("warning")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Client_certificates_are_shown(bool rsa, bool pkcs8)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate);
        var (pem, key) = authority.Client("alice", rsa, pkcs8);
        var login = new StaticLogin("client certificate", new ClusterCredential { Certificate = ClientCertificate.FromPem(pem, key) });
        await AskAsync(server.Endpoint(authority.Trust) with { Login = login });
        Assert.Equal("CN=alice", server.Seen.Single().Client?.Subject);
    }

    [Fact]
    public async Task Another_certificate_gets_a_connection_of_its_own()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate);
        var (first, firstKey) = authority.Client("first");
        var (second, secondKey) = authority.Client("second");
        var login = new Changing(ClientCertificate.FromPem(first, firstKey), ClientCertificate.FromPem(second, secondKey));
        await using var client = new KubernetesClient(server.Endpoint(authority.Trust) with { Login = login }, NullReporter.Instance);
        await client.GetVersionAsync(Token);
        await client.GetVersionAsync(Token);
        Assert.Equal(["CN=first", "CN=second"], server.Seen.Select(s => s.Client!.Subject));
    }

    [Fact]
    public async Task Impersonation_says_who_with_a_header_a_value()
    {
        await using var server = await FakeServer.StartAsync(Version);
        await AskAsync(server.Endpoint() with
        {
            Impersonation = new Impersonation
            {
                User = "bob",
                Uid = "42",
                Groups = ["devs", "ops"],
                Extra = new Dictionary<string, IReadOnlyList<string>> { ["example.com/Scopes"] = ["a", "b"] },
            },
        });
        var headers = server.Seen.Single().Headers;
        Assert.Equal(["bob"], headers["Impersonate-User"]);
        Assert.Equal(["42"], headers["Impersonate-Uid"]);
        Assert.Equal(["devs", "ops"], headers["Impersonate-Group"]);
        Assert.Equal(["a", "b"], headers["Impersonate-Extra-example.com%2Fscopes"]);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_proxy_is_gone_through(string scheme)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate);
        await using var proxy = new Proxy(scheme);
        await AskAsync(server.Endpoint(authority.Trust) with { Proxy = proxy.Uri });
        Assert.Equal([$"127.0.0.1:{server.Uri.Port}"], proxy.Asked);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Names_are_escaped_in_paths()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, "{}"));
        await using var client = new KubernetesClient(server.Endpoint() with { Server = new Uri(server.Uri, "/k8s/clusters/c-1/") }, NullReporter.Instance);
        var roles = new ApiResource { Group = "rbac.authorization.k8s.io", Version = "v1", Kind = "ClusterRole", Plural = "clusterroles", Namespaced = false };
        (await client.GetAsync(roles, null, "system:a?b c", Token))!.Dispose();
        foreach (var name in new[] { "..", "", "a/b" })
            Assert.Equal("InvalidName", (await Assert.ThrowsAsync<UpgradeException>(() => client.DeleteAsync(roles, null, name, new DeleteOptions(), Token))).Failure.Id);
        Assert.Equal(["GET /k8s/clusters/c-1/apis/rbac.authorization.k8s.io/v1/clusterroles/system:a%3Fb%20c"], server.Requests.Select(r => r.Replace("a?b", "a%3Fb", StringComparison.Ordinal)));
    }

    private static Task Version(HttpContext context) => FakeServer.JsonAsync(context, """{"major":"1","minor":"33","gitVersion":"v1.33.0"}""");

    private static async Task AskAsync(ClusterEndpoint endpoint, IReporter? reporter = null)
    {
        await using var client = new KubernetesClient(endpoint, reporter ?? NullReporter.Instance);
        await client.GetVersionAsync(Token);
    }

    private sealed class Changing(params ClientCertificate[] certificates) : IClusterLogin
    {
        private int _next;

        public string Description => "changing certificates";

        public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) =>
            ValueTask.FromResult(new ClusterCredential { Certificate = certificates[_next++] });

        public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }

    /// <summary>A proxy that knows CONNECT or SOCKS 5, for one connection after another.</summary>
    private sealed class Proxy : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _work;
        private readonly string _scheme;

        public Proxy(string scheme)
        {
            _scheme = scheme;
            _listener.Start();
            Uri = new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
            _work = AcceptAsync();
        }

        public Uri Uri { get; }

        public List<string> Asked { get; } = [];

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await _work;
            _stop.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    await ServeAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
            {
                // Ended.
            }
        }

        private async Task ServeAsync(NetworkStream stream)
        {
            var target = _scheme == "http" ? await ConnectAsync(stream) : await SocksAsync(stream);
            lock (Asked)
                Asked.Add(target);
            using var server = new TcpClient();
            await server.ConnectAsync(IPEndPoint.Parse(target), _stop.Token);
            var far = server.GetStream();
            await stream.WriteAsync(_scheme == "http" ? "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray() : new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, _stop.Token);
            await Task.WhenAny(stream.CopyToAsync(far, _stop.Token), far.CopyToAsync(stream, _stop.Token));
        }

        private async Task<string> ConnectAsync(NetworkStream stream)
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                await stream.ReadExactlyAsync(one, _stop.Token);
                head.Append((char)one[0]);
            }
            return head.ToString().Split(' ')[1];
        }

        private async Task<string> SocksAsync(NetworkStream stream)
        {
            var greeting = new byte[2];
            await stream.ReadExactlyAsync(greeting, _stop.Token);
            await stream.ReadExactlyAsync(new byte[greeting[1]], _stop.Token);
            await stream.WriteAsync(new byte[] { 5, 0 }, _stop.Token);
            var request = new byte[4];
            await stream.ReadExactlyAsync(request, _stop.Token);
            string host;
            if (request[3] == 1)
            {
                var address = new byte[4];
                await stream.ReadExactlyAsync(address, _stop.Token);
                host = new IPAddress(address).ToString();
            }
            else
            {
                await stream.ReadExactlyAsync(greeting.AsMemory(0, 1), _stop.Token);
                var name = new byte[greeting[0]];
                await stream.ReadExactlyAsync(name, _stop.Token);
                host = Encoding.ASCII.GetString(name);
            }
            var port = new byte[2];
            await stream.ReadExactlyAsync(port, _stop.Token);
            return $"{host}:{(port[0] << 8) | port[1]}";
        }
    }
}
