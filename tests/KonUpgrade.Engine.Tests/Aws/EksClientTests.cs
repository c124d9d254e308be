using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>EKS by the shapes of its model, against a server that answers them.</summary>
public sealed class EksClientTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lists_are_read_page_by_page_to_their_end()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""{"clusters":["blue","green"],"nextToken":"a/b+c=="}""").Answer("""{"clusters":["red"],"nextToken":null}""");
        Assert.Equal(["blue", "green", "red"], await scene.Client.ListClustersAsync(Token).ToListAsync(Token));
        Assert.Equal(["GET /clusters?maxResults=100", "GET /clusters?maxResults=100&nextToken=a%2Fb%2Bc%3D%3D"], scene.Seen.Select(seen => seen.Request));
        Assert.All(scene.Seen, seen => Assert.Contains("/eu-west-1/eks/aws4_request", seen.Authorization, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_whose_page_comes_again_and_again_ends()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Last = (200, null, """{"nodegroups":["general"],"nextToken":"same"}""");
        var e = await Assert.ThrowsAsync<EksException>(async () => await scene.Client.ListNodegroupsAsync("blue", Token).ToListAsync(Token));
        Assert.Equal("AwsAnswerUnreadable", e.Failure.Id);
    }

    [Fact]
    public async Task A_cluster_keeps_what_the_service_says_also_what_is_not_known_here()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""
            {"cluster":{"name":"blue","arn":"arn:aws:eks:eu-west-1:111122223333:cluster/blue","createdAt":1767225600.25,"version":"1.33","endpoint":"https://x.gr7.eu-west-1.eks.amazonaws.com",
            "status":"HIBERNATING","resourcesVpcConfig":{"vpcId":"vpc-1","subnetIds":["subnet-1"],"securityGroupIds":null,"endpointPublicAccess":false},
            "identity":{"oidc":{"issuer":"https://oidc.example/id"}},"certificateAuthority":{"data":"UEVN"},"tags":null,"health":{"issues":[{"code":"KmsKeyDisabled","message":"off","resourceIds":["key-1"]}]},
            "somethingNew":{"deep":[1]}}}
            """);
        var cluster = await scene.Client.DescribeClusterAsync("blue", Token);
        Assert.Equal("HIBERNATING", cluster.Status);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, 250, TimeSpan.Zero), cluster.CreatedAt);
        Assert.Empty(cluster.ResourcesVpcConfig!.SecurityGroupIds);
        Assert.Empty(cluster.Tags);
        Assert.Equal("KmsKeyDisabled (key-1): off", cluster.Health!.Issues.Single().ToString());
        Assert.Equal("GET /clusters/blue", scene.Seen.Single().Request);
    }

    [Fact]
    public async Task A_node_group_is_asked_for_as_the_model_has_it_with_the_callers_own_token()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""{"nodegroup":{"nodegroupName":"general-v34","status":"CREATING","diskSize":"80","createdAt":"2026-03-01T10:00:00Z"}}""");
        var made = await scene.Client.CreateNodegroupAsync(
            new CreateNodegroupRequest
            {
                ClusterName = "blue",
                NodegroupName = "general-v34",
                Subnets = ["subnet-1", "subnet-2"],
                NodeRole = "arn:aws:iam::111122223333:role/node",
                ScalingConfig = new NodegroupScalingConfig { MinSize = 0, MaxSize = 6, DesiredSize = 3 },
                Taints = [new Taint { Key = "dedicated", Value = "batch", Effect = "NO_SCHEDULE" }],
                Labels = new Dictionary<string, string> { ["Pool/Name"] = "general" },
                ClientRequestToken = "run-1-general",
            },
            Token);
        Assert.Equal(("CREATING", 80), (made.Status, made.DiskSize));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero), made.CreatedAt);
        Assert.Equal("POST /clusters/blue/node-groups", scene.Seen.Single().Request);
        Assert.Equal(
            """{"nodegroupName":"general-v34","subnets":["subnet-1","subnet-2"],"nodeRole":"arn:aws:iam::111122223333:role/node","scalingConfig":{"minSize":0,"maxSize":6,"desiredSize":3},"labels":{"Pool/Name":"general"},"taints":[{"key":"dedicated","value":"batch","effect":"NO_SCHEDULE"}],"clientRequestToken":"run-1-general"}""",
            scene.Seen.Single().Body);
    }

    [Fact]
    public async Task Changes_of_a_node_group_go_to_their_own_paths()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Last = (200, null, """{"update":{"id":"u-1","status":"InProgress","type":"ConfigUpdate","params":[{"type":"MaxSize","value":"4"}],"createdAt":1767225600,"errors":[]},"nodegroup":{"status":"DELETING"},"updateIds":["u-1"]}""");
        var update = await scene.Client.UpdateNodegroupConfigAsync(
            new UpdateNodegroupConfigRequest
            {
                ClusterName = "blue",
                NodegroupName = "general",
                Labels = new UpdateLabelsPayload { AddOrUpdateLabels = new Dictionary<string, string> { ["a"] = "b" }, RemoveLabels = ["c"] },
                Taints = new UpdateTaintsPayload { RemoveTaints = [new Taint { Key = "k", Effect = "NO_EXECUTE" }] },
                ScalingConfig = new NodegroupScalingConfig { MaxSize = 4 },
                ClientRequestToken = "t",
            },
            Token);
        Assert.Equal(("u-1", "4"), (update.Id, update.Params.Single().Value));
        await scene.Client.UpdateNodegroupVersionAsync(new UpdateNodegroupVersionRequest { ClusterName = "blue", NodegroupName = "general", Version = "1.34", Force = false, ClientRequestToken = "v" }, Token);
        Assert.Equal("DELETING", (await scene.Client.DeleteNodegroupAsync("blue", "general", Token)).Status);
        Assert.Equal(["u-1"], await scene.Client.ListUpdatesAsync("blue", "general", Token).ToListAsync(Token));
        await scene.Client.DescribeUpdateAsync("blue", "u-1", "general", Token);
        await scene.Client.DescribeUpdateAsync("blue", "u-1", null, Token);
        Assert.Equal(
            [
                "POST /clusters/blue/node-groups/general/update-config", "POST /clusters/blue/node-groups/general/update-version", "DELETE /clusters/blue/node-groups/general",
                "GET /clusters/blue/updates?maxResults=100&nodegroupName=general", "GET /clusters/blue/updates/u-1?nodegroupName=general", "GET /clusters/blue/updates/u-1",
            ],
            scene.Seen.Select(seen => seen.Request));
        Assert.Equal("""{"labels":{"addOrUpdateLabels":{"a":"b"},"removeLabels":["c"]},"taints":{"removeTaints":[{"key":"k","effect":"NO_EXECUTE"}]},"scalingConfig":{"maxSize":4},"clientRequestToken":"t"}""", scene.Seen[0].Body);
        Assert.Equal("""{"version":"1.34","force":false,"clientRequestToken":"v"}""", scene.Seen[1].Body);
    }

    [Fact]
    public async Task A_throttled_call_is_sent_again_by_the_sdk_with_the_same_token()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""{"message":"Rate exceeded"}""", 429, "ThrottlingException").Answer("""{"update":{"id":"u-1"}}""");
        await scene.Client.UpdateNodegroupVersionAsync(new UpdateNodegroupVersionRequest { ClusterName = "blue", NodegroupName = "general" }, Token);
        Assert.Equal(2, scene.Seen.Count);
        Assert.Equal(scene.Body(0).GetProperty("clientRequestToken").GetString(), scene.Body(1).GetProperty("clientRequestToken").GetString());
        Assert.NotEmpty(scene.Body(0).GetProperty("clientRequestToken").GetString()!);
    }

    [Fact]
    public async Task How_often_is_the_users_choice()
    {
        await using var scene = await EksScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"), ("AWS_RETRY_MODE", "adaptive"));
        scene.Last = (429, "ThrottlingException", """{"message":"Rate exceeded"}""");
        var e = await Assert.ThrowsAsync<ThrottlingException>(() => scene.Client.DescribeClusterAsync("blue", Token));
        Assert.Equal(("AwsThrottled", FailureKind.LimitsExceeded, true), (e.Failure.Id, e.Failure.Kind, e.IsTransient));
        Assert.Single(scene.Seen);
    }

    [Theory]
    [InlineData("ResourceNotFoundException", 404, """{"message":"No node group found for name: general.","nodegroupName":"general"}""", typeof(ResourceNotFoundException), "NodegroupNotFound", FailureKind.NotFound)]
    [InlineData("ResourceNotFoundException:http://internal.amazon.com/coral/", 404, """{"message":"No cluster found for name: blue."}""", typeof(ResourceNotFoundException), "ManagedClusterNotFound", FailureKind.NotFound)]
    [InlineData("ResourceInUseException", 409, """{"message":"Nodegroup already busy","clusterName":"blue"}""", typeof(ResourceInUseException), "EksResourceInUse", FailureKind.Conflict)]
    [InlineData("InvalidParameterException", 400, """{"message":"Subnets are not tagged","nodegroupName":"general"}""", typeof(InvalidParameterException), "EksInvalidParameter", FailureKind.InvalidData)]
    [InlineData("InvalidRequestException", 400, """{"message":"Cluster is updating"}""", typeof(InvalidRequestException), "EksInvalidRequest", FailureKind.InvalidData)]
    [InlineData("ResourceLimitExceededException", 400, """{"message":"Too many"}""", typeof(ResourceLimitExceededException), "EksLimitExceeded", FailureKind.LimitsExceeded)]
    [InlineData("AccessDeniedException", 403, """{"Message":"User: arn:aws:iam::1:user/x is not authorized to perform: eks:DeleteNodegroup"}""", typeof(AccessDeniedException), "AwsAccessDenied", FailureKind.PermissionDenied)]
    [InlineData("ExpiredTokenException", 403, """{"message":"The security token included in the request is expired"}""", typeof(EksException), "AwsLoginRefused", FailureKind.Authentication)]
    [InlineData("ServiceUnavailableException", 503, """{"message":"later"}""", typeof(EksException), "AwsUnavailable", FailureKind.Unavailable)]
    [InlineData(null, 404, "<!doctype html><title>404 Not Found</title>", typeof(EksException), "AwsOperationUnknown", FailureKind.NotSupported)]
    [InlineData(null, 400, """{"__type":"com.amazonaws.eks#InvalidParameterException","message":"bad"}""", typeof(InvalidParameterException), "EksInvalidParameter", FailureKind.InvalidData)]
    [InlineData("com.amazonaws.eks#InvalidParameterException:http://internal.amazon.com/coral/#1", 400, """{"message":"bad"}""", typeof(InvalidParameterException), "EksInvalidParameter", FailureKind.InvalidData)]
    [InlineData("SomethingNewException", 400, """{"message":"never seen"}""", typeof(EksException), "AwsRequestRefused", FailureKind.InvalidData)]
    public async Task An_error_of_the_service_is_a_type_a_failure_and_a_remedy(string? code, int status, string body, Type type, string id, FailureKind kind)
    {
        await using var scene = await EksScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"));
        scene.Answer(body, status, code);
        var e = (EksException)await Assert.ThrowsAsync(type, () => scene.Client.DeleteNodegroupAsync("blue", "general", Token));
        Assert.Equal((id, kind, status), (e.Failure.Id, e.Failure.Kind, e.StatusCode));
        Assert.Equal("blue/general", e.Failure.Target);
        Assert.False(string.IsNullOrEmpty(e.Failure.Recommendation));
        Assert.Equal("request-1", e.RequestId);
    }

    [Fact]
    public async Task A_node_group_that_is_there_already_is_told_as_such_with_the_services_fields()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""{"clusterName":"blue","nodegroupName":"general","message":"NodeGroup already exists with name general"}""", 409, "ResourceInUseException");
        var e = await Assert.ThrowsAsync<ResourceInUseException>(() => scene.Client.CreateNodegroupAsync(
            new CreateNodegroupRequest { ClusterName = "blue", NodegroupName = "general", Subnets = [], NodeRole = "r" }, Token));
        Assert.Equal(("NodegroupExists", FailureKind.AlreadyExists), (e.Failure.Id, e.Failure.Kind));
        Assert.Equal("general", e.Fields["nodegroupName"]);
    }

    [Fact]
    public async Task No_secret_is_in_a_message_a_stream_or_an_object()
    {
        await using var scene = await EksScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"));
        scene.Answer(
            """{"message":"The request signature we calculated does not match.\n\nThe Canonical String for this request should have been\n'GET\n/clusters/blue\n\nx-amz-security-token:hush-session\n'"}""", 403, "InvalidSignatureException");
        var e = await Assert.ThrowsAsync<EksException>(() => scene.Client.DescribeClusterAsync("blue", Token));
        Assert.Equal("AwsLoginRefused", e.Failure.Id);
        Assert.DoesNotContain("hush", e.Failure + scene.Reporter.Text + TestKeys.Any + System.Text.Json.JsonSerializer.Serialize(TestKeys.Any), StringComparison.Ordinal);
        Assert.Contains(scene.Reporter.Of("verbose"), message => message.Contains("keys that were given", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_is_empty_calls_no_other_operation()
    {
        await using var scene = await EksScene.StartAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => scene.Client.DescribeClusterAsync("", Token));
        Assert.Empty(scene.Seen);
    }

    [Fact]
    public async Task A_name_with_odd_letters_stays_in_its_place()
    {
        await using var scene = await EksScene.StartAsync();
        await scene.Client.DescribeClusterAsync("a/b ?c", Token);
        Assert.Equal("GET /clusters/a%2Fb%20%3Fc", scene.Seen.Single().Request);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_unavailable()
    {
        using var client = new EksClient(EksScene.Options(new Uri("http://127.0.0.1:9"), ("AWS_MAX_ATTEMPTS", "1")), NullReporter.Instance);
        var e = await Assert.ThrowsAsync<EksException>(() => client.DescribeClusterAsync("blue", Token));
        Assert.Equal(("AwsUnavailable", 0), (e.Failure.Id, e.StatusCode));
    }

    [Theory]
    [InlineData("eu-west-1", false, false, "https://eks.eu-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", false, false, "https://eks.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-east-1", true, false, "https://fips.eks.us-east-1.amazonaws.com/")]
    [InlineData("us-gov-west-1", true, false, "https://eks.us-gov-west-1.amazonaws.com/")]
    [InlineData("eu-west-1", false, true, "https://eks.eu-west-1.api.aws/")]
    [InlineData("eu-west-1", true, true, "https://eks-fips.eu-west-1.api.aws/")]
    public void The_services_url_follows_region_and_settings(string region, bool fips, bool dualStack, string url) =>
        Assert.Equal(url, EksEndpoint.Of(region, fips, dualStack).ToString());

    [Theory]
    [InlineData("eu-west-1.evil.example/", "AwsRegionInvalid")]
    [InlineData(null, "AwsRegionNotFound")]
    public async Task A_region_that_is_none_is_told(string? region, string id)
    {
        // A profile file of its own keeps the machine's AWS files out; on a machine of EC2 the region would be found there.
        var files = _folder.Write("credentials", "[default]\naws_access_key_id = AKIDX\naws_secret_access_key = x\n");
        var options = new AwsOptions { Region = region, Environment = name => name == "AWS_SHARED_CREDENTIALS_FILE" ? files : null };
        using var client = new EksClient(options, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => client.DescribeClusterAsync("blue", Token));
        Assert.Equal(id, e.Failure.Id);
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL_EKS", "eks.example.com")]
    [InlineData("AWS_ENDPOINT_URL", "localhost:5000")]
    public async Task A_url_that_is_none_is_told_and_AWS_itself_is_not_asked_instead(string variable, string url)
    {
        var options = EksScene.Options(new Uri("http://127.0.0.1:1"), (variable, url)) with { EndpointUrl = null };
        using var client = new EksClient(options, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => client.DescribeClusterAsync("blue", Token));
        Assert.Equal(("AwsEndpointInvalid", variable), (e.Failure.Id, e.Failure.Target));
    }

    [Fact]
    public async Task Settings_of_a_login_program_that_are_not_heard_here_make_nobody_else_ask()
    {
        await using var scene = await EksScene.StartAsync();
        var files = _folder.Write("credentials", "[default]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = x\n");
        var options = EksScene.Options(scene.Server.Uri, ("AWS_SHARED_CREDENTIALS_FILE", files), ("AWS_CONFIG_FILE", _folder["config-of-its-own"])) with { Keys = null };
        using var client = new EksClient(options, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => client.DescribeClusterAsync("blue", Token));
        Assert.Equal("AwsEnvironmentNotHeard", e.Failure.Id);
        Assert.Contains("AWS_CONFIG_FILE", e.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(scene.Seen);
        // Keys that are given need no files.
        using var keys = new EksClient(options with { Keys = TestKeys.Of("AKIDGIVEN", "x") }, NullReporter.Instance);
        await keys.DescribeClusterAsync("blue", Token);
    }

    [Fact]
    public async Task A_profile_gives_region_keys_endpoint_and_retries()
    {
        await using var scene = await EksScene.StartAsync();
        var files = _folder.Write("credentials", $"[prod]\naws_access_key_id = AKIDPROD\naws_secret_access_key = x\nregion = ap-south-1\nendpoint_url = {scene.Server.Uri}\nmax_attempts = 1\n");
        var reporter = new RecordingReporter();
        using var client = new EksClient(new AwsOptions { ProfileName = "prod", Environment = name => name == "AWS_SHARED_CREDENTIALS_FILE" ? files : null }, reporter);
        scene.Last = (503, "ServiceUnavailableException", """{"message":"later"}""");
        await Assert.ThrowsAsync<EksException>(() => client.DescribeClusterAsync("blue", Token));
        Assert.Contains("AKIDPROD/", scene.Seen.Single().Authorization, StringComparison.Ordinal);
        Assert.Contains("/ap-south-1/eks/", scene.Seen.Single().Authorization, StringComparison.Ordinal);
        Assert.Contains(reporter.Of("verbose"), message => message.Contains("the profile 'prod' (keys)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_profile_starts_a_program_only_where_that_is_allowed()
    {
        await using var scene = await EksScene.StartAsync();
        var program = _folder.Write("login.sh", "#!/bin/sh\ntouch \"$(dirname \"$0\")/started\"\necho '{\"Version\":1,\"AccessKeyId\":\"AKIDPROGRAM\",\"SecretAccessKey\":\"x\"}'\n");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var files = _folder.Write("credentials", $"[tool]\ncredential_process = {program}\n[role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = tool\n");
        var options = new AwsOptions { Region = "eu-west-1", EndpointUrl = scene.Server.Uri, Environment = name => name == "AWS_SHARED_CREDENTIALS_FILE" ? files : null };
        foreach (var profile in new[] { "tool", "role" })
        {
            using var refused = new EksClient(options with { ProfileName = profile }, NullReporter.Instance);
            var e = await Assert.ThrowsAsync<UpgradeException>(() => refused.DescribeClusterAsync("blue", Token));
            Assert.Equal("ExecForbidden", e.Failure.Id);
        }
        Assert.False(File.Exists(_folder["started"]));
        using var allowed = new EksClient(options with { ProfileName = "tool", MayStartPrograms = true }, NullReporter.Instance);
        await allowed.DescribeClusterAsync("blue", Token);
        Assert.Contains("AKIDPROGRAM/", scene.Seen.Single().Authorization, StringComparison.Ordinal);
    }
}
