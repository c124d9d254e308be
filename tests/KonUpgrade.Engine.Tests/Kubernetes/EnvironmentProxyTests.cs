using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Tests.Kubernetes;

public sealed class EnvironmentProxyTests
{
    [Theory]
    [InlineData("https://api.example.com", "HTTPS_PROXY=http://proxy:3128", "http://proxy:3128/")]
    [InlineData("https://api.example.com", "https_proxy=proxy:3128", "http://proxy:3128/")]
    [InlineData("https://api.example.com", "HTTP_PROXY=http://proxy:3128", null)]
    [InlineData("http://api.example.com", "HTTP_PROXY=http://proxy:3128", "http://proxy:3128/")]
    [InlineData("https://api.example.com", "HTTPS_PROXY=http://proxy NO_PROXY=example.com", null)]
    [InlineData("https://example.com", "HTTPS_PROXY=http://proxy NO_PROXY=.example.com", "http://proxy/")]
    [InlineData("https://api.example.com", "HTTPS_PROXY=http://proxy NO_PROXY=.example.com", null)]
    [InlineData("https://api.example.com", "HTTPS_PROXY=http://proxy NO_PROXY=*.example.com", null)]
    [InlineData("https://notexample.com", "HTTPS_PROXY=http://proxy NO_PROXY=example.com", "http://proxy/")]
    [InlineData("https://10.1.2.3:6443", "HTTPS_PROXY=http://proxy NO_PROXY=10.0.0.0/8", null)]
    [InlineData("https://11.1.2.3:6443", "HTTPS_PROXY=http://proxy NO_PROXY=10.0.0.0/8,11.1.2.4", "http://proxy/")]
    [InlineData("https://11.1.2.4", "HTTPS_PROXY=http://proxy NO_PROXY=10.0.0.0/8,11.1.2.4", null)]
    [InlineData("https://api.example.com:6443", "HTTPS_PROXY=http://proxy NO_PROXY=api.example.com:443", "http://proxy/")]
    [InlineData("https://api.example.com", "HTTPS_PROXY=http://proxy NO_PROXY=api.example.com:443", null)]
    [InlineData("https://api.example.com", "HTTPS_PROXY=http://proxy NO_PROXY=*", null)]
    [InlineData("https://localhost:6443", "HTTPS_PROXY=http://proxy", null)]
    [InlineData("https://127.0.0.1:6443", "HTTPS_PROXY=http://proxy", null)]
    [InlineData("https://[::1]:6443", "HTTPS_PROXY=http://proxy", null)]
    public void Proxies_are_read_as_kubectl_reads_them(string server, string environment, string? expected)
    {
        var values = environment.Split(' ').ToDictionary(p => p.Split('=', 2)[0], p => p.Split('=', 2)[1]);
        Assert.Equal(expected, EnvironmentProxy.For(new Uri(server), values.GetValueOrDefault)?.ToString());
    }
}
