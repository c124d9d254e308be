using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>What the service refuses when a node group is asked for, and how.</summary>
public sealed class CreateNodegroupTests : EksPlay
{
    [Theory]
    [InlineData(""","scalingConfig":{"minSize":3,"maxSize":4,"desiredSize":2}""", "minSize can't be greater than desiredSize")]
    [InlineData(""","scalingConfig":{"minSize":1,"maxSize":2,"desiredSize":3}""", "desiredSize can't be greater than maxSize")]
    [InlineData(""","scalingConfig":{"minSize":0,"maxSize":0,"desiredSize":0}""", "maxSize must be 1 or more")]
    [InlineData(""","updateConfig":{"maxUnavailable":3}""", "max-unavailable must be within the range 1 and max size of the node group")]
    [InlineData(""","updateConfig":{"maxUnavailable":1,"maxUnavailablePercentage":10}""", "only one of maxUnavailable and maxUnavailablePercentage")]
    [InlineData(""","amiType":"WINDOWS_95" """, "The AMI type WINDOWS_95 is not one of")]
    [InlineData(""","amiType":"AL2_x86_64" """, "AMI Type AL2_x86_64 is only supported for kubernetes versions 1.32 or earlier")]
    [InlineData(""","amiType":"CUSTOM" """, "image id")]
    [InlineData(""","amiType":"AL2023_x86_64_STANDARD","instanceTypes":["m6g.large"]""", "[m6g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD")]
    [InlineData(""","capacityType":"RESERVED" """, "The capacity type RESERVED is not one of")]
    [InlineData(""","version":"1.32" """, "Nodegroup Kubernetes version should be equal to Cluster kubernetes version 1.33")]
    [InlineData(""","releaseVersion":"1.32.2-20250715" """, "Requested release version 1.32.2-20250715 is not valid for kubernetes version 1.33.")]
    [InlineData(""","releaseVersion":"1.33.2-20190101" """, "Requested Nodegroup release version 1.33.2-20190101 is invalid. Allowed release version is 1.33.2-20250715")]
    [InlineData(""","labels":{"node-role.kubernetes.io/x":"y"}""", "Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]")]
    [InlineData(""","labels":{"a":"not this"}""", "Invalid value: not this")]
    [InlineData(""","taints":[{"key":"a","effect":"NoSchedule"}]""", "The taint effect NoSchedule is not one of [NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE]")]
    [InlineData(""","taints":[{"key":"kubernetes.io/a","effect":"NO_SCHEDULE"}]""", "Taint cannot contain reserved prefixes")]
    [InlineData(""","tags":{"aws:mine":"x"}""", "'aws:mine' is not a valid tag key")]
    [InlineData(""","launchTemplate":{"id":"lt-0123456789abcdef0","name":"nodes"}""", "either the launch template ID or the launch template name")]
    [InlineData(""","launchTemplate":{"id":"lt-0123456789abcdef0"},"diskSize":20""", "Disk size must be specified within the launch template.")]
    [InlineData(""","launchTemplate":{"id":"lt-0123456789abcdef0"},"remoteAccess":{"ec2SshKey":"k"}""", "Remote access configuration cannot be specified with a launch template.")]
    [InlineData(""","launchTemplate":{"name":"own-image"},"version":"1.33" """, "when using custom AMIs")]
    public async Task A_parameter_that_is_wrong_is_an_InvalidParameterException(string more, string words)
    {
        EksReply reply = (await Client.PostAsync(Groups, Bare("general", more))).MustFail(400, "InvalidParameterException", words);
        Assert.Equal("blue", (string?)reply.Json["clusterName"]);
        Assert.Equal("general", (string?)reply.Json["nodegroupName"]);
        Assert.Empty((await Client.GetAsync(Groups)).Must(200).Json["nodegroups"]!.AsArray());
    }

