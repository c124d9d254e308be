using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Eks;

public sealed class EksServiceTests : EksPlay
{
    [Fact]
    public async Task Every_cluster_of_the_sandbox_is_a_cluster_of_the_region()
    {
        JsonObject list = (await Client.GetAsync("/clusters")).Must(200).Json;
        Assert.Equal(["blue", "green"], list["clusters"]!.AsArray().Select(name => (string?)name));
        EksReply reply = (await Client.GetAsync("/clusters/blue")).Must(200);
        Assert.True(Guid.TryParse(reply.RequestId, out _));
        JsonNode cluster = reply.Json["cluster"]!;
        Assert.Equal("blue", (string?)cluster["name"]);
        Assert.Equal("arn:aws:eks:eu-central-1:123456789012:cluster/blue", (string?)cluster["arn"]);
        Assert.Equal("1.33", (string?)cluster["version"]);
        Assert.Equal("ACTIVE", (string?)cluster["status"]);
        Assert.Equal(Host.Cluster("blue").Uri.GetLeftPart(UriPartial.Authority), (string?)cluster["endpoint"]);
        Assert.Equal(await File.ReadAllTextAsync(Host.CertificateAuthorityPath, TestContext.Current.CancellationToken), Encoding.UTF8.GetString(Convert.FromBase64String((string)cluster["certificateAuthority"]!["data"]!)));
        Assert.StartsWith("https://oidc.eks.eu-central-1.amazonaws.com/id/", (string?)cluster["identity"]!["oidc"]!["issuer"], StringComparison.Ordinal);
        Assert.Equal(Eks.SubnetIds("blue"), cluster["resourcesVpcConfig"]!["subnetIds"]!.AsArray().Select(id => (string?)id));
        Assert.Empty(Eks.SubnetIds("blue").Intersect(Eks.SubnetIds("green")));
        EksReply missing = (await Client.GetAsync("/clusters/nope")).MustFail(404, "ResourceNotFoundException", "No cluster found for name: nope.");
        Assert.Equal("nope", (string?)missing.Json["clusterName"]);
        (await Client.GetAsync("/clusters/nope/node-groups")).MustFail(404, "ResourceNotFoundException");
        (await Client.GetAsync("/clusters/nope/updates")).MustFail(404, "ResourceNotFoundException");
    }

