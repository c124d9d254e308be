namespace KonUpgrade.Sandbox.Tests.Behaviors;

public sealed class ClusterLifeTests(SandboxFixture fixture) : Play(fixture)
{
    private string Services => $"/api/v1/namespaces/{Namespace}/services";

    [Fact]
    public async Task A_namespace_has_what_controllers_put_there()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.GetAsync($"/api/v1/namespaces/{Namespace}")).Must(200);
        Assert.Equal("Active", (string?)made.Json["status"]!["phase"]);
        Assert.Equal(Namespace, (string?)made.Json["metadata"]!["labels"]!["kubernetes.io/metadata.name"]);
        (await Client.GetAsync($"{ConfigMaps}/kube-root-ca.crt")).Must(200);
        (await Client.GetAsync($"/api/v1/namespaces/{Namespace}/serviceaccounts/default")).Must(200);
    }

    [Fact]
    public async Task A_deleted_namespace_refuses_new_objects_and_goes_when_it_is_empty()
    {
        await MakeNamespaceAsync();
        await Client.PostAsync(ConfigMaps, ConfigMap("held", more: ""","finalizers":["example.com/hold"]"""));
        await Client.PostAsync(ConfigMaps, ConfigMap("free"));
        Reply marked = (await Client.DeleteAsync($"/api/v1/namespaces/{Namespace}")).Must(200);
        Assert.Equal("Terminating", (string?)marked.Json["status"]!["phase"]);
        Reply refused = (await Client.PostAsync(ConfigMaps, ConfigMap("late"))).Must(403);
        Assert.Equal("NamespaceTerminating", (string?)refused.Json["details"]!["causes"]![0]!["reason"]);
        await EventuallyAsync(() => Client.GetAsync($"{ConfigMaps}/free"), reply => reply.Code == 404);
        (await Client.GetAsync($"/api/v1/namespaces/{Namespace}")).Must(200);
        (await Client.MergeAsync($"{ConfigMaps}/held", """{"metadata":{"finalizers":null}}""")).Must(200);
        await EventuallyAsync(() => Client.GetAsync($"/api/v1/namespaces/{Namespace}"), reply => reply.Code == 404);
    }

    [Fact]
    public async Task A_cluster_of_the_same_name_is_another_one_unless_the_same_identity_is_asked_for()
    {
        static async Task<string[]> UidsAsync(string? identity)
        {
            await using var host = await KonUpgrade.Sandbox.Hosting.SandboxHost.StartAsync(
                new() { Identity = identity, Clusters = [new("blue", "1.34"), new("green", "1.34")] }, TestContext.Current.CancellationToken);
            using var blue = new ApiClient(host, host.Cluster("blue"));
            using var green = new ApiClient(host, host.Cluster("green"));
            return [(await blue.GetAsync("/api/v1/namespaces/kube-system")).Uid, (await green.GetAsync("/api/v1/namespaces/kube-system")).Uid];
        }

        string[] fixedOnce = await UidsAsync("practice"), fixedAgain = await UidsAsync("practice");
        Assert.Equal(fixedOnce, fixedAgain);
        string[] all = [.. fixedOnce, .. await UidsAsync("other"), .. await UidsAsync(null), .. await UidsAsync(null)];
        Assert.Equal(8, all.Distinct().Count());
    }

    [Fact]
    public async Task The_namespaces_of_the_cluster_itself_may_not_be_deleted()
    {
        Reply refused = (await Client.DeleteAsync("/api/v1/namespaces/kube-system")).Must(403);
        Assert.Equal("namespaces \"kube-system\" is forbidden: this namespace may not be deleted", refused.Message);
    }

    [Fact]
    public async Task What_is_owned_goes_after_its_owner()
    {
        await MakeNamespaceAsync();
        Reply owner = await Client.PostAsync(ConfigMaps, ConfigMap("owner"));
        (await Client.PostAsync(ConfigMaps, ConfigMap("owned", more: Owner("owner", owner.Uid)))).Must(201);
        await Client.DeleteAsync($"{ConfigMaps}/owner");
        await EventuallyAsync(() => Client.GetAsync($"{ConfigMaps}/owned"), reply => reply.Code == 404);
    }

    [Fact]
    public async Task What_names_an_owner_that_never_was_is_collected()
    {
        await MakeNamespaceAsync();
        (await Client.PostAsync(ConfigMaps, ConfigMap("stray", more: Owner("nobody", "00000000-0000-4000-8000-000000000000")))).Must(201);
        await EventuallyAsync(() => Client.GetAsync($"{ConfigMaps}/stray"), reply => reply.Code == 404);
    }

    [Fact]
    public async Task An_orphaning_delete_leaves_what_was_owned()
    {
        await MakeNamespaceAsync();
        Reply owner = await Client.PostAsync(ConfigMaps, ConfigMap("owner"));
        await Client.PostAsync(ConfigMaps, ConfigMap("owned", more: Owner("owner", owner.Uid)));
        (await Client.DeleteAsync($"{ConfigMaps}/owner", """{"propagationPolicy":"Orphan"}""")).Must(200);
        await EventuallyAsync(() => Client.GetAsync($"{ConfigMaps}/owner"), reply => reply.Code == 404);
        Reply left = (await Client.GetAsync($"{ConfigMaps}/owned")).Must(200);
        Assert.Null(left.Json["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task A_job_leaves_its_pods_unless_told_otherwise()
    {
        await MakeNamespaceAsync();
        string jobs = $"/apis/batch/v1/namespaces/{Namespace}/jobs";
        Reply job = (await Client.PostAsync(jobs, """{"metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}""")).Must(201);
        await Client.PostAsync(ConfigMaps, ConfigMap("owned", more: Owner("j", job.Uid).Replace("\"v1\",\"kind\":\"ConfigMap\"", "\"batch/v1\",\"kind\":\"Job\"", StringComparison.Ordinal)));
        Reply marked = (await Client.DeleteAsync($"{jobs}/j")).Must(200);
        Assert.Equal("orphan", (string?)marked.Json["metadata"]!["finalizers"]![0]);
        Assert.Contains("child pods are preserved by default", Assert.Single(marked.Warnings), StringComparison.Ordinal);
        await EventuallyAsync(() => Client.GetAsync($"{jobs}/j"), reply => reply.Code == 404);
        Assert.Null((await Client.GetAsync($"{ConfigMaps}/owned")).Must(200).Json["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task A_foreground_delete_waits_for_what_blocks_it()
    {
        await MakeNamespaceAsync();
        Reply owner = await Client.PostAsync(ConfigMaps, ConfigMap("owner"));
        await Client.PostAsync(ConfigMaps, ConfigMap("owned", more: Owner("owner", owner.Uid, blocks: true) + ""","finalizers":["example.com/hold"]"""));
        Reply marked = (await Client.DeleteAsync($"{ConfigMaps}/owner", """{"propagationPolicy":"Foreground"}""")).Must(200);
        Assert.Equal("foregroundDeletion", (string?)marked.Json["metadata"]!["finalizers"]![0]);
        await EventuallyAsync(() => Client.GetAsync($"{ConfigMaps}/owned"), reply => reply.Json["metadata"]!["deletionTimestamp"] is not null);
        (await Client.GetAsync($"{ConfigMaps}/owner")).Must(200);
        await Client.MergeAsync($"{ConfigMaps}/owned", """{"metadata":{"finalizers":null}}""");
        await EventuallyAsync(() => Client.GetAsync($"{ConfigMaps}/owner"), reply => reply.Code == 404);
    }

    [Fact]
    public async Task A_service_gets_its_address_and_ports_and_keeps_them()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.PostAsync(Services, """{"metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"port":80}]}}""")).Must(201);
        string address = (string)made.Json["spec"]!["clusterIP"]!;
        Assert.Equal(address, (string?)made.Json["spec"]!["clusterIPs"]![0]);
        int port = (int)made.Json["spec"]!["ports"]![0]!["nodePort"]!;
        Assert.InRange(port, 30000, 32767);
        Reply taken = (await Client.PostAsync(Services, $$$"""{"metadata":{"name":"t"},"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":{{{port}}}}]}}""")).Must(422);
        Assert.Contains("provided port is already allocated", taken.Message, StringComparison.Ordinal);
        Reply moved = (await Client.MergeAsync($"{Services}/s", """{"spec":{"clusterIP":"10.96.200.1"}}""")).Must(422);
        Assert.Contains("may not change once set", moved.Message, StringComparison.Ordinal);
        (await Client.DeleteAsync($"{Services}/s")).Must(200);
        (await Client.PostAsync(Services, $$$"""{"metadata":{"name":"t"},"spec":{"type":"NodePort","clusterIP":"{{{address}}}","ports":[{"port":80,"nodePort":{{{port}}}}]}}""")).Must(201);
    }

    [Fact]
    public async Task A_headless_service_stays_headless()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.PostAsync(Services, """{"metadata":{"name":"s"},"spec":{"clusterIP":"None","ports":[{"port":80}]}}""")).Must(201);
        Assert.Equal("None", (string?)made.Json["spec"]!["clusterIP"]);
        Assert.Equal("None", (string?)made.Json["spec"]!["clusterIPs"]![0]);
    }

    [Fact]
    public async Task Text_of_a_secret_becomes_its_data()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.PostAsync($"/api/v1/namespaces/{Namespace}/secrets", """{"metadata":{"name":"s"},"stringData":{"a":"b"}}""")).Must(201);
        Assert.Equal("Yg==", (string?)made.Json["data"]!["a"]);
        Assert.False(made.Json.ContainsKey("stringData"));
        Assert.Equal("Opaque", (string?)made.Json["type"]);
    }

    [Fact]
    public async Task A_claim_is_protected_until_it_is_let_go()
    {
        await MakeNamespaceAsync();
        string claims = $"/api/v1/namespaces/{Namespace}/persistentvolumeclaims";
        Reply made = (await Client.PostAsync(claims, """{"metadata":{"name":"p"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}""")).Must(201);
        Assert.Equal("kubernetes.io/pvc-protection", (string?)made.Json["metadata"]!["finalizers"]![0]);
        Assert.Equal("Pending", (string?)made.Json["status"]!["phase"]);
        (await Client.DeleteAsync($"{claims}/p")).Must(200);
        await EventuallyAsync(() => Client.GetAsync($"{claims}/p"), reply => reply.Code == 404);
    }

    private static string Owner(string name, string uid, bool blocks = false)
        => $$""","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"{{name}}","uid":"{{uid}}","blockOwnerDeletion":{{(blocks ? "true" : "false")}}}]""";
}
