using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Readiness;

/// <summary>Whether API versions in use stand in the way of an upgrade.</summary>
public sealed class DeprecatedApisCheckTests
{
    private static readonly ApiResource s_old = new() { Group = "policy", Version = "v1beta1", Kind = "PodDisruptionBudget", Plural = "poddisruptionbudgets", Namespaced = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_in_use_and_the_target_does_not_serve_blocks_and_what_was_left_behind_long_ago_is_told()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.24"), new SandboxClusterOptions("green", "1.34"));
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        await using var green = await SandboxFixture.ConnectAsync(host, "green");
        host.Cluster("blue").Seed(
        [
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}""",
            """{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"apiVersion\":\"extensions/v1beta1\",\"kind\":\"Ingress\"}"}},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}""",
        ]);
        (await blue.Client.CreateAsync(s_old, "shop", """{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"web"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}}"""u8.ToArray(), new WriteOptions { FieldManager = "helm" }, Token)).Dispose();

        var check = await MigrationScene.RunAsync("DeprecatedApis", blue, green, UpgradeWay.BlueGreen);
        var texts = MigrationScene.Texts(check);
        Assert.Equal((ReadinessStatus.Failed, "the API versions in use on blue"), (check.Status, check.Examined));
        Assert.Contains(texts, text => text.StartsWith("! policy/v1beta1 PodDisruptionBudget: green does not serve it; requested since the API server began", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("! policy/v1beta1 PodDisruptionBudget shop/web: green does not serve it; written by helm (", StringComparison.Ordinal));
        Assert.Contains(texts, text => text.StartsWith("extensions/v1beta1 Ingress shop/web: green does not serve it, and this cluster does not either; applied by", StringComparison.Ordinal));
        Assert.Contains("policy/v1", check.Findings[0].Remedy, StringComparison.Ordinal);

        // 1.24 serves it still, and calls it deprecated.
        var next = await MigrationScene.RunAsync("DeprecatedApis", blue, null, UpgradeWay.InPlace, "1.24");
        Assert.Contains(MigrationScene.Texts(next), text => text.StartsWith("policy/v1beta1 PodDisruptionBudget shop/web: Kubernetes 1.24 calls it deprecated", StringComparison.Ordinal));

        // Whoever may not read all of the evidence is told so, and what he found blocks all the same.
        await using var viewer = await SandboxFixture.ConnectAsync(host, "blue-viewer");
        var seen = await MigrationScene.RunAsync("DeprecatedApis", viewer, green, UpgradeWay.BlueGreen);
        Assert.Equal((ReadinessStatus.Failed, FailureKind.PermissionDenied), (seen.Status, seen.Failure?.Kind));

        // A kind that may not be listed is a part that nobody has seen.
        host.Cluster("blue").Deny(new DeniedAccess { Verb = "list", Resource = "cronjobs" });
        var lacking = await MigrationScene.RunAsync("DeprecatedApis", blue, null, UpgradeWay.InPlace, "1.24");
        Assert.Equal((ReadinessStatus.Unknown, "EvidenceIncomplete"), (lacking.Status, lacking.Failure?.Id));
        Assert.Contains("CronJob.batch", lacking.Message, StringComparison.Ordinal);
    }
}
