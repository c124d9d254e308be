using System.Diagnostics;
using System.Text;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class ManifestDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Plain_manifests_come_in_order_with_documents_and_lists_taken_apart()
    {
        _folder.Write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: shop}\n---\n# nothing\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}\n");
        _folder.Write("a/c.json", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two"},"data":{"k":"v"}}""");
        _folder.Write("notes.txt", "nothing");
        _folder.Write(".git/x.yaml", "a: [");

        var directory = await ManifestDirectory.OpenAsync(_folder.Path, Token);
        var files = await directory.ReadAsync(Token).ToListAsync(Token);

        Assert.Null(directory.Export);
        Assert.Equal(["v1 ConfigMap two", "v1 ConfigMap shop/one", "v1 Namespace shop", "apps/v1 Deployment shop/web"], files.Select(file => file.ToString()));
        Assert.All(files, file => Assert.Null(file.Problem));
        foreach (var file in files)
        {
            using var o = await file.LoadAsync(Token);
            Assert.Equal(file.ToString(), o.ToString());
        }
    }

    [Fact]
    public async Task One_file_is_read_as_a_directory_of_one()
    {
        var path = _folder.Write("a.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n");

        var file = Assert.Single(await ReadAsync(path));

        using var o = await file.LoadAsync(Token);
        Assert.Equal("v1 Namespace shop", o.ToString());
    }

    [Fact]
    public async Task What_is_wrong_with_one_file_is_told_and_the_others_follow()
    {
        _folder.Write("a.yaml", "a: [\n");
        _folder.Write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n");
        _folder.Write("c.yaml", "- just\n- a list\n");
        _folder.Write("d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n");
        File.WriteAllBytes(_folder["e.yaml"], Encoding.Unicode.GetBytes("apiVersion: v1\n"));

        var files = await ReadAsync(_folder.Path);

        Assert.Equal(["YamlSyntax", "NotAManifest", "NotAManifest", null, "WrongEncoding"], files.Select(file => file.Problem?.Id));
        await Assert.ThrowsAsync<UpgradeException>(() => files[0].LoadAsync(Token));
    }

    [Fact]
    public async Task A_file_of_something_else_is_one_problem_and_one_that_lacks_a_name_is_told_with_its_line()
    {
        _folder.Write("a.yaml", "replicas: 1\n---\nimage: web\n---\n- 1\n");
        _folder.Write("kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n");
        _folder.Write("mixed.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n---\nimage: web\n");

        var files = await ReadAsync(_folder.Path);

        Assert.Equal([("NotAManifest", true), ("NotAManifest", true), (null, false), ("NotAManifest", true)], files.Select(file => (file.Problem?.Id, file.IsForeign)));
        Assert.Contains("not a Kubernetes manifest", files[0].Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("helm template", files[0].Problem!.Recommendation, StringComparison.Ordinal);
        Assert.Equal($"{_folder["mixed.yaml"]}:5:1", files[3].Problem!.Target);
    }

    [Theory]
    [InlineData("list.yaml", "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n- apiVersion: v1\n  kind: ConfigMap\n-   {apiVersion: v1, kind: Secret}\n", "5:3", "7:5")]
    [InlineData("list.json", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n {\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shöp\"}},{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"},\n\n  {\"apiVersion\":\"v1\",\"kind\":\"Secret\"}]}", "2:68", "4:3")]
    public async Task Each_object_of_a_list_that_lacks_something_is_told_with_its_own_place(string name, string text, string first, string second)
    {
        var path = _folder.Write(name, text);

        var problems = (await ReadAsync(path)).Select(file => file.Problem).OfType<Failure>().ToList();

        Assert.Equal([$"{path}:{first}", $"{path}:{second}"], problems.Select(problem => problem.Target));
        Assert.StartsWith($"{path}, line {first.Replace(":", ", column ", StringComparison.Ordinal)}: ", problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbolic_link_is_not_followed()
    {
        using var outside = new TempFolder();
        outside.Write("secret.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outside}\n");
        Link(() => File.CreateSymbolicLink(_folder["a.yaml"], outside["secret.yaml"]));
        Link(() => Directory.CreateSymbolicLink(_folder["b"], outside.Path));

        Assert.Equal(["SymbolicLink", "SymbolicLink"], (await ReadAsync(_folder.Path)).Select(file => file.Problem?.Id));
    }

    [Fact]
    public async Task An_export_is_read_by_its_list_and_what_lies_beside_it_is_not()
    {
        WriteExport(("web", "a: b"), ("db", "c: d"));
        _folder.Write("core/ConfigMap/shop/extra.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra}\n");

        var directory = await ManifestDirectory.OpenAsync(_folder.Path, Token);
        var files = await directory.ReadAsync(Token).ToListAsync(Token);

        Assert.Equal(("blue", "uid-1", "Kubernetes", true), (directory.Export!.Context, directory.Export.ClusterUid, directory.Export.System, directory.Export.Complete));
        Assert.Empty(directory.Problems);
        Assert.Equal(["v1 ConfigMap shop/db", "v1 ConfigMap shop/web"], files.Select(file => file.ToString()));
        Assert.Equal(new FieldOwner("helm", "Apply"), files[0].Owner);
        Assert.Equal([new FieldOwner("kubectl-edit", "Update")], files[0].OtherOwners);
        using var o = await files[1].LoadAsync(Token);
        Assert.Equal("b", o.Root.GetProperty("data").GetProperty("a").GetString());
    }

    [Fact]
    public async Task What_the_objects_of_an_export_have_in_common_is_kept_once()
    {
        WriteExport(("web", "a: b"), ("db", "c: d"));

        var files = await ReadAsync(_folder.Path);

        Assert.Same(files[0].ApiVersion, files[1].ApiVersion);
        Assert.Same(files[0].Kind, files[1].Kind);
        Assert.Same(files[0].Namespace, files[1].Namespace);
        Assert.Same(files[0].Owner, files[1].Owner);
        Assert.Same(files[0].OtherOwners[0], files[1].OtherOwners[0]);
    }

    [Fact]
    public async Task Altered_and_missing_files_are_told_each_for_itself()
    {
        WriteExport(("altered", "a: b"), ("good", "a: b"), ("missing", "a: b"));
        File.AppendAllText(_folder["core/ConfigMap/shop/altered.yaml"], "  more: x\n");
        File.Delete(_folder["core/ConfigMap/shop/missing.yaml"]);

        var files = await ReadAsync(_folder.Path);

        Assert.Equal(["ModifiedFile", null, "MissingFile"], files.Select(file => file.Problem?.Id));
        using var altered = await files[0].LoadAsync(Token);
        Assert.Equal("x", altered.Root.GetProperty("data").GetProperty("more").GetString());
    }

    [Fact]
    public async Task A_file_that_changes_after_it_was_checked_is_refused()
    {
        WriteExport(("web", "a: b"));
        var file = Assert.Single(await ReadAsync(_folder.Path));
        File.AppendAllText(file.FilePath, "  more: x\n");

        Assert.Equal("ModifiedFile", (await Assert.ThrowsAsync<UpgradeException>(() => file.LoadAsync(Token))).Failure.Id);
    }

    [Theory]
    [InlineData("../outside.yaml")]
    [InlineData("/etc/passwd")]
    [InlineData("core/ConfigMap/shop/../../../x.yaml")]
    [InlineData("core/ConfigMap/shop/other.yaml")]
    public async Task A_list_that_leads_elsewhere_is_refused(string path)
    {
        WriteExport(("web", "a: b"));
        File.WriteAllText(_folder["files.jsonl"], File.ReadAllText(_folder["files.jsonl"]).Replace("core/ConfigMap/shop/web.yaml", path, StringComparison.Ordinal));

        var directory = await ManifestDirectory.OpenAsync(_folder.Path, Token);

        Assert.Equal("ModifiedFile", Assert.Single(directory.Problems).Id);
        Assert.Equal("PathOutside", Assert.Single(await directory.ReadAsync(Token).ToListAsync(Token)).Problem?.Id);
    }

    [Fact]
    public async Task A_folder_of_an_export_that_is_a_link_is_not_followed()
    {
        WriteExport(("web", "a: b"));
        using var outside = new TempFolder();
        Directory.Move(_folder["core/ConfigMap"], outside["ConfigMap"]);
        Link(() => Directory.CreateSymbolicLink(_folder["core/ConfigMap"], outside["ConfigMap"]));

        Assert.Equal("SymbolicLink", Assert.Single(await ReadAsync(_folder.Path)).Problem?.Id);
    }

    [Fact]
    public async Task A_file_that_holds_another_object_is_refused_even_where_changes_are_allowed()
    {
        WriteExport(("web", "a: b"));
        _folder.Write("core/ConfigMap/shop/web.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other, namespace: shop}\n");
        var file = Assert.Single(await ReadAsync(_folder.Path));

        Assert.Equal("NotAManifest", (await Assert.ThrowsAsync<UpgradeException>(() => file.LoadAsync(Token))).Failure.Id);
    }

    [Theory]
    [InlineData("apiVersion: konupgrade.dev/v2\nkind: ClusterConfigExport\n", "UnknownFormat")]
    [InlineData("apiVersion: konupgrade.dev/v1\nkind: ClusterConfigExport\n", "ExportDamaged")]
    [InlineData("apiVersion: konupgrade.dev/v1\nkind: ClusterConfigExport\nsystem: Kubernetes\ncomplete: true\ncluster: {uid: 1234}\n", "ExportDamaged")]
    [InlineData("apiVersion: [\n", "YamlSyntax")]
    public async Task A_summary_that_cannot_be_read_is_told(string yaml, string id)
    {
        _folder.Write("export.yaml", yaml);

        Assert.Equal(id, (await Assert.ThrowsAsync<UpgradeException>(() => ManifestDirectory.OpenAsync(_folder.Path, Token))).Failure.Id);
    }

    [Fact]
    public async Task An_export_that_lost_its_list_holds_not_nothing()
    {
        WriteExport(("web", "a: b"));
        File.Delete(_folder["files.jsonl"]);

        Assert.Equal("MissingFile", (await Assert.ThrowsAsync<UpgradeException>(() => ReadAsync(_folder.Path))).Failure.Id);
    }

    [Fact]
    public async Task An_export_that_lost_its_summary_does_not_pass_for_plain_manifests()
    {
        WriteExport(("web", "a: b"));
        File.Delete(_folder["export.yaml"]);

        var exception = await Assert.ThrowsAsync<UpgradeException>(() => ManifestDirectory.OpenAsync(_folder.Path, Token));

        Assert.Equal("ExportDamaged", exception.Failure.Id);
        Assert.Contains("export.yaml", exception.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_among_the_files_is_not_waited_for()
    {
        WriteExport(("pipe", "a: b"), ("web", "a: b"));
        await MakePipeAsync(_folder["core/ConfigMap/shop/pipe.yaml"]);

        // Opening a pipe waits for a writer and hears of no cancellation, so the reading goes on a thread of its own.
        var files = await Task.Run(() => ReadAsync(_folder.Path), Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(["ModifiedFile", null], files.Select(file => file.Problem?.Id));
    }

    [Fact]
    public async Task A_pipe_among_plain_manifests_is_not_read_and_told()
    {
        _folder.Write("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n");
        _folder.Write("b.yaml", "");
        await MakePipeAsync(_folder["b.yaml"]);
        var directory = await ManifestDirectory.OpenAsync(_folder.Path, Token);

        var files = await Task.Run(() => directory.ReadAsync(Token).ToListAsync(Token).AsTask(), Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal("v1 Namespace shop", Assert.Single(files).ToString());
        Assert.Contains("pipes or devices, which are not read: b.yaml", directory.Unlisted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\napiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n", "line {0}, column 1: here a second document begins")]
    [InlineData(null, "line 1, column 1: here is no summary of an export, and beside it is an export's list of files")]
    public async Task A_summary_that_is_more_than_one_document_or_something_else_is_damage_with_its_place(string? more, string says)
    {
        WriteExport(("web", "a: b"));
        var lines = File.ReadAllLines(_folder["export.yaml"]).Length;
        if (more is null)
            File.WriteAllText(_folder["export.yaml"], "apiVersion: v1\nkind: Namespace\nmetadata: {name: x}\n");
        else
            File.AppendAllText(_folder["export.yaml"], more);

        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => ManifestDirectory.OpenAsync(_folder.Path, Token))).Failure;

        Assert.Equal("ExportDamaged", failure.Id);
        Assert.Contains($"export.yaml: {says.Replace("{0}", $"{lines + 2}", StringComparison.Ordinal)}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_no_export_wrote_is_damage_of_the_export()
    {
        WriteExport(("web", "a: b"));
        File.AppendAllText(_folder["files.jsonl"], new string('x', 17 * 1024 * 1024));

        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => ReadAsync(_folder.Path))).Failure;

        Assert.Equal("ExportDamaged", failure.Id);
        Assert.Contains("line 2 ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_told() =>
        Assert.Equal("DirectoryNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => ManifestDirectory.OpenAsync(_folder["none"], Token))).Failure.Id);

    [Fact]
    public async Task A_summary_that_is_no_YAML_is_damage_with_its_place()
    {
        WriteExport(("web", "a: b"));
        File.WriteAllText(_folder["export.yaml"], "apiVersion: konupgrade.dev/v1\nkind: [\n");
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => ManifestDirectory.OpenAsync(_folder.Path, Token))).Failure;
        Assert.Equal("ExportDamaged", failure.Id);
        Assert.Contains("export.yaml: it is no YAML: line 3, column 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_damaged_is_told_with_its_line_and_column()
    {
        WriteExport(("web", "a: b"));
        File.AppendAllText(_folder["files.jsonl"], "{\"path\":co");

        var exception = await Assert.ThrowsAsync<UpgradeException>(() => ReadAsync(_folder.Path));

        Assert.Equal("ExportDamaged", exception.Failure.Id);
        Assert.Contains("line 2, column 9", exception.Failure.Message, StringComparison.Ordinal);
    }

    private static async Task MakePipeAsync(string path)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among its files.");
        File.Delete(path);
        using var mkfifo = Process.Start("mkfifo", [path]);
        await mkfifo.WaitForExitAsync(Token);
        Assert.Equal(0, mkfifo.ExitCode);
    }

    private static void Link(Action create)
    {
        try
        {
            create();
        }
        catch (IOException exception) when (OperatingSystem.IsWindows())
        {
            Assert.Skip($"Symbolic links can't be made here: {exception.Message}");
        }
    }

    private static async Task<List<ManifestFile>> ReadAsync(string path) =>
        await (await ManifestDirectory.OpenAsync(path, Token)).ReadAsync(Token).ToListAsync(Token);

    private void WriteExport(params (string Name, string Data)[] maps)
    {
        var list = new StringBuilder();
        foreach (var (name, data) in maps.OrderBy(map => map.Name, StringComparer.Ordinal))
        {
            var yaml = $"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: shop\ndata:\n  {data}\n";
            _folder.Write($"core/ConfigMap/shop/{name}.yaml", yaml);
            list.Append($$"""{"path":"core/ConfigMap/shop/{{name}}.yaml","sha256":"{{Sha256.Of(Encoding.UTF8.GetBytes(yaml))}}","apiVersion":"v1","kind":"ConfigMap","namespace":"shop","name":"{{name}}","owner":{"manager":"helm","operation":"Apply"},"otherOwners":[{"manager":"kubectl-edit","operation":"Update"}]}""").Append('\n');
        }

        _folder.Write("files.jsonl", list.ToString());
        var summary = new ExportSummary
        {
            Export = new ClusterConfigExport { Path = _folder.Path, Context = "blue", ClusterUid = "uid-1", System = "Kubernetes", Complete = true, ObjectCount = maps.Length, LeftOutCount = 0 },
            FilesSha256 = Sha256.Of(Encoding.UTF8.GetBytes(list.ToString())),
        };
        File.WriteAllBytes(_folder["export.yaml"], summary.ToYaml());
    }
}
