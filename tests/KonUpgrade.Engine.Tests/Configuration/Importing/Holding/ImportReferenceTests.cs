using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Tests.Configuration.Secrets;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Holding;

public sealed class ImportReferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Workload(string kind, string spec) => kind switch
    {
        "CronJob" => $$$"""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"w","namespace":"shop"},"spec":{"schedule":"* * * * *","jobTemplate":{"spec":{"template":{"spec":{{{spec}}} } } } } }""",
        "Pod" => $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"w","namespace":"shop"},"spec":{{{spec}}}}""",
        _ => $$$"""{"apiVersion":"apps/v1","kind":"{{{kind}}}","metadata":{"name":"w","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"w"}},"template":{"metadata":{"labels":{"app":"w"}},"spec":{{{spec}}} } } }""",
    };

    public static TheoryData<string, string, string> Needs => new()
    {
        { "Deployment", """{"containers":[{"name":"c","image":"i","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k"}}}]}]}""", "Secret s" },
        { "DaemonSet", """{"containers":[{"name":"c","image":"i","env":[{"name":"A","valueFrom":{"configMapKeyRef":{"name":"m","key":"k"}}}]}]}""", "ConfigMap m" },
        { "StatefulSet", """{"containers":[{"name":"c","image":"i","envFrom":[{"secretRef":{"name":"s"}},{"configMapRef":{"name":"m"}}]}]}""", "ConfigMap m, Secret s" },
        { "CronJob", """{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","secret":{"secretName":"s"}},{"name":"u","configMap":{"name":"m"}}]}""", "ConfigMap m, Secret s" },
        { "Pod", """{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","projected":{"sources":[{"secret":{"name":"s"}},{"configMap":{"name":"m"}}]}}]}""", "ConfigMap m, Secret s" },
        { "Deployment", """{"imagePullSecrets":[{"name":"s"}],"containers":[{"name":"c","image":"i"}]}""", "Secret s" },
        { "Deployment", """{"initContainers":[{"name":"c","image":"i","envFrom":[{"secretRef":{"name":"s"}}]}],"containers":[{"name":"d","image":"i"}]}""", "Secret s" },
        { "Deployment", """{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","csi":{"driver":"d","nodePublishSecretRef":{"name":"s"}}}]}""", "Secret s" },
        { "Deployment", """{"containers":[{"name":"c","image":"i","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s","key":"k","optional":true}}}],"envFrom":[{"configMapRef":{"name":"m","optional":true}}]}],"volumes":[{"name":"v","secret":{"secretName":"s","optional":true}}]}""", "" },
    };

    [Theory]
    [MemberData(nameof(Needs))]
    public async Task What_a_workload_needs_and_the_target_has_not_is_named(string kind, string spec, string missing)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"shop"}}""").Add(Workload(kind, spec));
        var change = (await scene.ImportAsync()).Single(c => c.Name == "w");
        Assert.Equal(ClusterConfigChangeAction.Created, change.Action);
        Assert.Equal(missing, string.Join(", ", change.Missing));
        Assert.Equal(missing.Length > 0, change.Reason?.Contains($"not on green: {missing}", StringComparison.Ordinal) == true && missing.Length > 0);
        Assert.Equal(missing.Length > 0, scene.Reporter.Of("warning").Any(w => w.Contains("1 imported object", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_the_import_brings_or_the_target_has_is_not_missing()
    {
        await using var scene = await StartAsync();
        var spec = """{"containers":[{"name":"c","image":"i","envFrom":[{"secretRef":{"name":"s"}},{"secretRef":{"name":"there"}},{"configMapRef":{"name":"m"}}]}]}""";
        scene.Manifests.Add(Namespace("shop")).Add("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"shop"}}""").Add(ConfigMap("shop", "m")).Add(Workload("Deployment", spec));
        scene.Host.Cluster("green").Seed([Namespace("shop"), """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"there","namespace":"shop"}}"""], "kubectl");
        var changes = await scene.ImportAsync();
        Assert.Empty(changes.Single(c => c.Kind == "Deployment").Missing);
        Assert.Equal(4, changes.Count);
        Assert.Empty(scene.Reporter.Of("warning"));
    }

    [Fact]
    public async Task What_comes_later_in_the_same_import_is_not_missing()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add("""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"i","namespace":"shop"},"spec":{"tls":[{"secretName":"tls"}],"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}""")
            .Add("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"robot","namespace":"shop"},"secrets":[{"name":"tls"}],"imagePullSecrets":[{"name":"pull"}]}""")
            .Add("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"tls","namespace":"shop"}}""");
        var changes = await scene.ImportAsync();
        Assert.Empty(changes.Single(c => c.Kind == "Ingress").Missing);
        Assert.Equal(["Secret pull"], changes.Single(c => c.Kind == "ServiceAccount").Missing);
    }

    [Fact]
    public async Task Where_it_can_not_be_told_nothing_is_claimed()
    {
        await using var scene = await StartAsync();
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "list", Resource = "secrets", Count = null });
        scene.Manifests.Add(Namespace("shop")).Add(Workload("Deployment", """{"imagePullSecrets":[{"name":"s"}],"containers":[{"name":"c","image":"i"}]}"""));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.Empty(change.Missing);
        Assert.Contains("can't be told: Secret s", change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_did_not_come_says_nothing_of_the_next()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"shop"}}"""], "kubectl");
        var names = new TargetNames(scene.Green.Client, scene.Reporter);
        var key = new ObjectKey("", "Secret", "shop", "s");
        var fault = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 400, Reason = "BadRequest", Message = "not now", Verb = "list", Resource = "secrets", Count = 1 });
        Assert.Null(await names.HasAsync(key, Token));
        Assert.True(await names.HasAsync(key, Token));
        Assert.False(await names.HasAsync(key with { Name = "other" }, Token));
        Assert.Equal(1, scene.Host.Faults.Struck(fault));
    }

    [Fact]
    public async Task Workloads_that_need_what_the_export_left_out_are_named()
    {
        await using var bench = await SecretBench.StartAsync();
        bench.Exports.Blue.Seed([Workload("Deployment", """{"containers":[{"name":"c","image":"i","envFrom":[{"secretRef":{"name":"db"}}]}]}""")], "kubectl");
        await bench.ExportAsync();
        Assert.Equal(["Secret db"], (await bench.ImportAsync()).Single(c => c.Kind == "Deployment").Missing);
    }
}
