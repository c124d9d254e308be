using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class ListTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task Pages_show_one_moment_and_end_without_continue()
    {
        await FillAsync(7);
        Reply first = (await Client.GetAsync($"{ConfigMaps}?limit=3")).Must(200);
        Assert.Equal(["c-0", "c-1", "c-2"], first.Names);
        Assert.Equal(5, (int)first.Json["metadata"]!["remainingItemCount"]!);
        await Client.DeleteAsync($"{ConfigMaps}/c-4");
        Reply second = (await Client.GetAsync($"{ConfigMaps}?limit=3&continue={Continue(first)}")).Must(200);
        Assert.Equal(["c-3", "c-4", "c-5"], second.Names);
        Assert.Equal(first.ResourceVersion, second.ResourceVersion);
        Reply last = (await Client.GetAsync($"{ConfigMaps}?limit=3&continue={Continue(second)}")).Must(200);
        Assert.Equal(["c-6", "kube-root-ca.crt"], last.Names);
        Assert.Null(last.Json["metadata"]!["continue"]);
    }

    [Fact]
    public async Task Items_of_a_built_in_list_have_no_kind_of_their_own()
    {
        await FillAsync(1);
        Reply list = await Client.GetAsync(ConfigMaps);
        Assert.Equal("ConfigMapList", (string?)list.Json["kind"]);
        JsonObject item = list.Json["items"]![0]!.AsObject();
        Assert.False(item.ContainsKey("kind"));
        Assert.Equal("1", (string?)item["data"]!["x"]);
    }

    [Fact]
    public async Task An_expired_page_is_410_with_a_way_on()
    {
        await FillAsync(4);
        Reply first = await Client.GetAsync($"{ConfigMaps}?limit=2");
        await Client.PostAsync(ConfigMaps, ConfigMap("c-1a"));
        await Client.PostAsync(ConfigMaps, ConfigMap("c-9"));
        Blue.Compact();
        Reply expired = (await Client.GetAsync($"{ConfigMaps}?limit=2&continue={Continue(first)}")).Must(410);
        Assert.Equal("Expired", expired.Reason);
        Reply rest = (await Client.GetAsync($"{ConfigMaps}?continue={Continue(expired)}")).Must(200);
        Assert.Equal(["c-1a", "c-2", "c-3", "c-9", "kube-root-ca.crt"], rest.Names);
    }

    [Theory]
    [InlineData("a=1", "x")]
    [InlineData("a!=1", "y,z")]
    [InlineData("a in (1,2)", "x,y")]
    [InlineData("a notin (1)", "y,z")]
    [InlineData("b", "z")]
    [InlineData("!b,a", "x,y")]
    [InlineData("a>1", "y")]
    public async Task Labels_select(string selector, string names)
    {
        await MakeNamespaceAsync();
        await Client.DeleteAsync($"{ConfigMaps}/kube-root-ca.crt");
        await Client.PostAsync(ConfigMaps, ConfigMap("x", more: ""","labels":{"a":"1"}"""));
        await Client.PostAsync(ConfigMaps, ConfigMap("y", more: ""","labels":{"a":"2"}"""));
        await Client.PostAsync(ConfigMaps, ConfigMap("z", more: ""","labels":{"b":"1"}"""));
        Reply list = (await Client.GetAsync($"{ConfigMaps}?labelSelector={Uri.EscapeDataString(selector)}")).Must(200);
        Assert.Equal(names, string.Join(',', list.Names));
    }

    [Fact]
    public async Task Fields_select_by_name()
    {
        await FillAsync(2);
        Reply list = (await Client.GetAsync($"{ConfigMaps}?fieldSelector=metadata.name%3Dc-1")).Must(200);
        Assert.Equal(["c-1"], list.Names);
        (await Client.GetAsync($"{ConfigMaps}?fieldSelector=data.x%3D1")).Must(400);
    }

    [Theory]
    [InlineData("spec.nodeName=n1", "bound")]
    [InlineData("spec.nodeName=", "free")]
    [InlineData("spec.nodeName!=n1", "free")]
    [InlineData("status.phase=Pending,metadata.name!=free", "bound")]
    public async Task Pods_are_selected_by_node_and_phase(string selector, string names)
    {
        await MakeNamespaceAsync();
        string pods = $"/api/v1/namespaces/{Namespace}/pods";
        (await Client.PostAsync(pods, """{"metadata":{"name":"bound"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}}""")).Must(201);
        (await Client.PostAsync(pods, """{"metadata":{"name":"free"},"spec":{"containers":[{"name":"c","image":"i"}]}}""")).Must(201);
        Reply list = (await Client.GetAsync($"{pods}?fieldSelector={Uri.EscapeDataString(selector)}")).Must(200);
        Assert.Equal(names, string.Join(',', list.Names));
        Assert.Equal("field label not supported: spec.colour", (await Client.GetAsync($"{pods}?fieldSelector=spec.colour%3Dred")).Must(400).Message);
    }

    [Fact]
    public async Task A_namespace_ends_where_another_begins()
    {
        await FillAsync(1);
        await Client.PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{Namespace}}}-more"}}""");
        Reply list = await Client.GetAsync(ConfigMaps);
        Assert.Equal(["c-0", "kube-root-ca.crt"], list.Names);
        Assert.All(list.Json["items"]!.AsArray(), item => Assert.Equal(Namespace, (string?)item!["metadata"]!["namespace"]));
    }

    private static string Continue(Reply list) => (string)list.Json["metadata"]!["continue"]!;

    private async Task FillAsync(int count)
    {
        await MakeNamespaceAsync();
        for (int i = 0; i < count; i++) (await Client.PostAsync(ConfigMaps, ConfigMap($"c-{i}", """{"x":"1"}"""))).Must(201);
    }
}
