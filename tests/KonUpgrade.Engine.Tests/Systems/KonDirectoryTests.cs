using System.Text;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>Directories that Konstellation's own program exported.</summary>
public sealed class KonDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public KonDirectoryTests()
    {
        foreach (var folder in (string[])["apps", "builds", "configs", "linkedaccounts"])
            Directory.CreateDirectory(_folder[folder]);
        Write("clusterconfig.yaml", Manifest("ClusterConfig", "old-town"));
        Write("pool-1.yaml", Manifest("Nodepool", "pool-1"));
        Write("apps/bakery.yaml", """
            apiVersion: k11n.dev/v1alpha1
            kind: App
            metadata:
              creationTimestamp: null
              name: bakery
              annotations: {note: kept}
              managedFields:
              - {manager: kon, operation: Update, apiVersion: k11n.dev/v1alpha1, fieldsType: FieldsV1, fieldsV1: {"f:spec": {"f:image": {}}}}
            spec: {image: bakery, targets: [{name: market}]}
            status: {activeTargets: []}
            """);
        Write("builds/bakery-1.yaml", Manifest("Build", "bakery-1"));
        Write("linkedaccounts/oven.yaml", Manifest("LinkedServiceAccount", "oven"));
        Write("configs/app/bakery.yaml", "bread: rye\n# a comment\n");
        Write("configs/app/market/bakery.yaml", "bread: wheat\n");
        Write("configs/shared/flour.yaml", "mill: stone\n");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_in_it_is_read_as_what_it_stands_for()
    {
        var directory = await OpenAsync();
        Assert.Equal(("Konstellation", "old-town", null), (directory.SystemName, directory.Context, directory.Incomplete));
        Assert.Null(directory.Export);
        var files = await directory.ReadAsync(Token).ToListAsync(Token);
        Assert.All(files, file => Assert.Null(file.Problem));
        Assert.Equal(
            [
                "App bakery", "AppConfig app-bakery", "AppConfig app-bakery-market", "AppConfig shared-flour", "Build bakery-1", "ClusterConfig old-town", "LinkedServiceAccount oven", "Nodepool pool-1",
            ],
            files.Select(file => $"{file.Kind} {file.Name}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_config_becomes_what_kon_would_make_of_it_byte_by_byte()
    {
        using var own = await LoadAsync("app-bakery-market");
        Assert.Equal(("bakery", "market", "app"), (own.Label("k11n.dev/app"), own.Label("k11n.dev/target"), own.Root.Text("type")));
        using var whole = await LoadAsync("app-bakery");
        Assert.Equal("", whole.Label("k11n.dev/target"));
        Assert.Equal("bread: rye\n# a comment\n", Encoding.UTF8.GetString(Convert.FromBase64String(whole.Root.Text("config")!)));
        using var shared = await LoadAsync("shared-flour");
        Assert.Equal(("flour", "", "shared", null), (shared.Label("k11n.dev/sharedConfig"), shared.Label("k11n.dev/target"), shared.Root.Text("type"), shared.Label("k11n.dev/app")));
    }

    [Fact]
    public async Task What_belonged_to_the_cluster_is_cleared_and_who_owned_it_is_known()
    {
        using var app = await LoadAsync("bakery");
        Assert.Equal("kept", app.Annotation("note"));
        Assert.Equal(System.Text.Json.JsonValueKind.Undefined, app.Root.Member("status").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Undefined, app.Metadata.Member("managedFields").ValueKind);
        Assert.Equal("kon (Update)", (await FilesAsync()).Single(file => file.Name == "bakery").Owner!.ToString());
    }

    [Fact]
    public async Task An_export_that_broke_off_says_so()
    {
        File.Delete(_folder["clusterconfig.yaml"]);
        Directory.Delete(_folder["linkedaccounts"], recursive: true);
        var directory = await OpenAsync();
        Assert.Equal("ExportIncomplete", directory.Incomplete!.Id);
        Assert.Contains("linkedaccounts and clusterconfig.yaml", directory.Incomplete.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_earlier_export_left_is_found()
    {
        Write("apps/gone.yaml", Manifest("App", "gone"));
        Write("configs/app/gone.yaml", "a: b\n");
        foreach (var stale in (string[])["apps/gone.yaml", "configs/app/gone.yaml"])
            File.SetLastWriteTimeUtc(_folder[stale], File.GetLastWriteTimeUtc(_folder["clusterconfig.yaml"]).AddHours(-2));
        var files = await FilesAsync();
        Assert.Equal(2, files.Count(file => file.Problem?.Id == "StaleFile"));
        Assert.DoesNotContain(files, file => file.Name is "gone" or "app-gone");
    }

    [Theory]
    [InlineData("apps/oven.yaml", "kind: LinkedServiceAccount", "ForeignFile")]
    [InlineData("apps/copy of bakery.yaml", "kind: App", "ForeignFile")]
    [InlineData("apps/two.yaml", "kind: App\n---\napiVersion: v1", "ForeignFile")]
    [InlineData("apps/text.yaml", "kind: [", "")]
    [InlineData("configs/app/market/deep/x.yaml", "kind: x", "ForeignFile")]
    [InlineData("configs/app/bakery.yaml.bak", "kind: x", "ForeignFile")]
    [InlineData("secret.yaml", "kind: Secret", "ForeignFile")]
    public async Task What_kon_did_not_write_is_a_problem_of_its_own(string path, string text, string id)
    {
        Write(path, "apiVersion: k11n.dev/v1alpha1\nmetadata: {name: bakery}\n" + text + "\n");
        var problem = Assert.Single((await FilesAsync()).Select(file => file.Problem).OfType<Model.Failure>());
        if (id.Length > 0)
            Assert.Equal(id, problem.Id);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("apps/old/bakery.yaml")]
    [InlineData("scripts/run.sh")]
    public async Task What_kon_itself_passes_over_is_left_alone_with_the_reason(string path)
    {
        Write(path, "anything");
        var skipped = Assert.Single(await FilesAsync(), file => file.SkipReason is not null);
        Assert.Contains("kon cluster export", skipped.SkipReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_tools_are_not_seen()
    {
        Write(".git/config", "x");
        Write("apps/.swp", "x");
        Assert.Equal(8, (await FilesAsync()).Count);
    }

    [Fact]
    public async Task What_is_wrong_with_a_config_is_told_without_what_is_in_it()
    {
        Write("configs/app/bakery.yaml", "password: hunter2\n\tbroken: [hunter2");
        var problem = Assert.Single((await FilesAsync()).Select(file => file.Problem).OfType<Model.Failure>());
        Assert.Equal("ConfigNotYaml", problem.Id);
        Assert.DoesNotContain("hunter2", problem.ToString() + problem.Target + problem.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_config_that_is_there_for_all_and_for_a_target_is_there_twice()
    {
        Write("configs/shared/market/flour.yaml", "mill: steel\n");
        Assert.Equal(["", "market"], await LabelsAsync());

        async Task<List<string?>> LabelsAsync()
        {
            var labels = new List<string?>();
            foreach (var file in (await FilesAsync()).Where(file => file.Name == "shared-flour"))
            {
                using var o = await file.LoadAsync(Token);
                labels.Add(o.Label("k11n.dev/target"));
            }

            return labels;
        }
    }

    [Fact]
    public async Task A_directory_of_plain_manifests_stays_one()
    {
        using var other = new TempFolder();
        other.Write("apps/bakery.yaml", Manifest("App", "bakery"));
        Assert.Null((await ManifestDirectory.OpenAsync(other.Path, Token, layouts: new SystemCatalog().Layouts)).SystemName);
        other.Write("builds/b.yaml", Manifest("Build", "b"));
        other.Write("configs/values.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
        Assert.Null((await ManifestDirectory.OpenAsync(other.Path, Token, layouts: new SystemCatalog().Layouts)).SystemName);
    }

    private static string Manifest(string kind, string name) => $"apiVersion: k11n.dev/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{}}\n";

    private void Write(string path, string text) => _folder.Write(path, text);

    private Task<ManifestDirectory> OpenAsync() => ManifestDirectory.OpenAsync(_folder.Path, Token, layouts: new SystemCatalog().Layouts);

    private async Task<List<ManifestFile>> FilesAsync() => await (await OpenAsync()).ReadAsync(Token).ToListAsync(Token);

    private async Task<Engine.Kubernetes.KubernetesObject> LoadAsync(string name) => await (await FilesAsync()).Single(file => file.Name == name).LoadAsync(Token);
}
