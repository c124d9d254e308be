using System.Text;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Secrets;

public sealed class SecretExportTests
{
    private const string Db = "core/Secret/shop/db.yaml";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_and_what_the_system_calls_sensitive_are_left_out_unless_they_are_asked_for()
    {
        await using var bench = await SecretBench.StartAsync();
        var export = await bench.ExportAsync();
        Assert.Equal(SecretHandling.Skip, export.Secret);
        bench.AssertNowhere([export]);
        var items = await ExportedItems.ReadAsync(bench.Folder.Path, Token).Where(i => i.Kind is "Secret" or "Vault").ToListAsync(Token);
        Assert.Equal(5, items.Count);
        Assert.All(items, i => Assert.Equal(ClusterConfigItemAction.LeftOut, i.Action));
        Assert.Contains("passwords in the clear", items.Single(i => i.Kind == "Vault").Reason, StringComparison.Ordinal);
        Assert.Contains("release of Helm", items.Single(i => i.Name!.StartsWith("sh.helm", StringComparison.Ordinal)).Reason, StringComparison.Ordinal);
        // Not even which keys it has.
        Assert.DoesNotContain("password\"", bench.Folder.Files()["left-out.jsonl"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SecretHandling.Skip)]
    [InlineData(SecretHandling.Encrypt)]
    [InlineData(SecretHandling.Include)]
    public async Task What_an_object_once_held_does_not_travel_in_the_annotation_of_kubectl(SecretHandling handling)
    {
        await using var bench = await SecretBench.StartAsync();
        bench.System = bench.System with { Export = new SystemExport { Sensitive = [new SensitiveObjectsRule { Kinds = ["Vault.shop.example"], Fields = [FieldPath.Of("spec", "password")], Reason = "It holds passwords in the clear." }] } };
        bench.Exports.Blue.Seed(
            [
                $$$"""{"apiVersion":"shop.example/v1","kind":"Vault","metadata":{"name":"moved","namespace":"shop","annotations":{"team":"a","kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"password\":\"{{{SecretBench.Planted}}}\"}}"}},"spec":{}}""",
                """{"apiVersion":"shop.example/v1","kind":"Vault","metadata":{"name":"clean","namespace":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{}}"}},"spec":{}}""",
                $$$"""{"apiVersion":"shop.example/v1","kind":"Vault","metadata":{"name":"torn","namespace":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{{{SecretBench.Planted}}}"}},"spec":{}}""",
            ],
            "kubectl");
        await bench.ExportAsync(handling);
        var files = bench.Folder.Files();
        Assert.Contains("team: a", files["shop.example/Vault/shop/moved.yaml"], StringComparison.Ordinal);
        Assert.Contains("last-applied", files["shop.example/Vault/shop/clean.yaml"], StringComparison.Ordinal);
        Assert.DoesNotContain("last-applied", files["shop.example/Vault/shop/torn.yaml"], StringComparison.Ordinal);
        Assert.Contains("in which kubectl keeps an earlier state", files["left-out.jsonl"], StringComparison.Ordinal);
        if (handling != SecretHandling.Include)
            bench.AssertNowhere();
        var live = await bench.ReadAsync();
        Assert.All(live.Where(item => item is { Kind: "Vault", Name: "moved" or "torn" }), item => Assert.DoesNotContain(SecretBench.Planted, Encoding.UTF8.GetString(item.Manifest!.Json.Span), StringComparison.Ordinal));
        Assert.Equal(ClusterConfigItemAction.LeftOut, live.Single(item => item is { Kind: "Vault", Name: "v" }).Action);
    }

    [Fact]
    public async Task Encrypted_they_are_in_no_file_that_others_can_read()
    {
        await using var bench = await SecretBench.StartAsync();
        var export = await bench.ExportAsync(SecretHandling.Encrypt);
        bench.AssertNowhere([export]);
        var files = bench.Folder.Files();
        Assert.StartsWith($"konupgrade.dev/sealed v1\nkey: {export.EncryptionKeyId}\n", files[$"{Db}.enc"], StringComparison.Ordinal);
        Assert.Contains("shop.example/Vault/shop/v.yaml.enc", files.Keys);
        Assert.DoesNotContain(Db, files.Keys);
        Assert.Contains("core/ConfigMap/shop/settings.yaml", files.Keys);
        Assert.Contains(export.EncryptionKeyId!, files["export.yaml"], StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bench.Folder[$"{Db}.enc"]));
        await bench.Exports.AssertWholeAsync();
    }

