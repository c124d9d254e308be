using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class ObjectTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task A_created_object_has_its_identity_and_its_owner_of_fields()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.PostAsync($"{ConfigMaps}?fieldManager=helm", ConfigMap("a", """{"x":"1"}"""))).Must(201);
        JsonNode metadata = made.Json["metadata"]!;
        Assert.True(Guid.TryParse((string?)metadata["uid"], out _));
        Assert.Equal(Namespace, (string?)metadata["namespace"]);
        Assert.NotNull(metadata["creationTimestamp"]);
        JsonNode entry = Assert.Single(metadata["managedFields"]!.AsArray())!;
        Assert.Equal("helm", (string?)entry["manager"]);
        Assert.Equal("Update", (string?)entry["operation"]);
        Assert.NotNull(entry["fieldsV1"]!["f:data"]!["f:x"]);
        Reply read = (await Client.GetAsync($"{ConfigMaps}/a")).Must(200);
        Assert.True(JsonNode.DeepEquals(made.Json, read.Json));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told_as_AlreadyExists()
    {
        await MakeNamespaceAsync();
        (await Client.PostAsync(ConfigMaps, ConfigMap("a"))).Must(201);
        Reply refused = (await Client.PostAsync(ConfigMaps, ConfigMap("a"))).Must(409);
        Assert.Equal("AlreadyExists", refused.Reason);
        Assert.Equal("configmaps \"a\" already exists", refused.Message);
        Assert.Equal("configmaps", (string?)refused.Json["details"]!["kind"]);
    }

    [Fact]
    public async Task A_name_is_generated_from_its_beginning()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.PostAsync(ConfigMaps, """{"metadata":{"generateName":"job-"}}""")).Must(201);
        Assert.Matches("^job-[a-z0-9]{5}$", (string)made.Json["metadata"]!["name"]!);
    }

    [Fact]
    public async Task Nothing_can_be_created_in_a_namespace_that_is_not_there()
    {
        Reply refused = (await Client.PostAsync("/api/v1/namespaces/nowhere/configmaps", ConfigMap("a"))).Must(404);
        Assert.Equal("namespaces \"nowhere\" not found", refused.Message);
    }

    [Fact]
    public async Task A_bad_name_is_invalid_with_its_field()
    {
        await MakeNamespaceAsync();
        Reply refused = (await Client.PostAsync(ConfigMaps, ConfigMap("Not_good"))).Must(422);
        Assert.Equal("Invalid", refused.Reason);
        Assert.Equal("metadata.name", (string?)refused.Json["details"]!["causes"]![0]!["field"]);
        Assert.StartsWith("ConfigMap \"Not_good\" is invalid: metadata.name: Invalid value: \"Not_good\": a lowercase RFC 1123 subdomain", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_answers_as_if_and_keeps_nothing()
    {
        await MakeNamespaceAsync();
        Reply made = (await Client.PostAsync($"{ConfigMaps}?dryRun=All", ConfigMap("a"))).Must(201);
        Assert.NotEmpty(made.Uid);
        (await Client.GetAsync($"{ConfigMaps}/a")).Must(404);
    }

    [Fact]
    public async Task An_update_of_an_older_copy_is_a_conflict()
    {
        await MakeNamespaceAsync();
        JsonObject first = (await Client.PostAsync(ConfigMaps, ConfigMap("a", """{"x":"1"}"""))).Json;
        (await Client.MergeAsync($"{ConfigMaps}/a", """{"data":{"x":"2"}}""")).Must(200);
        first["data"]!["x"] = "3";
        Reply refused = (await Client.PutAsync($"{ConfigMaps}/a", first)).Must(409);
        Assert.Equal("Conflict", refused.Reason);
        Assert.Equal("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again", refused.Message);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_leaves_the_resourceVersion()
    {
        await MakeNamespaceAsync();
        Reply made = await Client.PostAsync(ConfigMaps, ConfigMap("a", """{"x":"1"}"""));
        Reply same = (await Client.MergeAsync($"{ConfigMaps}/a", """{"data":{"x":"1"}}""")).Must(200);
        Assert.Equal(made.ResourceVersion, same.ResourceVersion);
    }

    [Fact]
    public async Task A_delete_minds_its_preconditions()
    {
        await MakeNamespaceAsync();
        Reply made = await Client.PostAsync(ConfigMaps, ConfigMap("a"));
        Reply refused = (await Client.DeleteAsync($"{ConfigMaps}/a", """{"preconditions":{"uid":"00000000-0000-0000-0000-000000000000"}}""")).Must(409);
        Assert.Contains($"does not match the UID in record ({made.Uid})", refused.Message, StringComparison.Ordinal);
        Reply gone = (await Client.DeleteAsync($"{ConfigMaps}/a", $$$"""{"preconditions":{"uid":"{{{made.Uid}}}"}}""")).Must(200);
        Assert.Equal("Success", (string?)gone.Json["status"]);
        Reply missing = (await Client.GetAsync($"{ConfigMaps}/a")).Must(404);
        Assert.Equal("configmaps \"a\" not found", missing.Message);
    }

    [Fact]
    public async Task An_object_with_finalizers_stays_until_the_last_is_taken()
    {
        await MakeNamespaceAsync();
        await Client.PostAsync(ConfigMaps, ConfigMap("a", more: ""","finalizers":["example.com/hold"]"""));
        Reply marked = (await Client.DeleteAsync($"{ConfigMaps}/a")).Must(200);
        Assert.NotNull(marked.Json["metadata"]!["deletionTimestamp"]);
        (await Client.GetAsync($"{ConfigMaps}/a")).Must(200);
        (await Client.MergeAsync($"{ConfigMaps}/a", """{"metadata":{"finalizers":null}}""")).Must(200);
        (await Client.GetAsync($"{ConfigMaps}/a")).Must(404);
    }

    [Fact]
    public async Task An_unknown_field_is_an_error_when_strict_and_a_warning_else()
    {
        await MakeNamespaceAsync();
        const string body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"dta":{}}""";
        Reply refused = (await Client.PostAsync($"{ConfigMaps}?fieldValidation=Strict", body)).Must(400);
        Assert.Contains("strict decoding error: unknown field \"dta\"", refused.Message, StringComparison.Ordinal);
        Reply warned = (await Client.PostAsync(ConfigMaps, body)).Must(201);
        Assert.Equal("299 - \"unknown field \\\"dta\\\"\"", Assert.Single(warned.Warnings));
        Assert.False(warned.Json.ContainsKey("dta"));
    }

    [Fact]
    public async Task A_body_in_protobuf_is_not_modelled_and_the_way_round_is_named()
    {
        await MakeNamespaceAsync();
        Reply refused = (await Client.SendAsync(HttpMethod.Post, ConfigMaps, "k8s", "application/vnd.kubernetes.protobuf")).Must(501);
        Assert.Equal("the sandbox does not model bodies in protobuf; use kubectl apply -f, or create -f", refused.Message);
        Reply other = (await Client.SendAsync(HttpMethod.Post, ConfigMaps, "a", "text/plain")).Must(415);
        Assert.Contains("application/json", other.Message, StringComparison.Ordinal);
        (await Client.GetAsync(ConfigMaps, "application/vnd.kubernetes.protobuf")).Must(406);
        Reply list = (await Client.GetAsync(ConfigMaps, "application/vnd.kubernetes.protobuf,application/json")).Must(200);
        Assert.Equal("application/json", list.ContentType);
    }
}
