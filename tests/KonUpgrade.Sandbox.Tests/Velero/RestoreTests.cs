using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>What a restore does with single objects.</summary>
public sealed class RestoreTests : VeleroPlay
{
    private const string ConfigMaps = "/api/v1/namespaces/shop/configmaps";

    [Fact]
    public async Task A_namespace_is_mapped_to_another_name()
    {
        SeedShop("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"namespace":"shop","name":"robots"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"ServiceAccount","name":"robot","namespace":"shop"}]}""");
        await BackedUpAsync("one");
        JsonObject restore = await RestoredAsync("back", "one", ",\"namespaceMapping\":{\"shop\":\"shop-copy\"}");
        Assert.Equal("Completed", Phase(restore));
        Assert.Equal("blue", (string?)(await GetAsync(Green, "/api/v1/namespaces/shop-copy/configmaps/settings"))["data"]!["color"]);
        Assert.Equal("shop-copy", (string?)(await GetAsync(Green, "/apis/rbac.authorization.k8s.io/v1/namespaces/shop-copy/rolebindings/robots"))["subjects"]![0]!["namespace"]);
        (await Green.GetAsync("/api/v1/namespaces/shop")).Must(404);
    }

    [Fact]
    public async Task What_is_there_and_differs_stays_with_a_warning_or_is_updated_when_that_is_asked_for()
    {
        SeedShop();
        await BackedUpAsync("one");
        await RestoredAsync("first", "one");
        (await Green.MergeAsync($"{ConfigMaps}/settings", """{"data":{"color":"green","more":"1"} }""")).Must(200);
        await RestoredAsync("second", "one", ",\"includedResources\":[\"configmaps\"],\"labelSelector\":{\"matchLabels\":{\"app\":\"web\"} }");
        JsonObject second = await GetAsync(Green, $"{Restores}/second");
        Assert.Equal(("Completed", 1), (Phase(second), Number(second["status"]!["warnings"])));
        Assert.Equal("green", (string?)(await GetAsync(Green, $"{ConfigMaps}/settings"))["data"]!["color"]);
        string warning = (string)(await ResultsAsync(Green, "RestoreResults", "second"))["warnings"]!["namespaces"]!["shop"]![0]!;
        Assert.Contains("ConfigMap:settings already exists", warning, StringComparison.Ordinal);

        JsonObject third = await RestoredAsync("third", "one", ",\"includedResources\":[\"configmaps\"],\"labelSelector\":{\"matchLabels\":{\"app\":\"web\"} },\"existingResourcePolicy\":\"update\"");
        Assert.Equal("Completed", Phase(third));
        Assert.Null(third["status"]!["warnings"]);
        JsonObject updated = await GetAsync(Green, $"{ConfigMaps}/settings");
        Assert.Equal(("blue", (JsonNode?)null, "third"), ((string?)updated["data"]!["color"], updated["data"]!["more"], (string?)updated["metadata"]!["labels"]!["velero.io/restore-name"]));
    }

    [Fact]
    public async Task Accounts_are_merged()
    {
        SeedShop("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"namespace":"shop","name":"robot","annotations":{"a":"blue","eks.amazonaws.com/role-arn":"arn:blue"} },"imagePullSecrets":[{"name":"blue"}]}""");
        await BackedUpAsync("one");
        Host.Cluster("green").Seed(["""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"namespace":"shop","name":"robot","annotations":{"a":"green"} },"imagePullSecrets":[{"name":"green"}]}"""]);
        await RestoredAsync("back", "one", ",\"includedResources\":[\"serviceaccounts\"]");
        JsonObject account = await GetAsync(Green, "/api/v1/namespaces/shop/serviceaccounts/robot");
        Assert.Equal(("green", "arn:blue"), ((string?)account["metadata"]!["annotations"]!["a"], (string?)account["metadata"]!["annotations"]!["eks.amazonaws.com/role-arn"]));
        Assert.Equal(["green", "blue"], account["imagePullSecrets"]!.AsArray().Select(secret => (string?)secret!["name"]));
    }

    [Fact]
    public async Task A_status_is_restored_when_that_is_asked_for_and_node_ports_are_kept()
    {
        SeedShop();
        await BackedUpAsync("one");
        await RestoredAsync("back", "one", ",\"restoreStatus\":{\"includedResources\":[\"deployments\"]},\"preserveNodePorts\":true");
        Assert.Equal(2, Number((await GetAsync(Green, "/apis/apps/v1/namespaces/shop/deployments/web"))["status"]!["replicas"]));
        Assert.Equal(30080, Number((await GetAsync(Green, "/api/v1/namespaces/shop/services/web"))["spec"]!["ports"]![0]!["nodePort"]));
    }

    [Fact]
    public async Task Owners_completed_pods_and_completed_jobs_are_not_restored()
    {
        SeedShop(
            """{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":"done"},"spec":{"containers":[{"name":"c","image":"i:1"}]},"status":{"phase":"Succeeded"} }""",
            """{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":"runs","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}]},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i:1"}]},"status":{"phase":"Running"} }""",
            """{"apiVersion":"batch/v1","kind":"Job","metadata":{"namespace":"shop","name":"done"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i:1"}]} } },"status":{"completionTime":"2026-01-01T00:00:00Z"} }""");
        await BackedUpAsync("one");
        await RestoredAsync("back", "one");
        (await Green.GetAsync("/api/v1/namespaces/shop/pods/done")).Must(404);
        (await Green.GetAsync("/apis/batch/v1/namespaces/shop/jobs/done")).Must(404);
        JsonObject pod = await GetAsync(Green, "/api/v1/namespaces/shop/pods/runs");
        Assert.Null(pod["metadata"]!["ownerReferences"]);
        Assert.Null(pod["spec"]!["nodeName"]);
    }

    [Fact]
    public async Task Custom_objects_come_with_their_definition_and_what_the_cluster_cannot_serve_is_told_apart()
    {
        SeedShop(
            """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }""",
            """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"namespace":"shop","name":"a"},"spec":{"size":1} }""");
        await BackedUpAsync("one");
        // Without its definition a kind is passed over in silence.
        JsonObject bare = await RestoredAsync("bare", "one", ",\"includeClusterResources\":false");
        Assert.Equal("Completed", Phase(bare));
        Assert.Null(bare["status"]!["errors"]);
        Assert.Contains("things.example.com because it cannot be resolved via discovery", System.Text.Encoding.UTF8.GetString(await DownloadAsync(Green, "RestoreLog", "bare")), StringComparison.Ordinal);
        JsonObject whole = await RestoredAsync("whole", "one", ",\"includeClusterResources\":true");
        Assert.Equal("Completed", Phase(whole));
        Assert.Equal(1, Number((await GetAsync(Green, "/apis/example.com/v1/namespaces/shop/things/a"))["spec"]!["size"]));
    }
}
