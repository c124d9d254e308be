using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Configuration.Secrets;

public sealed class SecretImportTests
{
    private static readonly string[] s_travelling = ["db", "sh.helm.release.v1.web.v1", "v"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_was_left_out_is_told_as_skipped()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync();
        var changes = await bench.ImportAsync();
        var skipped = changes.Where(c => c.Action == ClusterConfigChangeAction.Skipped).ToList();
        Assert.Equal(["bootstrap-token-abcdef", "db", "robot-token", "sh.helm.release.v1.web.v1", "v"], skipped.Select(c => c.Name).Order());
        Assert.All(skipped, c => Assert.NotEmpty(c.Reason!));
        bench.AssertNowhere(changes);
    }

    [Theory]
    [InlineData(SecretHandling.Encrypt)]
    [InlineData(SecretHandling.Include)]
    public async Task What_was_exported_arrives_as_it_was(SecretHandling handling)
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(handling);
        var changes = await bench.ImportAsync(bench.Certificate);
        Assert.All(changes.Where(c => s_travelling.Contains(c.Name)), c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        await using var green = await bench.Exports.ConnectAsync("green");
        using var secret = await green.Client.GetAsync(TestResources.Secrets, "shop", "db", Token);
        Assert.Equal(SecretBench.Encoded, secret!.Root.GetProperty("data").GetProperty("password").GetString());
        Assert.Equal("db", secret.Label("app"));
        if (handling == SecretHandling.Encrypt)
            bench.AssertNowhere(changes);
        Assert.All((await bench.ImportAsync(bench.Certificate)).Where(c => s_travelling.Contains(c.Name)), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
    }

    [Fact]
    public async Task Without_the_certificate_encrypted_objects_are_left_alone_and_the_rest_goes_on()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        var changes = await bench.ImportAsync();
        Assert.All(changes.Where(c => s_travelling.Contains(c.Name)), c =>
        {
            Assert.Equal(ClusterConfigChangeAction.Skipped, c.Action);
            Assert.Contains("-Certificate", c.Reason, StringComparison.Ordinal);
        });
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Name == "settings").Action);
        Assert.Contains(bench.Reporter.Of("warning"), warning => warning.Contains("3 encrypted objects", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_wrong_certificate_fails_each_encrypted_object_and_nothing_else()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        using var other = TestCertificates.Rsa(key: 1);
        var changes = await bench.ImportAsync(other);
        var failed = changes.Where(c => c.Action == ClusterConfigChangeAction.Failed).ToList();
        Assert.Equal(s_travelling, failed.Select(c => c.Name).Order());
        Assert.All(failed, c => Assert.Equal(("WrongCertificate", FailureKind.Security), (c.Failure!.Id, c.Failure.Kind)));
        Assert.All((await bench.ImportAsync(other, bench.Certificate)), c => Assert.NotEqual(ClusterConfigChangeAction.Failed, c.Action));
    }

    [Theory]
    [InlineData("text: ", "text: AAAA")]
    [InlineData("source: ", "source: 0")]
    [InlineData("wrapped: ", "wrapped: AAAA")]
    [InlineData("konupgrade.dev/sealed v1", "konupgrade.dev/sealed v9")]
    public async Task A_file_that_was_tampered_with_fails_alone(string from, string to)
    {
        await using var bench = await SecretBench.StartAsync();
        bench.AllowModified = true;
        await bench.ExportAsync(SecretHandling.Encrypt);
        var path = bench.Folder["core", "Secret", "shop", "db.yaml.enc"];
        File.WriteAllText(path, File.ReadAllText(path).Replace(from, to, StringComparison.Ordinal));
        var failed = Assert.Single(await bench.ImportAsync(bench.Certificate), c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal("db", failed.Name);
        Assert.Contains(failed.Failure!.Id, new[] { "EncryptedFileDamaged", "EncryptedFormatUnknown" });
    }

    [Fact]
    public async Task A_file_in_another_objects_place_is_not_that_object()
    {
        await using var bench = await SecretBench.StartAsync();
        bench.AllowModified = true;
        await bench.ExportAsync(SecretHandling.Encrypt);
        File.Copy(bench.Folder["core", "Secret", "shop", "sh.helm.release.v1.web.v1.yaml.enc"], bench.Folder["core", "Secret", "shop", "db.yaml.enc"], overwrite: true);
        var failed = Assert.Single(await bench.ImportAsync(bench.Certificate), c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(("db", "EncryptedFileDamaged"), (failed.Name, failed.Failure!.Id));
    }

    [Fact]
    public async Task Altered_without_leave_nothing_starts()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        File.AppendAllText(bench.Folder["core", "Secret", "shop", "db.yaml.enc"], "\n");
        Assert.Equal("ModifiedFile", (await Assert.ThrowsAsync<UpgradeException>(() => bench.ImportAsync(bench.Certificate))).Failure.Id);
    }

    [Fact]
    public async Task A_list_of_what_was_left_out_that_was_altered_is_noticed()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync();
        File.WriteAllText(bench.Folder["left-out.jsonl"], "");
        Assert.Equal("ModifiedFile", (await Assert.ThrowsAsync<UpgradeException>(() => bench.ImportAsync())).Failure.Id);
    }

    [Fact]
    public async Task What_a_server_says_of_a_sensitive_object_is_not_repeated()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        await using (var green = await bench.Exports.ConnectAsync("green"))
        {
            var definitions = (await green.Client.DiscoverAsync(Token)).FindPreferred("apiextensions.k8s.io", "CustomResourceDefinition")!;
            var strict = SecretBench.Definition.Replace("\"password\":{\"type\":\"string\"}", "\"password\":{\"type\":\"string\",\"enum\":[\"another\"]}", StringComparison.Ordinal);
            (await green.Client.CreateAsync(definitions, null, System.Text.Encoding.UTF8.GetBytes(strict), new WriteOptions(), Token)).Dispose();
        }

        var changes = await bench.ImportAsync(bench.Certificate);
        var vault = changes.Single(c => c.Kind == "Vault");
        Assert.Equal(ClusterConfigChangeAction.Failed, vault.Action);
        Assert.Contains("spec.password", vault.Failure!.Message, StringComparison.Ordinal);
        bench.AssertNowhere(changes);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Nor_while_it_is_tried_again(int status)
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        var fault = bench.Exports.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", StatusCode = status, Reason = "Busy", Message = $"not now, {SecretBench.Planted}", Resource = "secrets", Verb = "create", Count = 2 });
        var patches = bench.Exports.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", StatusCode = status, Reason = "Busy", Message = $"not now, {SecretBench.Planted}", Resource = "secrets", Verb = "patch", Count = 2 });
        var changes = await bench.ImportAsync(bench.Certificate);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c is { Kind: "Secret", Name: "db" }).Action);
        Assert.True(bench.Exports.Host.Faults.Struck(fault) + bench.Exports.Host.Faults.Struck(patches) >= 2);
        Assert.Contains(bench.Reporter.Of("verbose"), line => line.Contains($"HTTP {status} Busy", StringComparison.Ordinal));
        bench.AssertNowhere(changes);
    }

    [Fact]
    public async Task Of_what_differs_on_the_target_only_the_fields_are_named()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        await bench.ImportAsync(bench.Certificate);
        await using (var green = await bench.Exports.ConnectAsync("green"))
            (await green.Client.PatchAsync((await green.Client.DiscoverAsync(Token)).FindPreferred("shop.example", "Vault")!, "shop", "v", PatchKind.Merge, """{"spec":{"password":"hush"}}"""u8.ToArray(), new WriteOptions(), Token)).Dispose();
        var changes = await bench.ImportAsync(bench.Certificate);
        var field = Assert.Single(changes.Single(c => c.Kind == "Vault").Fields);
        Assert.Equal("spec.password", field.Path);
        bench.AssertNowhere(changes);
        Assert.DoesNotContain("hush", System.Text.Json.JsonSerializer.Serialize(changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparison_opens_what_it_can_and_says_what_it_can_not()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync(SecretHandling.Encrypt);
        await bench.ImportAsync(bench.Certificate);
        var (same, none) = await bench.CompareAsync("green", bench.Certificate);
        Assert.Empty(same);
        Assert.Empty(none);

        var (closed, failures) = await bench.CompareAsync("green");
        Assert.Empty(closed);
        Assert.Equal(["Secret", "Vault"], failures.Select(f => f.Message.Contains("Vault", StringComparison.Ordinal) ? "Vault" : "Secret").Order());
        Assert.All(failures, f => Assert.Equal("CertificateMissing", f.Id));

        await using (var green = await bench.Exports.ConnectAsync("green"))
            (await green.Client.PatchAsync(TestResources.Secrets, "shop", "db", PatchKind.Merge, """{"data":{"password":"bmV3"}}"""u8.ToArray(), new WriteOptions(), Token)).Dispose();
        var (differences, _) = await bench.CompareAsync("green", bench.Certificate);
        Assert.Equal(["db"], differences.Select(d => d.Name));
        bench.AssertNowhere([.. differences, .. failures]);
        Assert.DoesNotContain("bmV3", System.Text.Json.JsonSerializer.Serialize(differences), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_sensitive_only_for_a_field_is_compared_where_it_has_none()
    {
        await using var bench = await SecretBench.StartAsync();
        bench.System = bench.System with { Export = new SystemExport { Sensitive = [new SensitiveObjectsRule { Kinds = ["Vault.shop.example"], Fields = [FieldPath.Of("spec", "password")], Reason = "It holds passwords." }] } };
        bench.Exports.Blue.Seed(["""{"apiVersion":"shop.example/v1","kind":"Vault","metadata":{"name":"empty","namespace":"shop"},"spec":{}}"""], "kubectl");
        await bench.ExportAsync();
        Assert.Contains("shop.example/Vault/shop/empty.yaml", bench.Folder.Files().Keys);
        bench.AssertNowhere();
        var (differences, failures) = await bench.CompareAsync("blue");
        Assert.Empty(differences);
        Assert.Empty(failures);
    }

    [Fact]
    public async Task An_export_without_secrets_says_nothing_of_them_in_a_comparison()
    {
        await using var bench = await SecretBench.StartAsync();
        await bench.ExportAsync();
        var (differences, failures) = await bench.CompareAsync("blue");
        Assert.Empty(differences);
        Assert.Empty(failures);
    }
}
