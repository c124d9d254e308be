using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>What the descriptions of the systems leave behind and clear.</summary>
public sealed class SystemRulesTests
{
    private static readonly SystemCatalog s_catalog = new(new SystemServices { Roles = null });

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"coredns","namespace":"kube-system"}}""", "cluster itself")]
    [InlineData("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-public"}}""", "cluster itself")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"system:coredns"}}""", "own parts")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"kubeadm:nodes-kubeadm-config","namespace":"x"}}""", "kubeadm")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"system:metrics-server","annotations":{"meta.helm.sh/release-namespace":"kube-system"}}}""", "Helm release in kube-system")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"system:aggregated-metrics-reader","labels":{"k8s-app":"metrics-server"}}}""", "metrics-server in kube-system")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"system:metrics-server"},"subjects":[{"kind":"ServiceAccount","name":"metrics-server","namespace":"kube-system"}]}""", "stay behind")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"dns"},"subjects":[{"kind":"ServiceAccount","name":"dns","namespace":"kube-system"}]}""", "stay behind")]
    [InlineData("""{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1beta1.metrics.k8s.io"},"spec":{"service":{"name":"metrics-server","namespace":"kube-system"}}}""", "back end")]
    [InlineData("""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"x"},"webhooks":[{"name":"a","clientConfig":{"service":{"name":"a","namespace":"kube-system"}}}]}""", "back end")]
    [InlineData("""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"x"},"webhooks":[{"name":"a","clientConfig":{"service":{"name":"a","namespace":"amazon-cloudwatch"}}}]}""", "add-on")]
    [InlineData("""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"pod-identity-webhook"},"webhooks":[{"name":"a","clientConfig":{"url":"https://127.0.0.1:23443/mutate"}}]}""", "EKS")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"ebs-csi-controller","namespace":"storage","labels":{"app.kubernetes.io/managed-by":"EKS"}}}""", "add-on")]
    [InlineData("""{"apiVersion":"storage.k8s.io/v1","kind":"CSIDriver","metadata":{"name":"ebs.csi.aws.com"}}""", "storage driver")]
    [InlineData("""{"apiVersion":"vpcresources.k8s.aws/v1alpha1","kind":"CNINode","metadata":{"name":"n"}}""", "network driver")]
    [InlineData("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"calico-system"}}""", "network driver")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"tigera-operator","namespace":"tigera-operator"}}""", "network driver")]
    [InlineData("""{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"kube-flannel-ds","namespace":"kube-flannel"}}""", "network driver")]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"kube-ovn"}}""", "network driver")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"calico-node"}}""", "network driver")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"flannel"},"subjects":[{"kind":"ServiceAccount","name":"flannel","namespace":"kube-flannel"}]}""", "stay behind")]
    [InlineData("""{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v3.projectcalico.org"},"spec":{"service":{"name":"calico-api","namespace":"calico-apiserver"}}}""", "back end")]
    [InlineData("""{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"x"},"webhooks":[{"name":"a","clientConfig":{"service":{"name":"a","namespace":"tigera-operator"}}}]}""", "back end")]
    [InlineData("""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"installations.operator.tigera.io"}}""", "driver brings it")]
    [InlineData("""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"subnets.kubeovn.io"}}""", "driver brings it")]
    [InlineData("""{"apiVersion":"operator.tigera.io/v1","kind":"Installation","metadata":{"name":"default"}}""", "set up")]
    [InlineData("""{"apiVersion":"kubeovn.io/v1","kind":"IP","metadata":{"name":"a"}}""", "this cluster's network")]
    public void A_generic_cluster_leaves_behind_what_is_the_clusters_own(string json, string reason)
    {
        var outcome = Apply("Kubernetes", json);
        Assert.Contains(reason, outcome.LeftOutReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"aws-auth","namespace":"shop"}}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"shop"}}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"system:metrics-server","annotations":{"meta.helm.sh/release-namespace":"monitoring"}}}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"system:metrics-server"},"subjects":[{"kind":"ServiceAccount","name":"metrics-server","namespace":"monitoring"}]}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"system:app","namespace":"shop"}}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"system:app","namespace":"shop"}}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"mixed"},"subjects":[{"kind":"ServiceAccount","name":"dns","namespace":"kube-system"},{"kind":"User","name":"anna"}]}""")]
    [InlineData("""{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1.shop.example"},"spec":{"service":{"name":"api","namespace":"shop"}}}""")]
    [InlineData("""{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"gp3"}}""")]
    [InlineData("""{"apiVersion":"crd.projectcalico.org/v1","kind":"GlobalNetworkPolicy","metadata":{"name":"deny"}}""")]
    [InlineData("""{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"calico-policy-editor"}}""")]
    [InlineData("""{"apiVersion":"kubeovn.io/v1","kind":"Vpc","metadata":{"name":"a"}}""")]
    public void What_people_made_travels(string json) => Assert.Null(Apply("Kubernetes", json).LeftOutReason);

    [Fact]
    public void Of_several_webhooks_those_stay_behind_whose_back_ends_do()
    {
        var outcome = Apply("Kubernetes", """{"apiVersion":"admissionregistration.k8s.io/v1","kind":"MutatingWebhookConfiguration","metadata":{"name":"x"},"webhooks":[{"name":"a.shop","clientConfig":{"service":{"name":"a","namespace":"shop"}}},{"name":"b.dns","clientConfig":{"service":{"name":"b","namespace":"kube-system"}}},{"name":"c.far","clientConfig":{"url":"https://far.example"}}]}""");

        Assert.Null(outcome.LeftOutReason);
        Assert.StartsWith("b.dns alone: Its back end", Assert.Single(outcome.LeftOutParts), StringComparison.Ordinal);
        var edit = Assert.Single(outcome.Edits, e => e.Path.ToString().StartsWith("webhooks", StringComparison.Ordinal));
        Assert.Equal(("webhooks[1]", false), (edit.Path.ToString(), edit.Value.HasValue));
    }

    [Fact]
    public void The_hash_of_what_kon_reconciled_stays_behind()
    {
        var outcome = Apply("Konstellation", """{"apiVersion":"k11n.dev/v1alpha1","kind":"LinkedServiceAccount","metadata":{"name":"s3","annotations":{"k11n.dev/lsaSpecHash":"abc","note":"x"}},"spec":{}}""");
        Assert.Null(outcome.LeftOutReason);
        Assert.Contains(outcome.Edits, e => e.Value is null && e.Path.ToString() == "metadata.annotations['k11n.dev/lsaSpecHash']");
    }

    private static RuleOutcome Apply(string system, string json)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        var outcome = new RuleOutcome();
        new ManifestRules(s_catalog.Get(system).Description).ForKind(o.Group, o.Kind).Apply(o, outcome);
        return outcome;
    }

    [Theory]
    [InlineData("kubermatic.k8c.io", "Preset")]
    [InlineData("dex.coreos.com", "SigningKey")]
    [InlineData("dex.coreos.com", "OfflineSessions")]
    [InlineData("", "Secret")]
    public void What_holds_keys_on_any_cluster_travels_only_where_Secrets_do(string group, string kind)
    {
        var system = s_catalog.Get("Kubernetes").Description;
        var apiVersion = group.Length == 0 ? "v1" : $"{group}/v1";
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes($$$"""{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","metadata":{"name":"a","namespace":"auth"}}"""));
        var outcome = new RuleOutcome();
        new ManifestRules(system).ForKind(group, kind).Apply(o, outcome);
        Assert.True(outcome.IsSensitive);
        Assert.Contains("-Secret", outcome.LeftOutReason, StringComparison.Ordinal);
        new ManifestRules(system, SecretHandling.Encrypt).ForKind(group, kind).Apply(o, outcome);
        Assert.Null(outcome.LeftOutReason);
    }
}
