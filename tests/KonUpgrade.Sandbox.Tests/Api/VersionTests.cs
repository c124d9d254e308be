using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class VersionTests
{
    [Fact]
    public async Task Every_version_serves_all_that_its_discovery_names()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(
            new() { Clusters = [.. Enumerable.Range(21, 14).Select(minor => new SandboxClusterOptions($"v{minor}", $"1.{minor}"))] },
            TestContext.Current.CancellationToken);
        foreach (SandboxCluster cluster in host.Clusters)
        {
            using var client = new ApiClient(host, cluster);
            int lists = 0;
            foreach (string groupVersion in await GroupVersionsAsync(client))
            {
                Reply resources = (await client.GetAsync(groupVersion)).Must(200);
                foreach (JsonNode? resource in resources.Json["resources"]!.AsArray())
                {
                    string name = (string)resource!["name"]!;
                    if (!resource["verbs"]!.AsArray().Any(verb => (string?)verb == "list")) continue;
                    Reply list = (await client.GetAsync($"{groupVersion}/{name}")).Must(200);
                    Assert.Equal($"{resource["kind"]}List", (string?)list.Json["kind"]);
                    lists++;
                }
            }
            Assert.True(lists > 35, $"{cluster.Version} lists {lists} kinds");
            (await client.GetAsync("/openapi/v2")).Must(200);
        }
    }

    [Fact]
    public async Task An_old_definition_becomes_a_new_one_on_the_way_through()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("old", "1.21")] }, TestContext.Current.CancellationToken);
        using var client = new ApiClient(host, host.Cluster("old"));
        (await client.PostAsync("/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions", """
            {"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"CustomResourceDefinition","metadata":{"name":"apps.old.example.com"},
             "spec":{"group":"old.example.com","version":"v1alpha1","names":{"plural":"apps","kind":"App"},"scope":"Cluster","subresources":{"status":{}},
                     "validation":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer"}}}}}}}}
            """)).Must(201);
        DateTime deadline = DateTime.UtcNow.AddSeconds(10);
        while ((await client.GetAsync("/apis/old.example.com/v1alpha1/apps")).Code != 200)
        {
            Assert.True(DateTime.UtcNow < deadline, "The definition is not served.");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Reply modern = (await client.GetAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/apps.old.example.com")).Must(200);
        Assert.Equal("v1alpha1", (string?)modern.Json["spec"]!["versions"]![0]!["name"]);
        Assert.NotNull(modern.Json["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]);
        (await client.PostAsync("/apis/old.example.com/v1alpha1/apps", """{"apiVersion":"old.example.com/v1alpha1","kind":"App","metadata":{"name":"a"},"spec":{"size":1,"extra":true}}""")).Must(201);
        Reply app = (await client.GetAsync("/apis/old.example.com/v1alpha1/apps/a")).Must(200);
        // v1beta1 kept unknown fields unless told not to.
        Assert.True((bool)app.Json["spec"]!["extra"]!);
    }

    private static async Task<IReadOnlyList<string>> GroupVersionsAsync(ApiClient client)
    {
        var found = new List<string> { "/api/v1" };
        foreach (JsonNode? group in (await client.GetAsync("/apis")).Must(200).Json["groups"]!.AsArray())
            found.AddRange(group!["versions"]!.AsArray().Select(version => $"/apis/{version!["groupVersion"]}"));
        return found;
    }
}
