using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class ApplyTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task Applying_creates_what_is_absent_and_then_changes_nothing()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"x":"1"}"""), "helm")).Must(201);
        Assert.Equal("Apply", (string?)made.Json["metadata"]!["managedFields"]![0]!["operation"]);
        Reply again = (await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"x":"1"}"""), "helm")).Must(200);
        Assert.Equal(made.ResourceVersion, again.ResourceVersion);
    }

    [Fact]
    public async Task A_field_of_another_is_a_conflict_with_its_manager_unless_forced()
    {
        await MakeNamespaceAsync();
        await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"x":"1","y":"1"}"""), "argocd");
        Reply refused = (await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"x":"2"}"""), "konupgrade")).Must(409);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"argocd\": .data.x", refused.Message);
        JsonNode cause = Assert.Single(refused.Json["details"]!["causes"]!.AsArray())!;
        Assert.Equal("FieldManagerConflict", (string?)cause["reason"]);
        Assert.Equal(".data.x", (string?)cause["field"]);
        Reply forced = (await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"x":"2"}"""), "konupgrade", force: true)).Must(200);
        Assert.Equal("2", (string?)forced.Json["data"]!["x"]);
        Assert.Equal("1", (string?)forced.Json["data"]!["y"]);
    }

    [Fact]
    public async Task A_field_that_its_only_manager_leaves_out_goes()
    {
        await MakeNamespaceAsync();
        await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"x":"1","y":"1"}"""), "m");
        Reply changed = (await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", """{"y":"1"}"""), "m")).Must(200);
        Assert.False(changed.Json["data"]!.AsObject().ContainsKey("x"));
    }

    [Fact]
    public async Task A_body_may_be_real_YAML()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.ApplyAsync($"{ConfigMaps}/a", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: \"on\"\n  text: |\n    one\n    two\n", "m")).Must(201);
        Assert.Equal("on", (string?)made.Json["data"]!["x"]);
        Assert.Equal("one\ntwo\n", (string?)made.Json["data"]!["text"]);
    }

    [Fact]
    public async Task Applying_needs_a_field_manager()
    {
        await MakeNamespaceAsync();
        Reply refused = (await Client.SendAsync(HttpMethod.Patch, $"{ConfigMaps}/a", ConfigMap("a"), "application/apply-patch+yaml")).Must(422);
        Assert.Contains("fieldManager: Required value: is required for apply patch", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_strategic_merge_patch_merges_lists_by_their_key_and_custom_resources_refuse_it()
    {
        await MakeNamespaceAsync();
        string deployments = $"/apis/apps/v1/namespaces/{Namespace}/deployments";
        (await Client.PostAsync(deployments, """{"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"one","image":"i:1"},{"name":"two","image":"i:1"}]}}}}""")).Must(201);
        Reply patched = (await Client.StrategicAsync($"{deployments}/web", """{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"i:2"}]}}}}""")).Must(200);
        JsonArray containers = patched.Json["spec"]!["template"]!["spec"]!["containers"]!.AsArray();
        Assert.Equal(["one i:1", "two i:2"], containers.Select(item => $"{item!["name"]} {item["image"]}"));
        Assert.Equal(2, (int)patched.Json["metadata"]!["generation"]!);
    }

    [Fact]
    public async Task The_status_changes_through_its_own_path_alone()
    {
        await MakeNamespaceAsync();
        string jobs = $"/apis/batch/v1/namespaces/{Namespace}/jobs";
        (await Client.PostAsync(jobs, """{"metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}},"status":{"succeeded":9}}""")).Must(201);
        Reply main = (await Client.MergeAsync($"{jobs}/j", """{"status":{"succeeded":1}}""")).Must(200);
        Assert.Null(main.Json["status"]?["succeeded"]);
        Reply status = (await Client.MergeAsync($"{jobs}/j/status", """{"spec":{"suspend":true},"status":{"succeeded":1}}""")).Must(200);
        Assert.Equal(1, (int)status.Json["status"]!["succeeded"]!);
        Assert.NotEqual(true, (bool?)status.Json["spec"]!["suspend"]);
        Assert.Equal(1, (int)status.Json["metadata"]!["generation"]!);
    }
}
