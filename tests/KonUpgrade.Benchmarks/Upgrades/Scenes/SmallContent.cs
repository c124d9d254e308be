using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades.Scenes;

/// <summary>
/// What is moved when an upgrade is killed: a little of everything that is written in a way of its own. Objects that Helm
/// owns (Update) and Argo CD (Apply), workloads of each kind, one of them scaled by an autoscaler, Secrets, and a kind of
/// their own.
/// </summary>
internal static class SmallContent
{
    private const string Helm = "helm";
    private const string Argo = "argocd-controller";

    /// <summary>Lays it into blue.</summary>
    public static void Lay(SandboxCluster blue)
    {
        blue.Seed(
        [
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"team":"web"}}}""",
            """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"back"}}""",
            """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"coupons.shop.example.com"},
            "spec":{"group":"shop.example.com","scope":"Namespaced","names":{"kind":"Coupon","listKind":"CouponList","plural":"coupons","singular":"coupon"},
            "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
            "properties":{"percent":{"type":"integer"}}}}}}}]}}
            """,
        ], "kubectl");
        blue.Seed(
        [
            """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"web","namespace":"shop"}}""",
            """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"web","namespace":"shop"},"rules":[{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}]}""",
            """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"web","namespace":"shop"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"web"},"subjects":[{"kind":"ServiceAccount","name":"web","namespace":"shop"}]}""",
            ConfigMap("shop", "web", "1"),
            """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db","namespace":"shop"},"stringData":{"password":"planted-4711"}}""",
            Deployment("shop", "web", 3, "web:1"),
            """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""",
            """{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"web","namespace":"shop"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}}""",
            CronJob("nightly", "0 1 * * *"),
            CronJob("paused", "0 2 * * *", suspended: true),
            """{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"queue","namespace":"back"},"spec":{"replicas":2,"serviceName":"queue","selector":{"matchLabels":{"app":"queue"}},"template":{"metadata":{"labels":{"app":"queue"}},"spec":{"containers":[{"name":"c","image":"queue:1"}]}}}}""",
            """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent","namespace":"back"},"spec":{"selector":{"matchLabels":{"app":"agent"}},"template":{"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"name":"c","image":"agent:1"}]}}}}""",
            Deployment("back", "api", 5, "api:1"),
            """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"api","namespace":"back"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"api"},"minReplicas":2,"maxReplicas":9}}""",
            """{"apiVersion":"shop.example.com/v1","kind":"Coupon","metadata":{"name":"summer","namespace":"shop"},"spec":{"percent":10}}""",
            """{"apiVersion":"shop.example.com/v1","kind":"Coupon","metadata":{"name":"winter","namespace":"shop"},"spec":{"percent":20}}""",
        ], Helm);
        blue.Apply(ConfigMap("back", "argo", "1"), Argo);
        blue.Apply(Deployment("back", "worker", 2, "worker:1"), Argo);
        blue.Apply("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"worker","namespace":"back"},"spec":{"selector":{"app":"worker"},"ports":[{"port":80}]}}""", Argo);
    }

    /// <summary>What people and controllers do on blue while green is being compared.</summary>
    public static void Change(SandboxCluster blue)
    {
        blue.Patch("v1", "ConfigMap", "shop", "web", """{"data":{"value":"2","more":"3"}}""", Helm);
        blue.Patch("apps/v1", "Deployment", "shop", "web", """{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"web:2"}]}}}}""", Helm);
        blue.Patch("apps/v1", "Deployment", "back", "api", """{"spec":{"replicas":7}}""", "autoscaler");
        blue.Patch("v1", "Secret", "shop", "db", """{"data":{"password":"bmV3"}}""", Helm);
        blue.Patch("batch/v1", "CronJob", "shop", "nightly", """{"spec":{"schedule":"0 3 * * *"}}""", Helm);
        blue.Patch("shop.example.com/v1", "Coupon", "shop", "winter", """{"spec":{"percent":25}}""", Helm);
        blue.Apply(ConfigMap("back", "argo", "2"), Argo);
        blue.Apply(Deployment("back", "worker", 4, "worker:2"), Argo);
        blue.Seed([ConfigMap("shop", "late", "x"), Deployment("shop", "late", 2, "late:1"), CronJob("late", "0 4 * * *")], Helm);
    }

    private static string ConfigMap(string ns, string name, string value) =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"data":{"value":"{{{value}}}"}}""";

    private static string Deployment(string ns, string name, int replicas, string image) =>
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME_","namespace":"NS_"},"spec":{"replicas":REPLICAS_,"selector":{"matchLabels":{"app":"NAME_"}},"template":{"metadata":{"labels":{"app":"NAME_"}},"spec":{"containers":[{"name":"c","image":"IMAGE_"}]}}}}"""
            .Replace("NAME_", name, StringComparison.Ordinal).Replace("NS_", ns, StringComparison.Ordinal).Replace("IMAGE_", image, StringComparison.Ordinal)
            .Replace("REPLICAS_", $"{replicas}", StringComparison.Ordinal);

    private static string CronJob(string name, string schedule, bool suspended = false) =>
        """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"NAME_","namespace":"shop"},"spec":{"schedule":"SCHEDULE_","suspend":SUSPEND_,"jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}"""
            .Replace("NAME_", name, StringComparison.Ordinal).Replace("SCHEDULE_", schedule, StringComparison.Ordinal).Replace("SUSPEND_", suspended ? "true" : "false", StringComparison.Ordinal);
}
