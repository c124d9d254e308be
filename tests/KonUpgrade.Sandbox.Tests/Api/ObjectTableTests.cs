using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api.Tables;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class ObjectTableTests(SandboxFixture fixture) : Play(fixture)
{
    private const string Table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(190, "3m10s")]
    [InlineData(900, "15m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData(3 * 3600 + 300, "3h5m")]
    [InlineData(9 * 3600 + 300, "9h")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData(400 * 86400, "400d")]
    [InlineData(800 * 86400, "2y70d")]
    [InlineData(-5, "<invalid>")]
    public void Ages_are_written_as_kubectl_writes_them(long seconds, string text) => Assert.Equal(text, TableText.Human(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public async Task A_list_and_an_object_are_shown_as_tables_to_whoever_asks()
    {
        await MakeNamespaceAsync();
        await Client.PostAsync(ConfigMaps, ConfigMap("a", """{"x":"1","y":"2"}"""));
        JsonObject list = (await Client.GetAsync($"{ConfigMaps}?limit=1", Table)).Must(200).Json;
        Assert.Equal(("Table", "meta.k8s.io/v1"), ((string?)list["kind"], (string?)list["apiVersion"]));
        Assert.Equal(["Name", "Data", "Age"], list["columnDefinitions"]!.AsArray().Select(column => (string?)column!["name"]));
        JsonNode row = Assert.Single(list["rows"]!.AsArray())!;
        Assert.Equal(("a", "2"), ((string?)row["cells"]![0], (string?)row["cells"]![1]));
        Assert.Equal("PartialObjectMetadata", (string?)row["object"]!["kind"]);
        Assert.NotNull(list["metadata"]!["continue"]);
        JsonObject one = (await Client.GetAsync($"{ConfigMaps}/a?includeObject=Object", Table)).Must(200).Json;
        Assert.Equal("2", (string?)one["rows"]![0]!["object"]!["data"]!["y"]);
        Assert.Null((await Client.GetAsync($"{ConfigMaps}/a?includeObject=None", Table)).Json["rows"]![0]!["object"]);
        (await Client.GetAsync($"{ConfigMaps}/a?includeObject=All", Table)).Must(400);
        Assert.Equal("ConfigMap", (string?)(await Client.GetAsync($"{ConfigMaps}/a", "application/json, application/json;as=Table;v=v1;g=meta.k8s.io")).Json["kind"]);
    }
}
