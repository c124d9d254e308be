using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades.Scenes;

/// <summary>A Konstellation cluster with a shop on it.</summary>
internal sealed class KonstellationScene() : RehearsedScene(RehearsedSystem.All.Single(system => system.Name == Name))
{
    public const string Name = "Konstellation";

    private const string Kon = "kon";

    /// <inheritdoc/>
    protected override string HandsOverBefore => "catch-up";

    /// <inheritdoc/>
    protected override void Work(SandboxCluster blue)
    {
        blue.Seed(
        [
            """{"apiVersion":"k11n.dev/v1alpha1","kind":"Build","metadata":{"name":"shop-web-2026-11-01-9c0b"},"spec":{"registry":"123456789012.dkr.ecr.us-west-2.amazonaws.com","image":"shop/web","tag":"2026-11-01","createdAt":{"seconds":1793491200,"nanos":0}}}""",
            """{"apiVersion":"k11n.dev/v1alpha1","kind":"Build","metadata":{"name":"shop-late-1-0c38"},"spec":{"registry":"r.example.com","image":"shop/late","tag":"1","createdAt":{"seconds":1793491200,"nanos":0}}}""",
        ], Kon);
        blue.Patch(KonstellationCrds.ApiVersion, "App", "", "web", """{"spec":{"imageTag":"2026-11-01"}}""", Kon);
        blue.Patch(KonstellationCrds.ApiVersion, "App", "", "mailer", """{"spec":{"scale":{"min":2}}}""", Kon);
        blue.Patch(KonstellationCrds.ApiVersion, "AppConfig", "", "app-cart", """{"config":"TE9HX0xFVkVMOiBkZWJ1Zwo="}""", Kon);
        blue.Seed(
        [
            """{"apiVersion":"k11n.dev/v1alpha1","kind":"AppConfig","metadata":{"name":"app-late","labels":{"k11n.dev/app":"late","k11n.dev/target":""}},"type":"app","config":"TE9HX0xFVkVMOiBpbmZvCg=="}""",
            """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"late"},"spec":{"registry":"r.example.com","image":"shop/late","imageTag":"1","targets":[{"name":"production"}]}}""",
        ], Kon);
    }
}
