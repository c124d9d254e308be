namespace KonUpgrade.Sandbox.Tests.Api;

/// <summary>Services that are asked through a server which finds nobody to pass the question on to, on the sandbox and on every real server that is named.</summary>
public sealed class ServiceProxyTests(SandboxFixture fixture) : ServerPlay(fixture)
{
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_server_that_finds_no_endpoint_says_why(string server)
    {
        await BeginAsync(server);
        await ServiceAsync("bare", null, """{"name":"http","port":80}""");
        await ServiceAsync("empty", "", """{"name":"http","port":80}""");
        await ServiceAsync("unready", """{"notReadyAddresses":[{"ip":"192.0.2.1"}],"ports":[{"name":"http","port":8080}]}""", """{"name":"http","port":80},{"name":"more","port":81}""");
        // Ready by what is written, but no pod's.
        await ServiceAsync("strange", """{"addresses":[{"ip":"192.0.2.1"}],"ports":[{"name":"http","port":8080}]}""", """{"name":"http","port":80}""");
        foreach ((string id, int code, string message) in new[]
        {
            ("gone", 404, "services \"gone\" not found"),
            ("http:gone:80", 404, "services \"gone\" not found"),
            ("http:bare:80", 404, "services \"bare\" not found"),
            ("bare:81", 503, "no service port 81 found for service \"bare\""),
            ("http:empty:80", 503, "no endpoints available for service \"empty\""),
            ("http:unready:80", 503, "no endpoints available for service \"http:unready:80\""),
            ("unready:more", 503, "no endpoints available for service \"unready:more\""),
            ("strange", 503, "no endpoints available for service \"strange\""),
            ("https:strange:http", 503, "no endpoints available for service \"https:strange:http\""),
            ("gopher:strange:80", 400, "invalid service request \"gopher:strange:80\""),
            ("a:b:c:d", 400, "invalid service request \"a:b:c:d\""),
        })
        {
            Reply reply = await Client.GetAsync($"{Services}/{id}/proxy/apis/v2beta1/healthz?full=1");
            Assert.Equal((id, code, message), (id, reply.Code, reply.Message));
            Assert.Equal("Status", (string?)reply.Json["kind"]);
        }
    }

    private async Task ServiceAsync(string name, string? subsets, string ports)
    {
        (await Client.PostAsync(Services, $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}"},"spec":{"ports":[{{{ports}}}]}}""")).Must(201);
        if (subsets is not null)
            (await Client.PostAsync($"/api/v1/namespaces/{Namespace}/endpoints", $$$"""{"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"{{{name}}}"},"subsets":[{{{subsets}}}]}""")).Must(201);
    }
}