    [Fact]
    public async Task A_request_must_be_signed_with_the_right_key_for_the_region_and_lately()
    {
        (await Client.SendAsync(HttpMethod.Get, "/clusters", secret: "")).MustFail(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        (await Client.SendAsync(HttpMethod.Get, "/clusters", secret: "another")).MustFail(403, "InvalidSignatureException", "does not match the signature you provided");
        (await Client.SendAsync(HttpMethod.Get, "/clusters", keyId: "AKIAOTHER")).MustFail(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        (await Client.SendAsync(HttpMethod.Get, "/clusters", region: "us-west-2")).MustFail(403, "InvalidSignatureException", "us-west-2");
        (await Client.SendAsync(HttpMethod.Get, "/clusters", at: DateTimeOffset.UtcNow.AddMinutes(-10))).MustFail(403, "InvalidSignatureException", "Signature expired");
        Eks.Settings = Eks.Settings with { VerifySignatures = false };
        (await Client.SendAsync(HttpMethod.Get, "/clusters", secret: "another")).Must(200);
        (await Client.SendAsync(HttpMethod.Get, "/clusters", secret: "")).Must(403);
    }

    [Fact]
    public async Task Lists_come_in_pages_that_join_without_gap_or_repetition()
    {
        foreach (string name in (string[])["c", "a", "e", "b", "d"]) (await Client.PostAsync(Groups, Body(name, 0))).Must(200);
        var names = new List<string>();
        string token = "";
        int pages = 0;
        do
        {
            JsonObject page = (await Client.GetAsync($"{Groups}?maxResults=2{(token.Length > 0 ? $"&nextToken={Uri.EscapeDataString(token)}" : "")}")).Must(200).Json;
            names.AddRange(page["nodegroups"]!.AsArray().Select(name => (string)name!));
            token = (string?)page["nextToken"] ?? "";
            pages++;
        }
        while (token.Length > 0);
        Assert.Equal(["a", "b", "c", "d", "e"], names);
        Assert.Equal(3, pages);
        string first = (string)(await Client.GetAsync($"{Groups}?maxResults=2")).Must(200).Json["nextToken"]!;
        (await Client.GetAsync($"/clusters?nextToken={Uri.EscapeDataString(first)}")).MustFail(400, "InvalidParameterException", "nextToken");
        (await Client.GetAsync($"{Groups}?maxResults=0")).MustFail(400, "InvalidParameterException", "maxResults");
        (await Client.GetAsync($"{Groups}?maxResults=101")).MustFail(400, "InvalidParameterException", "maxResults");
    }

    [Fact]
    public async Task A_client_request_token_asks_for_one_thing_once()
    {
        string body = Body("general", 1, ""","clientRequestToken":"t1" """);
        string arn = (string)(await Client.PostAsync(Groups, body)).Must(200).Json["nodegroup"]!["nodegroupArn"]!;
        Assert.Equal(arn, (string?)(await Client.PostAsync(Groups, body)).Must(200).Json["nodegroup"]!["nodegroupArn"]);
        (await Client.PostAsync(Groups, Body("general", 2, ""","clientRequestToken":"t1" """))).MustFail(400, "InvalidParameterException", "t1");
        (await Client.PostAsync(Groups, Body("general", 1, ""","clientRequestToken":"t2" """))).MustFail(409, "ResourceInUseException", "already exists");
        await AdvanceAsync(40);
        Assert.Single(await NodesAsync());
    }

    [Fact]
    public async Task What_the_sandbox_leaves_out_it_says()
    {
        (await Client.GetAsync("/clusters/blue/fargate-profiles")).MustFail(501, "NotImplementedException", "The sandbox does not model ListFargateProfiles.");
        (await Client.GetAsync("/nothing")).MustFail(404, "UnknownOperationException");
        (await Client.PostAsync(Groups, "[]")).MustFail(400, "SerializationException");
        (await Client.PostAsync(Groups, Bare("a", ""","diskSize":"big" """))).MustFail(400, "SerializationException", "diskSize");
    }

    [Fact]
    public async Task The_control_endpoint_tells_where_EKS_is_and_can_do_what_no_client_can()
    {
        using var control = new ApiClient(Host, Host.ControlUri, Host.ControlToken);
        JsonNode eks = (await control.GetAsync("/sandbox")).Must(200).Json["eks"]!;
        Assert.Equal(Eks.Uri.ToString().TrimEnd('/'), (string?)eks["endpoint"]);
        Assert.Equal(Eks.Settings.SecretAccessKey, (string?)eks["secretAccessKey"]);
        await ActiveAsync("general", 1);
        (await control.SendAsync(HttpMethod.Put, "/sandbox/eks/clusters/blue/nodegroups/general/desired?size=3", "")).Must(200);
        (await control.SendAsync(HttpMethod.Put, "/sandbox/eks/clusters/blue/nodegroups/general/desired?size=11", "")).Must(400);
        await AdvanceAsync(40);
        Assert.Equal(3, (int)(await DescribeAsync("general"))["scalingConfig"]!["desiredSize"]!);
        JsonArray machines = (await control.GetAsync("/sandbox/eks/clusters/blue/nodegroups/general")).Must(200).Json["instances"]!.AsArray();
        Assert.Equal(3, machines.Count);
        (await control.DeleteAsync($"/sandbox/eks/instances/{machines[0]!["id"]}")).Must(200);
        Assert.Equal(2, Eks.Instances("blue", "general").Count);
        string id = (string)(await control.PostAsync("/sandbox/eks/troubles", """{"code":"AccessDenied","nodegroup":"gen*"}""")).Must(201).Json["id"]!;
        await SettleAsync();
        Assert.Equal("DEGRADED", await StatusAsync("general"));
        (await control.DeleteAsync($"/sandbox/eks/troubles/{id}")).Must(200);
        await AdvanceAsync(40);
        Assert.Equal("ACTIVE", await StatusAsync("general"));
    }

    [Fact]
    public async Task The_control_endpoint_says_which_add_ons_a_cluster_has_and_what_was_found_about_it()
    {
        using var control = new ApiClient(Host, Host.ControlUri, Host.ControlToken);
        (await control.SendAsync(HttpMethod.Put, "/sandbox/eks/clusters/blue/addons", """[{"name":"vpc-cni","version":"v1.19.2-eksbuild.1","status":"DEGRADED","issueCode":"AccessDenied","issueMessage":"no rights"}]""")).Must(200);
        JsonNode addon = (await Client.GetAsync("/clusters/blue/addons/vpc-cni")).Must(200).Json["addon"]!;
        Assert.Equal(("v1.19.2-eksbuild.1", "DEGRADED", "AccessDenied"), ((string?)addon["addonVersion"], (string?)addon["status"], (string?)addon["health"]!["issues"]![0]!["code"]));
        (await control.SendAsync(HttpMethod.Put, "/sandbox/eks/clusters/blue/insights", """[{"id":"a","category":"ROLLBACK_READINESS"}]""")).Must(200);
        const string rollback = """{"filter":{"categories":["ROLLBACK_READINESS"]}}""";
        Assert.Single((await Client.PostAsync("/clusters/blue/insights", rollback)).Must(200).Json["insights"]!.AsArray());
        // A service of years ago knows no such category.
        Eks.Settings = Eks.Settings with { InsightCategories = ["UPGRADE_READINESS"] };
        (await Client.PostAsync("/clusters/blue/insights", rollback)).MustFail(400, "InvalidParameterException");
    }

    [Fact]
    public async Task A_sandbox_can_be_without_EKS()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.30")], Eks = null }, TestContext.Current.CancellationToken);
        Assert.Null(host.Eks);
        using var control = new ApiClient(host, host.ControlUri, host.ControlToken);
        Assert.Null((await control.GetAsync("/sandbox")).Must(200).Json["eks"]);
        (await control.GetAsync("/sandbox/eks")).Must(404);
    }
}