    [Theory]
    [InlineData(SecretHandling.Encrypt)]
    [InlineData(SecretHandling.Include)]
    public async Task Tokens_that_are_of_one_cluster_never_travel(SecretHandling handling)
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(handling);
        Assert.DoesNotContain(bench.Folder.Files().Keys, path => path.Contains("token", StringComparison.Ordinal));
        Assert.Contains("bootstrap-token-abcdef", bench.Folder.Files()["left-out.jsonl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Included_they_are_their_owners_alone_and_that_is_warned_of()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Include);
        Assert.Contains(SecretBench.Encoded, bench.Folder.Files()[Db], StringComparison.Ordinal);
        Assert.Contains(SecretBench.Planted, bench.Folder.Files()["shop.example/Vault/shop/v.yaml"], StringComparison.Ordinal);
        Assert.Single(bench.Reporter.Of("warning"), warning => warning.Contains("in the clear", StringComparison.Ordinal));
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Owners, File.GetUnixFileMode(bench.Folder[Db]));
        File.SetUnixFileMode(bench.Folder[Db], Owners | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await bench.ExportAsync(SecretHandling.Include);
        Assert.Equal(Owners, File.GetUnixFileMode(bench.Folder[Db]));
    }

    [Fact]
    public async Task An_encrypted_file_is_made_anew_only_when_its_object_changed()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        var before = bench.Folder.Files();
        await bench.ExportAsync(SecretHandling.Encrypt);
        Assert.Equal(before[$"{Db}.enc"], bench.Folder.Files()[$"{Db}.enc"]);
        Assert.Equal(before["files.jsonl"], bench.Folder.Files()["files.jsonl"]);
        await using (var blue = await bench.Exports.ConnectAsync())
            (await blue.Client.PatchAsync(TestResources.Secrets, "shop", "db", PatchKind.Merge, """{"data":{"password":"bmV3"}}"""u8.ToArray(), new WriteOptions(), Token)).Dispose();
        await bench.ExportAsync(SecretHandling.Encrypt);
        Assert.NotEqual(before[$"{Db}.enc"], bench.Folder.Files()[$"{Db}.enc"]);
        Assert.Equal(before["core/Secret/shop/sh.helm.release.v1.web.v1.yaml.enc"], bench.Folder.Files()["core/Secret/shop/sh.helm.release.v1.web.v1.yaml.enc"]);
        await bench.Exports.AssertWholeAsync();
    }

    [Fact]
    public async Task An_encrypted_file_that_was_damaged_or_is_for_another_key_is_made_anew()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        var damaged = bench.Folder.Files()[$"{Db}.enc"].Replace("text: ", "text: AAAA", StringComparison.Ordinal);
        File.WriteAllText(bench.Folder[$"{Db}.enc"], damaged);
        await bench.ExportAsync(SecretHandling.Encrypt);
        Assert.NotEqual(damaged, bench.Folder.Files()[$"{Db}.enc"]);
        Assert.All(await bench.ImportAsync(bench.Certificate), c => Assert.NotEqual(ClusterConfigChangeAction.Failed, c.Action));
        using var other = TestCertificates.Rsa(key: 1);
        var export = await bench.ExportAsync(SecretHandling.Encrypt, other);
        Assert.All(bench.Folder.Files().Where(f => f.Key.EndsWith(".enc", StringComparison.Ordinal)), f => Assert.Contains(export.EncryptionKeyId!, f.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_written_in_another_way_before_goes()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Include);
        await bench.ExportAsync(SecretHandling.Encrypt);
        bench.AssertNowhere();
        Assert.Contains($"{Db}.enc", bench.Folder.Files().Keys);
        await bench.Exports.AssertWholeAsync();
        await bench.ExportAsync(SecretHandling.Skip);
        Assert.DoesNotContain(bench.Folder.Files().Keys, path => path.EndsWith(".enc", StringComparison.Ordinal));
        Assert.Contains(bench.Reporter.Of("warning"), warning => warning.Contains("leaves them out", StringComparison.Ordinal));
        await bench.Exports.AssertWholeAsync();
    }

    [Fact]
    public async Task Without_a_key_nothing_is_asked_of_the_cluster()
    {
        await using var bench = await SecretBench.StartAsync();
        var failure = (await bench.Exports.FailAsync(o => o with { Secret = SecretHandling.Encrypt })).Failure;
        Assert.Equal("CertificateMissing", failure.Id);
        Assert.Empty(bench.Folder.Files(withPrivate: true));
    }
}
