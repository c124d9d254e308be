using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class TableTests
{
    public static TheoryData<int> Minors => [.. Enumerable.Range(BuiltInKinds.OldestMinor, BuiltInKinds.NewestMinor - BuiltInKinds.OldestMinor + 1)];

    [Theory]
    [MemberData(nameof(Minors))]
    public void Every_kind_of_a_minor_has_fields_and_one_version_it_is_kept_in(int minor)
    {
        var served = BuiltInKinds.For(minor);
        Assert.All(served, r => Assert.True(r.Schema.Properties.ContainsKey("metadata"), r.Kind.Kind));
        Assert.All(served.GroupBy(r => r.Kind.Kind), g => Assert.Single(g, r => r.StorageVersion));
        Assert.Equal(served.Count, served.Select(r => (r.ApiVersion, r.Kind.Plural)).Distinct().Count());
    }

    [Theory]
    [InlineData("Ingress", "networking.k8s.io/v1beta1", 21, 22)]
    [InlineData("Ingress", "extensions/v1beta1", 21, 22)]
    [InlineData("CustomResourceDefinition", "apiextensions.k8s.io/v1beta1", 21, 22)]
    [InlineData("ClusterRoleBinding", "rbac.authorization.k8s.io/v1beta1", 21, 22)]
    [InlineData("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1beta1", 21, 22)]
    [InlineData("CronJob", "batch/v1beta1", 24, 25)]
    [InlineData("EndpointSlice", "discovery.k8s.io/v1beta1", 24, 25)]
    [InlineData("PodDisruptionBudget", "policy/v1beta1", 24, 25)]
    [InlineData("PodSecurityPolicy", "policy/v1beta1", 24, 25)]
    [InlineData("RuntimeClass", "node.k8s.io/v1beta1", 24, 25)]
    [InlineData("Event", "events.k8s.io/v1beta1", 24, 25)]
    [InlineData("HorizontalPodAutoscaler", "autoscaling/v2beta1", 24, 25)]
    [InlineData("HorizontalPodAutoscaler", "autoscaling/v2beta2", 25, 26)]
    [InlineData("FlowSchema", "flowcontrol.apiserver.k8s.io/v1beta1", 25, 26)]
    [InlineData("FlowSchema", "flowcontrol.apiserver.k8s.io/v1beta2", 28, 29)]
    [InlineData("FlowSchema", "flowcontrol.apiserver.k8s.io/v1beta3", 31, 32)]
    public void An_old_version_is_gone_where_it_was_removed(string kind, string apiVersion, int last, int gone)
    {
        Assert.Contains(BuiltInKinds.For(last), r => r.Kind.Kind == kind && r.ApiVersion == apiVersion);
        Assert.DoesNotContain(BuiltInKinds.For(gone), r => r.Kind.Kind == kind && r.ApiVersion == apiVersion);
    }

    [Theory]
    [InlineData("HorizontalPodAutoscaler", "autoscaling/v2", 23)]
    [InlineData("FlowSchema", "flowcontrol.apiserver.k8s.io/v1", 29)]
    [InlineData("ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1", 30)]
    [InlineData("CSIStorageCapacity", "storage.k8s.io/v1", 24)]
    public void A_new_version_is_not_served_before_its_minor(string kind, string apiVersion, int first)
    {
        Assert.DoesNotContain(BuiltInKinds.For(first - 1), r => r.Kind.Kind == kind && r.ApiVersion == apiVersion);
        Assert.Contains(BuiltInKinds.For(first), r => r.Kind.Kind == kind && r.ApiVersion == apiVersion);
    }

    [Fact]
    public void A_field_exists_from_its_minor_on()
    {
        static bool HasSidecarPolicy(int minor) => Objects.Kind("Pod", "v1", minor).Schema.Properties["spec"].Properties["initContainers"].Items!.Properties.ContainsKey("restartPolicy");
        Assert.False(HasSidecarPolicy(27));
        Assert.True(HasSidecarPolicy(28));
    }

    [Fact]
    public void Lists_without_a_list_type_are_keyed_by_their_merge_key()
    {
        var env = Objects.Kind("Pod", "v1", 25).Schema.Properties["spec"].Properties["containers"].Items!.Properties["env"];
        Assert.Equal(ListType.Map, env.ListType);
        Assert.Equal(["name"], env.ListMapKeys);
        Assert.True(env.ListTypeImplied);
    }

    [Fact]
    public void Every_default_is_of_a_field_that_exists()
    {
        var facts = FactFiles.Load();
        foreach (var (name, defaults) in facts.Defaults)
        {
            var known = facts.Structs[name].Fields;
            Assert.All(defaults, d => Assert.Contains(known, f => f.Name == d.Field));
        }
    }

    [Fact]
    public void Every_rule_of_a_default_is_of_a_structure_that_exists()
    {
        var known = FactFiles.Load().Structs.Values.Select(s => s.Definition).ToHashSet();
        Assert.All(BuiltInDefaults.Rules.Keys, name => Assert.Contains(name, known));
    }

    [Fact]
    public void A_minor_that_is_not_in_the_table_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BuiltInKinds.For(20));
}