    [Theory]
    [InlineData(""","instanceTypes":["m5.large","m5.huge"]""", "The following supplied instance types do not exist: [m5.huge]")]
    [InlineData(""","launchTemplate":{"id":"lt-0000000000000000f"}""", "lt-0000000000000000f")]
    [InlineData(""","launchTemplate":{"name":"nodes","version":"3"}""", "version 3")]
    [InlineData(""","launchTemplate":{"name":"own-image"},"instanceTypes":["m5.large"]""", "Cannot specify instance types in launch template and API request")]
    public async Task What_does_not_go_together_is_an_InvalidRequestException(string more, string words)
        => (await Client.PostAsync(Groups, Bare("general", more))).MustFail(400, "InvalidRequestException", words);

    [Fact]
    public async Task Names_subnets_and_roles_must_be_right_and_there()
    {
        foreach (string name in (string[])["", "-a", "a.b", new string('a', 64)]) (await Client.PostAsync(Groups, Bare(name))).MustFail(400, "InvalidParameterException", "nodegroup name");
        (await Client.PostAsync(Groups, Bare("a", subnets: "[]"))).MustFail(400, "InvalidParameterException", "Subnets are not specified");
        (await Client.PostAsync(Groups, Bare("a", subnets: """["subnet-0nope"]"""))).MustFail(400, "InvalidParameterException", "The subnet ID 'subnet-0nope' does not exist");
        (await Client.PostAsync(Groups, Bare("a", subnets: $"[\"{Eks.SubnetIds("green")[0]}\"]"))).MustFail(400, "InvalidParameterException", "is not in the VPC of the cluster blue");
        (await Client.PostAsync(Groups, Bare("a", role: "node"))).MustFail(400, "InvalidParameterException", "not valid");
        (await Client.PostAsync(Groups, Bare("a", role: "arn:aws:iam::123456789012:role/nobody"))).MustFail(400, "InvalidParameterException", "The role with name nobody cannot be found.");
        (await Client.PostAsync(Groups, Bare("a", role: "arn:aws:iam::210987654321:role/blue-node"))).MustFail(400, "InvalidParameterException", "Cross-account pass role is not allowed.");
        (await Client.PostAsync("/clusters/nope/node-groups", Bare("a"))).MustFail(404, "ResourceNotFoundException", "No cluster found for name: nope.");
    }

    [Fact]
    public async Task What_is_left_out_is_what_the_service_takes_by_default()
    {
        (await Client.PostAsync(Groups, Bare("a"))).Must(200);
        JsonObject group = await DescribeAsync("a");
        Assert.Equal("""{"minSize":1,"maxSize":2,"desiredSize":2}""", group["scalingConfig"]!.ToJsonString());
        Assert.Equal("""["t3.medium"]""", group["instanceTypes"]!.ToJsonString());
        Assert.Equal("ON_DEMAND", (string?)group["capacityType"]);
        Assert.Equal(20, (int)group["diskSize"]!);
        Assert.Equal(1, (int)group["updateConfig"]!["maxUnavailable"]!);
        Assert.Null(group["launchTemplate"]);
    }

    [Fact]
    public async Task A_launch_template_says_what_the_request_does_not()
    {
        await ActiveAsync("own", 1, ""","launchTemplate":{"name":"own-image"}""");
        JsonObject group = await DescribeAsync("own");
        Assert.Equal("CUSTOM", (string?)group["amiType"]);
        Assert.Null(group["instanceTypes"]);
        Assert.Null(group["diskSize"]);
        Assert.Equal("lt-0fedcba9876543210", (string?)group["launchTemplate"]!["id"]);
        JsonNode labels = Assert.Single(await NodesAsync("own"))["metadata"]!["labels"]!;
        Assert.Equal("ami-0123456789abcdef0", (string?)labels["eks.amazonaws.com/nodegroup-image"]);
        Assert.Equal("m5.large", (string?)labels["node.kubernetes.io/instance-type"]);
        Assert.Equal("1", (string?)labels["eks.amazonaws.com/sourceLaunchTemplateVersion"]);
        (await Client.PostAsync(Groups, Body("latest", 0, ""","launchTemplate":{"name":"nodes","version":"$Latest"}"""))).Must(200);
        Assert.Equal("2", (string?)(await DescribeAsync("latest"))["launchTemplate"]!["version"]);
    }
}
