using System.Security.Cryptography.X509Certificates;
using System.Text;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Reading;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Configuration.Exporting;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Secrets;

/// <summary>A blue cluster with planted secrets, a green one, and what it takes to get from one to the other.</summary>
internal sealed class SecretBench : IAsyncDisposable
{
    /// <summary>What must be nowhere.</summary>
    public const string Planted = "planted-Zx81-value";

    private SecretBench(ExportBench exports) => Exports = exports;

    public ExportBench Exports { get; }

    public X509Certificate2 Certificate { get; } = TestCertificates.Rsa();

    public RecordingReporter Reporter => Exports.Reporter;

    public TempFolder Folder => Exports.Folder;

    /// <summary>A system that calls the shop's Vaults sensitive.</summary>
    public SystemDescription System { get; set; } = new()
    {
        Name = "Test",
        Title = "Test",
        Export = new SystemExport { Sensitive = [new SensitiveObjectsRule { Kinds = ["Vault.shop.example"], Reason = "It holds passwords in the clear." }] },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static string Encoded => Convert.ToBase64String(Encoding.UTF8.GetBytes(Planted));

    public static async Task<SecretBench> StartAsync()
    {
        var bench = new SecretBench(await ExportBench.StartAsync());
        bench.Exports.Blue.Seed(
            [
                ImportScene.Namespace("shop"),
                ImportScene.ConfigMap("shop", "settings"),
                $$$"""
                {"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop","labels":{"app":"db"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"stringData\":{\"password\":\"{{{Planted}}}\"}}"}},
                 "type":"Opaque","data":{"password":"{{{Encoded}}}"}}
                """,
                $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"sh.helm.release.v1.web.v1","namespace":"shop"},"type":"helm.sh/release.v1","data":{"release":"{{{Encoded}}}"}}""",
                $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"robot-token","namespace":"shop","annotations":{"kubernetes.io/service-account.name":"default"}},"type":"kubernetes.io/service-account-token","data":{"token":"{{{Encoded}}}"}}""",
                $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"bootstrap-token-abcdef","namespace":"shop"},"type":"bootstrap.kubernetes.io/token","data":{"token-secret":"{{{Encoded}}}"}}""",
                Definition,
                $$$"""{"apiVersion":"shop.example/v1","kind":"Vault","metadata":{"name":"v","namespace":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"password\":\"{{{Planted}}}\"}}"}},"spec":{"password":"{{{Planted}}}"}}""",
            ],
            "kubectl");
        return bench;
    }

    public static string Definition => ImportScene.Definition("Vault").Replace("\"size\":{\"type\":\"integer\"}", "\"password\":{\"type\":\"string\"}", StringComparison.Ordinal);

    public async Task<ClusterConfigExport> ExportAsync(SecretHandling handling = SecretHandling.Skip, X509Certificate2? certificate = null)
    {
        using var sealing = handling == SecretHandling.Encrypt ? new SealingKey(certificate ?? Certificate) : null;
        return await Exports.ExportAsync(o => o with { System = System, Secret = handling, Sealing = sealing });
    }

    /// <summary>Imports the export into green.</summary>
    /// <param name="certificates">What opens encrypted files; nothing without.</param>
    public async Task<List<ClusterConfigChange>> ImportAsync(params X509Certificate2[] certificates)
    {
        using var opening = certificates.Length > 0 ? new OpeningKey(certificates) : null;
        await using var green = await Exports.ConnectAsync("green");
        var directory = await ManifestDirectory.OpenAsync(Folder.Path, Token, opening);
        var options = new ImportOptions { AllowModified = AllowModified, Existing = Existing };
        return await new ConfigImporter(directory, green, new SystemDefinition(System), options, Reporter).RunAsync(Token).ToListAsync(Token);
    }

    public bool AllowModified { get; set; }

    public ExistingObject Existing { get; set; }

    /// <summary>Reads blue as items, without Secrets.</summary>
    public async Task<List<ClusterConfigItem>> ReadAsync()
    {
        await using var blue = await Exports.ConnectAsync();
        return await new ConfigReader(blue, new ReadOptions { System = System }, Reporter).RunAsync(Token).ToListAsync(Token);
    }

    /// <summary>Compares the export with a cluster.</summary>
    public async Task<(List<ClusterConfigDifference> Differences, IReadOnlyList<Failure> Failures)> CompareAsync(string context, params X509Certificate2[] certificates)
    {
        using var opening = certificates.Length > 0 ? new OpeningKey(certificates) : null;
        await using var cluster = await Exports.ConnectAsync(context);
        var directory = await ManifestDirectory.OpenAsync(Folder.Path, Token, opening);
        var options = new CompareOptions { System = new SystemDefinition(System), Selection = new ClusterConfigSelection { Namespace = ["shop"] } };
        var comparer = new ConfigComparer(new DirectorySource(directory), new ClusterSource(cluster, Reporter), options, Reporter);
        var found = await comparer.RunAsync(Token).ToListAsync(Token);
        return (found, comparer.Failures);
    }

    /// <summary>Nothing that was written or told has the planted value, in the clear or encoded.</summary>
    public void AssertNowhere(IEnumerable<object>? results = null)
    {
        foreach (var (path, text) in Folder.Files(withPrivate: true))
            AssertClean(text, path);
        AssertClean(Reporter.Text, "the streams");
        foreach (var result in results ?? [])
            AssertClean(global::System.Text.Json.JsonSerializer.Serialize(result), "a result");
    }

    private static void AssertClean(string text, string where)
    {
        Assert.False(text.Contains(Planted, StringComparison.Ordinal), $"{where} has the planted value.");
        Assert.False(text.Contains(Encoded, StringComparison.Ordinal), $"{where} has the planted value in base64.");
    }

    public async ValueTask DisposeAsync()
    {
        Certificate.Dispose();
        await Exports.DisposeAsync();
    }
}
