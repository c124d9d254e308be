using System.Collections;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Tests.Api;

/// <summary>Writes that are overtaken again and again, which over the network hardly ever happens when it should.</summary>
public sealed class LostRaceTests(SandboxFixture fixture) : Play(fixture)
{
    private const int Overtaken = 30;

    [Fact]
    public async Task A_patch_goes_on_however_often_it_is_overtaken()
    {
        SimulatedCluster cluster = await BeginAsync();
        JsonObject changed = cluster.Writes.Patch(Kind(cluster), Namespace, "a", string.Empty, JsonNode.Parse("""{"data":{"mine":"1"}}""")!, strategic: false, Options(), new Rival(this, cluster, Overtaken));
        Assert.Equal("1", (string?)changed["data"]!["mine"]);
        Assert.Equal("0", (string?)changed["data"]!["rival"]);
    }

    [Fact]
    public async Task A_patch_that_names_its_resourceVersion_is_refused_once_it_is_overtaken()
    {
        SimulatedCluster cluster = await BeginAsync();
        string version = (await Client.GetAsync($"{ConfigMaps}/a")).ResourceVersion;
        ApiError refused = Assert.Throws<ApiError>(() => cluster.Writes.Patch(Kind(cluster), Namespace, "a", string.Empty, JsonNode.Parse($$$$"""{"metadata":{"resourceVersion":"{{{{version}}}}"},"data":{"mine":"1"}}""")!, strategic: false, Options(), new Rival(this, cluster, 1)));
        Assert.Equal(409, refused.Code);
    }

    private async Task<SimulatedCluster> BeginAsync()
    {
        await MakeNamespaceAsync();
        (await Client.PostAsync(ConfigMaps, ConfigMap("a"))).Must(201);
        return Blue.Simulated;
    }

    private static ApiResource Kind(SimulatedCluster cluster) => cluster.BuiltIn(string.Empty, "configmaps");

    private static WriteOptions Options() => new() { Manager = "test" };

    /// <summary>A writer looks at this list after it has read the object and before it stores it: time for another to be faster.</summary>
    private sealed class Rival(LostRaceTests test, SimulatedCluster cluster, int times) : IReadOnlyList<string>
    {
        private int _left = times;

        public int Count
        {
            get
            {
                if (_left-- > 0)
                    cluster.Writes.Patch(Kind(cluster), test.Namespace, "a", string.Empty, JsonNode.Parse($$$"""{"data":{"rival":"{{{_left}}}"}}""")!, strategic: false, Options());
                return 0;
            }
        }

        public string this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<string> GetEnumerator() => Enumerable.Empty<string>().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
