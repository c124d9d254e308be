using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Behaviors;

public sealed class WatchEndTests(SandboxFixture fixture) : ServerPlay(fixture)
{
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_watch_tells_the_end_of_all_objects_and_ends_when_its_definition_goes(string server)
    {
        await BeginAsync(server);
        await DefineAsync();
        (await Client.PostAsync(Things, Thing("a"))).Must(201);
        var types = new List<string>();
        await foreach (JsonObject told in Client.EventsAsync($"{Things}?watch=1"))
        {
            types.Add(Type(told));
            if (types.Count == 1) (await Client.DeleteAsync(ThingDefinition)).Must(200);
        }
        Assert.Equal(["ADDED", "DELETED"], types);
        await EventuallyAsync(() => Client.GetAsync(Things), reply => reply.Code == 404);
        (await Client.GetAsync($"{Things}?watch=1")).Must(404);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_watch_with_bookmarks_ends_with_its_definition_too(string server)
    {
        await BeginAsync(server);
        await DefineAsync();
        (await Client.PostAsync(Things, Thing("a"))).Must(201);
        var types = new List<string>();
        await foreach (JsonObject told in Client.EventsAsync($"{Things}?watch=1&allowWatchBookmarks=true"))
        {
            types.Add(Type(told));
            if (types.Count == 1) (await Client.DeleteAsync(ThingDefinition)).Must(200);
        }
        Assert.Equal(["ADDED", "DELETED"], types.Where(type => type != "BOOKMARK"));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_watch_ends_when_its_definition_changes_and_goes_on_when_only_its_labels_do(string server)
    {
        await BeginAsync(server);
        await DefineAsync();
        (await Client.PostAsync(Things, Thing("a"))).Must(201);
        var names = new List<string>();
        await foreach (JsonObject told in Client.EventsAsync($"{Things}?watch=1"))
        {
            names.Add((string)told["object"]!["metadata"]!["name"]!);
            if (names.Count == 1)
            {
                (await Client.MergeAsync(ThingDefinition, """{"metadata":{"labels":{"a":"b"}}}""")).Must(200);
                (await Client.PostAsync(Things, Thing("b"))).Must(201);
            }
            else
            {
                (await Client.MergeAsync(ThingDefinition, """{"spec":{"names":{"shortNames":["tg"]}}}""")).Must(200);
            }
        }
        Assert.Equal(["a", "b"], names);
        await EventuallyAsync(() => Client.GetAsync(Things), reply => reply.Code == 200);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task What_leaves_the_selection_is_told_as_deleted_as_it_was_before_at_the_new_revision(string server)
    {
        await BeginAsync(server);
        Reply list = await Client.GetAsync(ConfigMaps);
        (await Client.PostAsync(ConfigMaps, ConfigMap("a", ""","labels":{"in":"yes"}"""))).Must(201);
        Reply left = (await Client.MergeAsync($"{ConfigMaps}/a", """{"metadata":{"labels":{"in":"no"}},"data":{"x":"2"}}""")).Must(200);
        List<JsonObject> events = await Client.TakeAsync($"{ConfigMaps}?watch=1&labelSelector=in%3Dyes&resourceVersion={list.ResourceVersion}", 2);
        Assert.Equal(["ADDED", "DELETED"], events.Select(Type));
        JsonNode gone = events[1]["object"]!;
        Assert.Equal(left.ResourceVersion, (string?)gone["metadata"]!["resourceVersion"]);
        Assert.Equal("yes", (string?)gone["metadata"]!["labels"]!["in"]);
        Assert.Null(gone["data"]);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task What_is_deleted_is_told_as_it_was_before_at_the_revision_of_the_deletion(string server)
    {
        await BeginAsync(server);
        Reply made = (await Client.PostAsync(ConfigMaps, ConfigMap("a", ""","finalizers":["example.com/hold"]"""))).Must(201);
        (await Client.DeleteAsync($"{ConfigMaps}/a")).Must(200);
        (await Client.MergeAsync($"{ConfigMaps}/a", """{"metadata":{"finalizers":null}}""")).Must(200);
        List<JsonObject> events = await Client.TakeAsync($"{ConfigMaps}?watch=1&fieldSelector=metadata.name%3Da&resourceVersion={made.ResourceVersion}", 2);
        Assert.Equal(["MODIFIED", "DELETED"], events.Select(Type));
        JsonNode marked = events[0]["object"]!["metadata"]!, gone = events[1]["object"]!["metadata"]!;
        Assert.Equal("example.com/hold", (string?)gone["finalizers"]![0]);
        Assert.True(long.Parse((string)gone["resourceVersion"]!, null) > long.Parse((string)marked["resourceVersion"]!, null));
    }
}
