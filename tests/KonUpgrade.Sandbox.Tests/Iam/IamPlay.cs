using System.Xml.Linq;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Iam;
using KonUpgrade.Sandbox.Tests.Eks;

namespace KonUpgrade.Sandbox.Tests.Iam;

/// <summary>An account of its own with one cluster.</summary>
public abstract class IamPlay : IAsyncLifetime
{
    private SandboxHost? _host;
    private EksClient? _client;

    protected const string Trust = """{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    protected SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    protected SandboxIam Iam => Host.Iam!;

    protected EksClient Client => _client!;

    protected virtual IamSettings Settings => new()
    {
        Roles =
        [
            new("app")
            {
                Path = "/shop/",
                TrustPolicy = Trust,
                AttachedPolicies = ["arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup", "arn:aws:iam::123456789012:policy/own"],
                InlinePolicies = new Dictionary<string, string> { ["b"] = "{\"Version\":\"2012-10-17\",\"Statement\":[]}", ["a"] = "{}" },
            },
            new("AWSServiceRoleForAmazonEKS") { Path = "/aws-service-role/eks.amazonaws.com/", TrustPolicy = IamRole.TrustOf("eks.amazonaws.com") },
        ],
        MostInAPage = 1,
    };

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33")], Iam = Settings }, TestContext.Current.CancellationToken);
        _client = new EksClient(_host.Eks!) { Service = "iam" };
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Calls an operation that must succeed; gives its result, or the answer itself where it has none.</summary>
    protected async Task<XElement> CallAsync(string action, params (string Name, string Value)[] parameters)
    {
        EksReply reply = (await SendAsync(action, parameters)).Must(200);
        XElement root = XElement.Parse(reply.Text);
        Assert.Equal($"{action}Response", root.Name.LocalName);
        Assert.Equal("https://iam.amazonaws.com/doc/2010-05-08/", root.Name.NamespaceName);
        Assert.Equal(reply.RequestId, Text(root, "RequestId"));
        return root.Elements().First();
    }

    /// <summary>Calls an operation that must fail, with words in the message.</summary>
    protected async Task FailAsync(int status, string code, string words, string action, params (string Name, string Value)[] parameters)
    {
        XElement root = XElement.Parse((await SendAsync(action, parameters)).Must(status).Text);
        Assert.Equal("ErrorResponse", root.Name.LocalName);
        Assert.Equal(code, Text(root, "Code"));
        Assert.Contains(words, Text(root, "Message"), StringComparison.Ordinal);
        Assert.Equal(status >= 500 ? "Receiver" : "Sender", Text(root, "Type"));
    }

    protected static string Text(XElement root, string name) => Assert.Single(root.Descendants(), element => element.Name.LocalName == name).Value;

    private Task<EksReply> SendAsync(string action, (string Name, string Value)[] parameters)
        => Client.SendAsync(HttpMethod.Post, "/", string.Join('&', parameters.Prepend(("Version", "2010-05-08")).Prepend(("Action", action)).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2)}")));
}
