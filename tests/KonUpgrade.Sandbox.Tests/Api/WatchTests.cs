using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class WatchTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task A_watch_tells_every_change_after_its_revision_in_order()
    {
        await MakeNamespaceAsync();
        Reply list = await Client.GetAsync(ConfigMaps);
        (await Client.PostAsync(ConfigMaps, ConfigMap("a"))).Must(201);
        (await Client.MergeAsync($"{ConfigMaps}/a", """{"data":{"x":"1"}}""")).Must(200);
        (await Client.DeleteAsync($"{ConfigMaps}/a")).Must(200);
        List<JsonObject> events = await Client.TakeAsync($"{ConfigMaps}?watch=1&resourceVersion={list.ResourceVersion}", 3);
        Assert.Equal(["ADDED", "MODIFIED", "DELETED"], events.Select(Type));
        Assert.All(events, item => Assert.Equal("ConfigMap", (string?)item["object"]!["kind"]));
        long[] revisions = [.. events.Select(item => long.Parse((string)item["object"]!["metadata"]!["resourceVersion"]!, null))];
        Assert.True(revisions[0] < revisions[1] && revisions[1] < revisions[2], string.Join(' ', revisions));
    }

    [Fact]
    public async Task A_watch_without_revision_begins_with_what_is_there()
    {
        await MakeNamespaceAsync();
        List<JsonObject> events = await Client.TakeAsync($"{ConfigMaps}?watch=1", 1);
        Assert.Equal("kube-root-ca.crt", (string?)events[0]["object"]!["metadata"]!["name"]);
    }

    [Fact]
    public async Task A_forgotten_revision_is_an_ERROR_event_with_410()
    {
        JsonObject told = (await Client.TakeAsync("/api/v1/configmaps?watch=1&resourceVersion=1", 1))[0];
        Assert.Equal("ERROR", Type(told));
        Assert.Equal(410, (int)told["object"]!["code"]!);
        Assert.Equal("Expired", (string?)told["object"]!["reason"]);
    }

    [Fact]
    public async Task Bookmarks_come_when_they_are_allowed()
    {
        await MakeNamespaceAsync();
        Reply list = await Client.GetAsync(ConfigMaps);
        JsonObject bookmark = (await Client.TakeAsync($"{ConfigMaps}?watch=1&allowWatchBookmarks=true&resourceVersion={list.ResourceVersion}", 1))[0];
        Assert.Equal("BOOKMARK", Type(bookmark));
        Assert.True(long.Parse((string)bookmark["object"]!["metadata"]!["resourceVersion"]!, null) >= long.Parse(list.ResourceVersion, null));
    }

    [Fact]
    public async Task Initial_events_end_with_a_marked_bookmark()
    {
        await MakeNamespaceAsync();
        List<JsonObject> events = await Client.TakeAsync($"{ConfigMaps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", 2);
        Assert.Equal(["ADDED", "BOOKMARK"], events.Select(Type));
        Assert.Equal("true", (string?)events[1]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
    }

    [Fact]
    public async Task A_watch_ends_at_its_timeout()
    {
        await MakeNamespaceAsync();
        var events = new List<JsonObject>();
        await foreach (JsonObject item in Client.EventsAsync($"{ConfigMaps}?watch=1&timeoutSeconds=1")) events.Add(item);
        Assert.Single(events);
    }

    [Fact]
    public async Task A_cut_watch_ends_after_the_events_that_the_fault_allows()
    {
        await MakeNamespaceAsync();
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.CutWatch, Namespace = Namespace, AfterEvents = 2 });
        Reply list = await Client.GetAsync(ConfigMaps);
        for (int i = 0; i < 3; i++) await Client.PostAsync(ConfigMaps, ConfigMap($"c-{i}"));
        var events = new List<JsonObject>();
        await foreach (JsonObject item in Client.EventsAsync($"{ConfigMaps}?watch=1&resourceVersion={list.ResourceVersion}")) events.Add(item);
        Assert.Equal(2, events.Count);
    }

    private static string Type(JsonObject told) => (string)told["type"]!;
}
