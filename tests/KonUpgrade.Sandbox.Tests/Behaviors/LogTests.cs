using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Tests.Behaviors;

/// <summary>What a sandbox tells beside its answers.</summary>
public sealed class LogTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task A_controller_that_fails_is_told_and_the_others_go_on()
    {
        var log = new StringWriter();
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.33")], Log = log }, TestContext.Current.CancellationToken);
        SimulatedCluster cluster = host.Cluster("one").Simulated;
        ApiResource configMaps = cluster.BuiltIn(string.Empty, "configmaps");
        // An object that cannot be read back: no request makes one, and any controller that meets it fails.
        cluster.Store.Create(configMaps.Collection, "default/broken", revision => new StoredObject
        {
            Key = "default/broken",
            Json = "no JSON"u8.ToArray(),
            TypeLength = 0,
            ApiVersion = "v1",
            Revision = revision,
            Uid = "broken",
            Owners = [new OwnerLink("nobody", false)],
        });
        cluster.Controllers.Owned(configMaps, "default/broken");
        using var client = new ApiClient(host, host.Cluster("one"));
        const string path = "/api/v1/namespaces/default/configmaps";
        (await client.PostAsync(path, ConfigMap("stray", more: ""","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"nobody","uid":"00000000-0000-4000-8000-000000000000"}]"""))).Must(201);
        await EventuallyAsync(() => client.GetAsync($"{path}/stray"), reply => reply.Code == 404);
        Assert.StartsWith("one: a controller failed: System.Text.Json.JsonReaderException", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_in_CEL_are_told_as_not_evaluated_once_for_each_definition()
    {
        var log = new StringWriter();
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.33")], Log = log, EstablishDelay = TimeSpan.Zero }, TestContext.Current.CancellationToken);
        using var client = new ApiClient(host, host.Cluster("one"));
        await DefineAsync(client, "plains", string.Empty);
        await DefineAsync(client, "things", ""","x-kubernetes-validations":[{"rule":"self.size < 3"}]""");
        (await client.MergeAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com", """{"metadata":{"labels":{"a":"b"}}}""")).Must(200);
        (await client.DeleteAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com")).Must(200);
        Assert.Equal($"one: x-kubernetes-validations (CEL) of things.example.com are not evaluated: what they would refuse is taken.{Environment.NewLine}", log.ToString());
    }

    private static async Task DefineAsync(ApiClient client, string plural, string more)
    {
        (await client.PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", $$$$$$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{{{{plural}}}}}}.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"{{{{{{plural}}}}}}","kind":"Kind{{{{{{plural}}}}}}"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer"}} {{{{{{more}}}}}} }}}}}]}}""")).Must(201);
        await EventuallyAsync(() => client.GetAsync($"/apis/example.com/v1/{plural}"), reply => reply.Code == 200);
    }
}
