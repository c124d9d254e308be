using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Velero;

public sealed class BackupSelectionTests : VeleroPlay
{
    private const string Definition = """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true} } }]} }""";

    [Theory]
    [InlineData("\"includedNamespaces\":[\"shop\"],\"includedResources\":[\"cm\",\"Deployment\"]", "v1/ConfigMap:shop/kube-root-ca.crt v1/ConfigMap:shop/settings apps/v1/Deployment:shop/web")]
    [InlineData("\"includedNamespaces\":[\"shop\"],\"excludedResources\":[\"configmaps\",\"secrets\",\"services\",\"serviceaccounts\",\"clusterroles\"]", "v1/Namespace:shop apps/v1/Deployment:shop/web")]
    [InlineData("\"includedNamespaces\":[\"shop\"],\"labelSelector\":{\"matchLabels\":{\"app\":\"web\"} }", "v1/ConfigMap:shop/settings v1/Namespace:shop apps/v1/Deployment:shop/web")]
    [InlineData("\"includedNamespaces\":[\"shop\"],\"includedResources\":[\"configmaps\"],\"orLabelSelectors\":[{\"matchLabels\":{\"app\":\"web\"} },{\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"DoesNotExist\"}]}]", "v1/ConfigMap:shop/kube-root-ca.crt v1/ConfigMap:shop/settings")]
    [InlineData("\"includedNamespaces\":[\"shop\"],\"includedNamespaceScopedResources\":[\"secrets\"],\"excludedClusterScopedResources\":[\"namespaces\"]", "v1/Secret:shop/token")]
    [InlineData("\"includedResources\":[\"configmaps\"],\"excludedNamespaces\":[\"shop\",\"velero\",\"kube-system\",\"kube-public\",\"kube-node-lease\"]", "v1/ConfigMap:default/kube-root-ca.crt")]
    public async Task Namespaces_kinds_and_labels_choose(string spec, string expected)
    {
        SeedShop("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"namespace":"shop","name":"left","labels":{"app":"web","velero.io/exclude-from-backup":"true"} } }""");
        await BackUpAsync("one", spec);
        await AdvanceAsync(5);
        Assert.Equal("Completed", await PhaseAsync(Blue, $"{Backups}/one"));
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), await TakenAsync("one"));
    }

    [Fact]
    public async Task What_belongs_to_a_namespace_in_the_cluster_goes_with_it_unless_it_is_not_wanted()
    {
        SeedShop(
            Definition,
            """{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"namespace":"shop","name":"a"} }""",
            """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"namespace":"shop","name":"robot"} }""",
            """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"robot"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"},"subjects":[{"kind":"ServiceAccount","name":"robot","namespace":"shop"}]}""");
        string[] related = ["apiextensions.k8s.io/v1/CustomResourceDefinition:things.example.com", "rbac.authorization.k8s.io/v1/ClusterRole:view", "rbac.authorization.k8s.io/v1/ClusterRoleBinding:robot"];
        await BackUpAsync("related");
        await AdvanceAsync(5);
        IReadOnlyList<string> taken = await TakenAsync("related");
        Assert.All(related, item => Assert.Contains(item, taken));
        Assert.DoesNotContain("rbac.authorization.k8s.io/v1/ClusterRole:cluster-admin", taken);

        await BackUpAsync("none", "\"includedNamespaces\":[\"shop\"],\"includeClusterResources\":false");
        await AdvanceAsync(5);
        taken = await TakenAsync("none");
        Assert.All(related, item => Assert.DoesNotContain(item, taken));
        Assert.Contains("example.com/v1/Thing:shop/a", taken);

        await BackUpAsync("all", "\"includedNamespaces\":[\"shop\"],\"includeClusterResources\":true");
        await AdvanceAsync(10);
        Assert.Contains("rbac.authorization.k8s.io/v1/ClusterRole:cluster-admin", await TakenAsync("all"));
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_an_error_and_the_rest_is_backed_up()
    {
        SeedShop();
        await BackUpAsync("one", "\"includedNamespaces\":[\"shop\",\"nowhere\"]");
        await AdvanceAsync(5);
        JsonObject backup = await GetAsync(Blue, $"{Backups}/one");
        Assert.Equal(("PartiallyFailed", 1), (Phase(backup), Number(backup["status"]!["errors"])));
        JsonObject results = await ResultsAsync(Blue, "BackupResults", "one");
        Assert.Contains("nowhere", (string?)results["errors"]!["velero"]![0], StringComparison.Ordinal);
        Assert.Contains("apps/v1/Deployment:shop/web", await TakenAsync("one"));
    }

    private async Task<IReadOnlyList<string>> TakenAsync(string backup)
        => [.. (await ResultsAsync(Blue, "BackupResourceList", backup)).SelectMany(type => type.Value!.AsArray().Select(key => $"{type.Key}:{key}"))
            .Where(item => item != "v1/ServiceAccount:shop/default").Order(StringComparer.Ordinal)];
}
