using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Ordering;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class ImportOrderTests
{
    [Theory]
    [InlineData("Namespace", "CustomResourceDefinition.apiextensions.k8s.io")]
    [InlineData("CustomResourceDefinition.apiextensions.k8s.io", "StorageClass.storage.k8s.io")]
    [InlineData("StorageClass.storage.k8s.io", "ServiceAccount")]
    [InlineData("ClusterRole.rbac.authorization.k8s.io", "ClusterRoleBinding.rbac.authorization.k8s.io")]
    [InlineData("RoleBinding.rbac.authorization.k8s.io", "ConfigMap")]
    [InlineData("LimitRange", "Deployment.apps")]
    [InlineData("PersistentVolumeClaim", "ResourceQuota")]
    [InlineData("Service", "ResourceQuota")]
    [InlineData("Deployment.apps", "ResourceQuota")]
    [InlineData("Certificate.cert-manager.io", "ResourceQuota")]
    [InlineData("CronJob.batch", "ResourceQuota")]
    [InlineData("PersistentVolumeClaim", "Service")]
    [InlineData("Service", "Deployment.apps")]
    [InlineData("PodDisruptionBudget.policy", "StatefulSet.apps")]
    [InlineData("Deployment.apps", "Certificate.cert-manager.io")]
    [InlineData("Certificate.cert-manager.io", "APIService.apiregistration.k8s.io")]
    [InlineData("APIService.apiregistration.k8s.io", "ValidatingWebhookConfiguration.admissionregistration.k8s.io")]
    [InlineData("MutatingWebhookConfiguration.admissionregistration.k8s.io", "Ingress.networking.k8s.io")]
    [InlineData("ValidatingAdmissionPolicy.admissionregistration.k8s.io", "HorizontalPodAutoscaler.autoscaling")]
    [InlineData("Certificate.cert-manager.io", "CronJob.batch")]
    public void What_others_need_comes_before_what_needs_it(string first, string second)
    {
        var order = new ImportOrder();
        Assert.True(Position(order, first) < Position(order, second));
    }

    [Theory]
    [InlineData("""{"pods":"0"}""", true)]
    [InlineData("""{"pods":0,"services":"2"}""", true)]
    [InlineData("""{"count/pods":"0"}""", true)]
    [InlineData("""{"pods":"10","services":"0"}""", false)]
    [InlineData("""{}""", false)]
    public void A_quota_that_lets_no_pod_be_comes_before_the_workloads(string hard, bool isEarly)
    {
        using var quota = KubernetesObject.Parse(Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q"},"spec":{"hard":{{{hard}}}}}"""));
        Assert.Equal(isEarly, FreezingQuota.Is(quota));
        Assert.True(FreezingQuota.Position < Position(new ImportOrder(), "Deployment.apps"));
    }

    [Fact]
    public void A_system_orders_its_own_kinds_among_the_custom_resources()
    {
        var order = new ImportOrder(["Build.k11n.dev", "AppConfig.k11n.dev", "App.k11n.dev"]);
        Assert.True(Position(order, "Build.k11n.dev") < Position(order, "AppConfig.k11n.dev"));
        Assert.True(Position(order, "AppConfig.k11n.dev") < Position(order, "App.k11n.dev"));
        Assert.True(Position(order, "Deployment.apps") < Position(order, "Build.k11n.dev"));
        Assert.True(Position(order, "App.k11n.dev") < Position(order, "Ingress.networking.k8s.io"));
    }

    [Fact]
    public void An_owned_object_waits_and_is_given_back_with_its_owner()
    {
        var waits = new OwnerWaits<string>();
        Assert.Null(waits.Add("pod", "set"));
        Assert.Null(waits.Add("pod2", "set"));
        Assert.Null(waits.Add("set", "app"));
        Assert.Empty(waits.Release("other"));
        Assert.Equal(["set"], waits.Release("app"));
        Assert.Equal(["pod", "pod2"], waits.Release("set"));
        Assert.Equal(0, waits.Count);
    }

    [Fact]
    public void A_circle_of_owners_is_found_when_it_closes()
    {
        var waits = new OwnerWaits<string>();
        Assert.Null(waits.Add("a", "b"));
        Assert.Null(waits.Add("b", "c"));
        Assert.Equal(["c", "a", "b", "c"], waits.Add("c", "a"));
        Assert.Equal(["d", "d"], waits.Add("d", "d"));
        Assert.Equal(2, waits.ReleaseAll().Count);
    }

    private static ImportPosition Position(ImportOrder order, string kindAndGroup)
    {
        var parts = kindAndGroup.Split('.', 2);
        return order.PositionOf(parts.Length > 1 ? parts[1] : "", parts[0]);
    }
}
