using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>Add-ons of a cluster and the versions that there are of them and of clusters, as the service's own model has it.</summary>
public sealed class AddonTests : EksPlay
{
    private const string Addons = "/clusters/blue/addons";

    [Fact]
    public async Task Add_ons_are_listed_and_described_and_have_versions_for_versions_of_clusters()
    {
        Assert.Empty((await Client.GetAsync(Addons)).Must(200).Json["addons"]!.AsArray());
        Eks.SetAddons("blue", new EksAddon("vpc-cni", "v1.19.2-eksbuild.1"), new EksAddon("coredns", "v1.11.4-eksbuild.2") { Status = "DEGRADED", IssueCode = "InsufficientNumberOfReplicas", IssueMessage = "no room" });
        Assert.Equal(["coredns", "vpc-cni"], (await Client.GetAsync(Addons)).Must(200).Json["addons"]!.AsArray().Select(name => (string?)name));
        JsonNode addon = (await Client.GetAsync($"{Addons}/coredns")).Must(200).Json["addon"]!;
        Assert.Equal(("DEGRADED", "v1.11.4-eksbuild.2", "InsufficientNumberOfReplicas"), ((string?)addon["status"], (string?)addon["addonVersion"], (string?)addon["health"]!["issues"]![0]!["code"]));
        JsonNode[] versions = [.. (await Client.GetAsync("/addons/supported-versions?addonName=coredns&kubernetesVersion=1.33")).Must(200).Json["addons"]![0]!["addonVersions"]!.AsArray().Select(version => version!)];
        Assert.Equal(["v1.12.3-eksbuild.1", "v1.11.4-eksbuild.2"], versions.Select(version => (string?)version["addonVersion"]));
        Assert.Equal(["1.36", "1.35", "1.34", "1.33", "1.32"], versions[0]["compatibilities"]!.AsArray().Select(one => (string?)one!["clusterVersion"]));
        Assert.Empty((await Client.GetAsync("/addons/supported-versions?addonName=tetrate-io_istio-distro&kubernetesVersion=1.34")).Must(200).Json["addons"]!.AsArray());
        (await Client.GetAsync($"{Addons}/nope")).MustFail(404, "ResourceNotFoundException");
        (await Client.GetAsync("/clusters/nope/addons")).MustFail(404, "ResourceNotFoundException");
        (await Client.GetAsync("/addons/supported-versions?addonName=nope")).MustFail(400, "InvalidParameterException");
    }

    [Fact]
    public async Task The_aws_program_reads_them()
    {
        Eks.SetAddons("blue", new EksAddon("vpc-cni", "v1.19.2-eksbuild.1"));
        Assert.Equal("vpc-cni", await RunAsync("list-addons", "--cluster-name", "blue", "--query", "addons[]", "--output", "text"));
        Assert.Equal("ACTIVE\tv1.19.2-eksbuild.1", await RunAsync("describe-addon", "--cluster-name", "blue", "--addon-name", "vpc-cni", "--query", "addon.[status,addonVersion]", "--output", "text"));
        Assert.Equal("v1.20.1-eksbuild.1", await RunAsync("describe-addon-versions", "--addon-name", "vpc-cni", "--kubernetes-version", "1.34", "--query", "addons[].addonVersions[].addonVersion", "--output", "text"));
        Assert.Equal("1.31\t1.32\t1.33", await RunAsync("describe-cluster-versions", "--query", "clusterVersions[?versionStatus=='EXTENDED_SUPPORT'].clusterVersion", "--output", "text"));
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Eks.Settings.SecretAccessKey, ["eks", .. arguments]);
        Assert.True(code == 0, text);
        return text.Trim();
    }
}
