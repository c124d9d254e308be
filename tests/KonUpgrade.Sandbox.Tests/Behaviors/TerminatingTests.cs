using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Behaviors;

public sealed class TerminatingTests(SandboxFixture fixture) : ServerPlay(fixture)
{
    private const string Held = ""","finalizers":["example.com/hold"]""";

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_terminating_object_loses_finalizers_and_gets_no_new_ones(string server)
    {
        await BeginAsync(server);
        (await Client.PostAsync(ConfigMaps, ConfigMap("a", Held))).Must(201);
        (await Client.DeleteAsync($"{ConfigMaps}/a")).Must(200);
        Reply refused = (await Client.MergeAsync($"{ConfigMaps}/a", """{"metadata":{"finalizers":["example.com/hold","example.com/z","example.com/y"]}}""")).Must(422);
        Assert.Equal("ConfigMap \"a\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"example.com/y\", \"example.com/z\"}", refused.Message);
        Reply applied = (await Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", ""","finalizers":["example.com/x"]"""), "m")).Must(422);
        Assert.Contains("found new finalizers []string{\"example.com/x\"}", applied.Message, StringComparison.Ordinal);
        (await Client.MergeAsync($"{ConfigMaps}/a", """{"metadata":{"labels":{"a":"b"}}}""")).Must(200);
        (await Client.MergeAsync($"{ConfigMaps}/a", """{"metadata":{"finalizers":null}}""")).Must(200);
        (await Client.GetAsync($"{ConfigMaps}/a")).Must(404);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_kind_that_is_going_is_listed_without_the_verbs_that_make_or_change(string server)
    {
        await BeginAsync(server);
        await DefineAsync();
        (await Client.PostAsync(Things, Thing("held", Held))).Must(201);
        (await Client.DeleteAsync(ThingDefinition)).Must(200);
        Reply list = await EventuallyAsync(() => Client.GetAsync($"/apis/{Group}/v1"), reply => reply.Code == 200 && !reply.Text.Contains("create", StringComparison.Ordinal));
        JsonNode kind = list.Json["resources"]!.AsArray().Single(resource => (string?)resource!["name"] == "things")!;
        Assert.Equal(["delete", "deletecollection", "get", "list", "watch"], kind["verbs"]!.AsArray().Select(verb => (string?)verb));
        // 405 on 1.33, 403 with the object's name on 1.36.
        Reply refused = await EventuallyAsync(() => Client.PostAsync(Things, Thing("late")), reply => reply.Code is 405 or 403);
        Assert.EndsWith("create not allowed while custom resource definition is terminating", refused.Message, StringComparison.Ordinal);
        // What is not told is done all the same: how else would it come free?
        (await Client.MergeAsync($"{Things}/held", """{"metadata":{"finalizers":null}}""")).Must(200);
        await EventuallyAsync(() => Client.GetAsync(ThingDefinition), reply => reply.Code == 404);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_namespace_tells_what_holds_it(string server)
    {
        await BeginAsync(server);
        (await Client.PostAsync(ConfigMaps, ConfigMap("a", Held))).Must(201);
        (await Client.PostAsync(ConfigMaps, ConfigMap("b", ""","finalizers":["example.com/hold","example.com/other"]"""))).Must(201);
        string path = $"/api/v1/namespaces/{Namespace}";
        (await Client.DeleteAsync(path)).Must(200);
        Reply told = await EventuallyAsync(() => Client.GetAsync(path), reply => reply.Text.Contains("SomeResourcesRemain", StringComparison.Ordinal));
        Assert.Equal(
            [
                "NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered",
                "NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed",
                "NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization",
                "NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: configmaps. has 2 resource instances",
                "NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 2 resource instances, example.com/other in 1 resource instances",
            ],
            Conditions(told.Json));
        Assert.Contains(told.Json["metadata"]!["managedFields"]!.AsArray(), entry => (string?)entry!["manager"] == "kube-controller-manager" && (string?)entry["subresource"] == "status");
        foreach (string name in (string[])["a", "b"]) (await Client.MergeAsync($"{ConfigMaps}/{name}", """{"metadata":{"finalizers":null}}""")).Must(200);
        List<JsonObject> events = [];
        await foreach (JsonObject item in Client.EventsAsync($"/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3D{Namespace}&resourceVersion={told.ResourceVersion}"))
        {
            events.Add(item);
            if (Type(item) == "DELETED") break;
        }
        string[] last = Conditions((JsonObject)events[^1]["object"]!);
        Assert.Equal("NamespaceContentRemaining False ContentRemoved: All content successfully removed", last[3]);
        Assert.Equal("NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished", last[4]);
    }

    private static string[] Conditions(JsonObject item)
        => [.. item["status"]!["conditions"]!.AsArray().Select(condition => $"{condition!["type"]} {condition["status"]} {condition["reason"]}: {condition["message"]}")];
}
