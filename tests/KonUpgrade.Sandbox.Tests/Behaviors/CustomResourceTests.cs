using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Behaviors;

public sealed class CustomResourceTests(SandboxFixture fixture) : Play(fixture)
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private string Group => $"{Namespace}.example.com";

    private string Things => $"/apis/{Group}/v1/namespaces/{Namespace}/things";

    [Fact]
    public async Task A_definition_is_served_once_it_is_established()
    {
        await MakeNamespaceAsync();
        await DefineAsync();
        Reply list = (await Client.GetAsync(Things)).Must(200);
        Assert.Equal("ThingList", (string?)list.Json["kind"]);
        Assert.Equal(string.Empty, (string?)list.Json["metadata"]!["continue"]);
        Reply discovery = (await Client.GetAsync($"/apis/{Group}/v1")).Must(200);
        Assert.Contains("\"things/status\"", discovery.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_defaults_prunes_and_refuses()
    {
        await MakeNamespaceAsync();
        await DefineAsync();
        Reply made = (await Client.PostAsync(Things, Thing("a", """{"size":3,"unknown":1}"""))).Must(201);
        Assert.Equal("""{"size":3,"mode":"plain"}""", made.Json["spec"]!.ToJsonString());
        Assert.Equal("299 - \"unknown field \\\"spec.unknown\\\"\"", Assert.Single(made.Warnings));
        Reply refused = (await Client.PostAsync(Things, Thing("b", """{"size":99}"""))).Must(422);
        Assert.Equal($"Thing.{Group} \"b\" is invalid: spec.size: Invalid value: 99: spec.size in body should be less than or equal to 10", refused.Message);
    }

    [Fact]
    public async Task An_update_needs_the_resourceVersion_and_counts_the_generation_by_the_spec()
    {
        await MakeNamespaceAsync();
        await DefineAsync();
        JsonObject thing = (await Client.PostAsync(Things, Thing("a", """{"size":3}"""))).Must(201).Json;
        JsonObject bare = (JsonObject)thing.DeepClone();
        ((JsonObject)bare["metadata"]!).Remove("resourceVersion");
        (await Client.PutAsync($"{Things}/a", bare)).Must(422);
        Reply labelled = (await Client.MergeAsync($"{Things}/a", """{"metadata":{"labels":{"x":"y"}}}""")).Must(200);
        Assert.Equal(1, (int)labelled.Json["metadata"]!["generation"]!);
        Reply resized = (await Client.MergeAsync($"{Things}/a", """{"spec":{"size":4},"status":{"phase":"Ready"}}""")).Must(200);
        Assert.Equal(2, (int)resized.Json["metadata"]!["generation"]!);
        Assert.Null(resized.Json["status"]);
        Reply status = (await Client.MergeAsync($"{Things}/a/status", """{"spec":{"size":5},"status":{"phase":"Ready"}}""")).Must(200);
        Assert.Equal("Ready", (string?)status.Json["status"]!["phase"]);
        Assert.Equal(4, (int)status.Json["spec"]!["size"]!);
        (await Client.StrategicAsync($"{Things}/a", "{}")).Must(415);
    }

    [Fact]
    public async Task Versions_without_conversion_show_one_object_each_by_its_own_schema()
    {
        await MakeNamespaceAsync();
        await DefineAsync(two: true);
        await Client.PostAsync(Things, Thing("a", """{"size":3}"""));
        Reply second = (await Client.GetAsync($"/apis/{Group}/v2/namespaces/{Namespace}/things/a")).Must(200);
        Assert.Equal($"{Group}/v2", (string?)second.Json["apiVersion"]);
        Assert.Equal(3, (int)second.Json["spec"]!["size"]!);
        Reply groups = (await Client.GetAsync($"/apis/{Group}")).Must(200);
        Assert.Equal("v2", (string?)groups.Json["preferredVersion"]!["version"]);
    }

    [Fact]
    public async Task A_definition_takes_its_objects_with_it()
    {
        await MakeNamespaceAsync();
        await DefineAsync();
        await Client.PostAsync(Things, Thing("a", """{"size":3}"""));
        (await Client.DeleteAsync($"{Definitions}/things.{Group}")).Must(200);
        await EventuallyAsync(() => Client.GetAsync($"{Definitions}/things.{Group}"), reply => reply.Code == 404);
        await EventuallyAsync(() => Client.GetAsync(Things), reply => reply.Code == 404);
        await DefineAsync();
        Assert.Empty((await Client.GetAsync(Things)).Must(200).Names);
    }

    [Fact]
    public async Task A_schema_that_is_not_structural_is_refused()
    {
        string body = Definition(two: false).Replace("\"type\":\"integer\",", string.Empty, StringComparison.Ordinal);
        Reply refused = (await Client.PostAsync(Definitions, body)).Must(422);
        Assert.Contains("properties[size].type: Required value: must not be empty for specified object fields", refused.Message, StringComparison.Ordinal);
    }

    private string Thing(string name, string spec)
        => $$$"""{"apiVersion":"{{{Group}}}/v1","kind":"Thing","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""";

    private string Definition(bool two)
    {
        const string schema = """{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer","maximum":10},"mode":{"type":"string","default":"plain"}}},"status":{"type":"object","properties":{"phase":{"type":"string"}}}}}}""";
        string Version(string name, string storage) => $$$"""{"name":"{{{name}}}","served":true,"storage":{{{storage}}},"subresources":{"status":{}},"schema":{{{schema}}}}""";
        string versions = two ? $"{Version("v1", "true")},{Version("v2", "false")}" : Version("v1", "true");
        return $$$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.{{{Group}}}"},"spec":{"group":"{{{Group}}}","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},"versions":[{{{versions}}}]}}""";
    }

    private async Task DefineAsync(bool two = false)
    {
        (await Client.PostAsync(Definitions, Definition(two))).Must(201);
        await EventuallyAsync(() => Client.GetAsync(Things), reply => reply.Code == 200);
        Reply stored = (await Client.GetAsync($"{Definitions}/things.{Group}")).Must(200);
        Assert.Contains(stored.Json["status"]!["conditions"]!.AsArray(), condition => (string?)condition!["type"] == "Established" && (string?)condition["status"] == "True");
    }
}
