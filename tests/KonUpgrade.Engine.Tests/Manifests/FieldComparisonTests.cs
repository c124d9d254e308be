using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class FieldComparisonTests
{
    private const string Deployment =
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","labels":{"app.kubernetes.io/name":"web"}},
         "spec":{"replicas":2,"template":{"spec":{"containers":[{"name":"web","image":"web:1","args":["a","b"],"env":[{"name":"A","value":"1"}],
         "ports":[{"containerPort":80,"protocol":"TCP"}]}]}}}}
        """;

    private static IReadOnlyList<FieldDifference> Compare(string reference, string difference, FieldComparisonOptions? options = null)
    {
        using var a = JsonIndex.Parse(reference);
        using var b = JsonIndex.Parse(difference);
        return FieldComparison.Compare(a.Root, b.Root, options);
    }

    private static string With(string json, string from, string to)
    {
        Assert.Contains(from, json, StringComparison.Ordinal);
        return json.Replace(from, to, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_objects_do_not_differ() => Assert.Empty(Compare(Deployment, Deployment));

    [Fact]
    public void A_list_element_is_matched_by_its_name_wherever_it_stands()
    {
        var other = With(With(Deployment, "web:1", "web:2"), "\"containers\":[", "\"containers\":[{\"name\":\"sidecar\",\"image\":\"s:1\"},");
        var found = Compare(Deployment, other);
        Assert.Equal(["spec.template.spec.containers[name=web].image", "spec.template.spec.containers[name=sidecar]"], found.Select(f => f.Path));
        Assert.Equal(("\"web:1\"", "\"web:2\""), (found[0].Reference, found[0].Difference));
        Assert.Null(found[1].Reference);
    }

    [Fact]
    public void What_somebody_added_is_no_difference_to_what_is_held()
    {
        var other = With(With(Deployment, "\"containers\":[", "\"containers\":[{\"name\":\"sidecar\"},"), "\"replicas\":2", "\"replicas\":2,\"paused\":false");
        Assert.Empty(Compare(Deployment, other, FieldComparisonOptions.HoldsReference));
        Assert.NotEmpty(Compare(other, Deployment, FieldComparisonOptions.HoldsReference));
    }

    [Fact]
    public void A_named_list_of_a_custom_resource_is_replaced_whole_by_a_server_so_an_added_element_counts()
    {
        const string Reference = """{"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"web"},"spec":{"targets":[{"name":"a"}]}}""";
        var other = With(Reference, "[{\"name\":\"a\"}]", "[{\"name\":\"a\"},{\"name\":\"b\"}]");
        Assert.Equal("spec.targets[name=b]", Assert.Single(Compare(Reference, other, FieldComparisonOptions.HoldsReference)).Path);
    }

    [Fact]
    public void The_order_of_init_containers_is_compared_and_that_of_containers_is_not()
    {
        const string Template = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"LIST":[{"name":"a"},{"name":"b"}]}}""";
        const string Turned = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"LIST":[{"name":"b"},{"name":"a"}]}}""";
        Assert.Equal("spec.initContainers", Assert.Single(Compare(With(Template, "LIST", "initContainers"), With(Turned, "LIST", "initContainers"))).Path);
        Assert.Empty(Compare(With(Template, "LIST", "containers"), With(Turned, "LIST", "containers")));
    }

    [Fact]
    public void Elements_with_ambiguous_names_are_compared_by_position()
    {
        const string Reference = """{"apiVersion":"x.dev/v1","kind":"X","metadata":{"name":"x"},"spec":{"l":[{"name":"a","v":1},{"name":"a","v":2}]}}""";
        Assert.Equal("spec.l[1].v", Assert.Single(Compare(Reference, With(Reference, "\"v\":2", "\"v\":3"))).Path);
    }

    [Fact]
    public void A_list_of_plain_values_is_compared_whole()
    {
        var found = Assert.Single(Compare(Deployment, With(Deployment, "[\"a\",\"b\"]", "[\"b\",\"a\"]")));
        Assert.Equal("spec.template.spec.containers[name=web].args", found.Path);
        Assert.Equal("[\"a\",\"b\"]", found.Reference);
    }

    [Fact]
    public void Ports_are_matched_by_number_and_protocol()
    {
        var other = With(Deployment, "\"containerPort\":80,\"protocol\":\"TCP\"", "\"containerPort\":80,\"protocol\":\"TCP\",\"hostPort\":8080");
        Assert.Equal("spec.template.spec.containers[name=web].ports[containerPort=80].hostPort", Assert.Single(Compare(Deployment, other)).Path);
        // One without a protocol is of TCP; one of UDP is another port.
        var bare = With(Deployment, "\"containerPort\":80,\"protocol\":\"TCP\"", "\"containerPort\":80");
        Assert.Equal("spec.template.spec.containers[name=web].ports[containerPort=80].protocol", Assert.Single(Compare(bare, Deployment)).Path);
        Assert.Empty(Compare(bare, Deployment, FieldComparisonOptions.HoldsReference));
        var udp = With(Deployment, "\"containerPort\":80,\"protocol\":\"TCP\"", "\"containerPort\":80,\"protocol\":\"UDP\"");
        Assert.Contains("ports[containerPort=80,protocol=UDP]", Assert.Single(Compare(udp, Deployment, FieldComparisonOptions.HoldsReference)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_with_dots_in_its_name_is_quoted_in_the_path() =>
        Assert.Equal("metadata.labels['app.kubernetes.io/name']",
            Assert.Single(Compare(Deployment, With(Deployment, "\"app.kubernetes.io/name\":\"web\"", "\"app.kubernetes.io/name\":\"x\""))).Path);

    [Fact]
    public void What_the_server_writes_and_annotations_of_ours_do_not_count()
    {
        var other = With(Deployment, "\"name\":\"web\",\"namespace\"",
            "\"uid\":\"u\",\"resourceVersion\":\"3\",\"managedFields\":[],\"annotations\":{\"konupgrade.dev/held\":\"1\"},\"name\":\"web\",\"namespace\"");
        other = With(other, "\"spec\":{\"replicas\"", "\"status\":{\"replicas\":9},\"spec\":{\"replicas\"");
        Assert.Empty(Compare(Deployment, other));
        Assert.Empty(Compare(other, Deployment));
    }

    [Fact]
    public void A_null_and_an_empty_list_say_the_same_as_a_field_that_is_not_there()
    {
        var other = With(Deployment, "\"replicas\":2", "\"replicas\":2,\"x\":null,\"y\":[]");
        Assert.Empty(Compare(Deployment, other));
        Assert.Empty(Compare(other, Deployment, FieldComparisonOptions.HoldsReference));
    }

    [Fact]
    public void An_empty_object_says_something()
    {
        // In policy/v1 an empty selector selects every pod and a missing one none.
        var other = With(Deployment, "\"replicas\":2", "\"replicas\":2,\"selector\":{}");
        Assert.Equal("spec.selector", Assert.Single(Compare(Deployment, other)).Path);
    }

    [Fact]
    public void Numbers_are_compared_by_value_and_quantities_as_they_are_written()
    {
        const string Reference = """{"apiVersion":"x.dev/v1","kind":"X","metadata":{"name":"x"},"spec":{"n":1.0,"q":"1000m"}}""";
        Assert.Equal("spec.q", Assert.Single(Compare(Reference, With(With(Reference, "1.0", "1"), "1000m", "1"))).Path);
    }

    [Fact]
    public void Finalizers_are_a_set()
    {
        const string Reference = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","finalizers":["a/x","b/x"]}}""";
        Assert.Empty(Compare(Reference, With(Reference, "\"a/x\",\"b/x\"", "\"b/x\",\"a/x\"")));
        Assert.Empty(Compare(Reference, With(Reference, "\"a/x\"", "\"c/x\",\"a/x\""), FieldComparisonOptions.HoldsReference));
        Assert.Equal("metadata.finalizers", Assert.Single(Compare(Reference, With(Reference, "\"a/x\",", ""))).Path);
    }

    [Fact]
    public void Values_of_a_secret_are_never_shown()
    {
        const string Reference = """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"data":{"password":"aHVudGVyMg=="}}""";
        var found = Assert.Single(Compare(Reference, With(Reference, "aHVudGVyMg==", "eA==")));
        Assert.Equal("data.password", found.Path);
        Assert.Null(found.Reference);
        Assert.Null(found.Difference);
    }

    [Theory]
    [InlineData("k11n.dev/v1alpha1", false)]
    [InlineData("example.com/v1", true)]
    public void Values_of_a_Konstellation_config_are_never_shown(string apiVersion, bool shown)
    {
        var reference = $$$"""{"apiVersion":"{{{apiVersion}}}","kind":"AppConfig","metadata":{"name":"x"},"config":{"config.yaml":"cGFzc3dvcmQ6IGh1bnRlcjI="}}""";
        var found = Assert.Single(Compare(reference, With(reference, "cGFzc3dvcmQ6IGh1bnRlcjI=", "eA==")));
        Assert.Equal(shown, found.Reference is not null);
        Assert.Equal(shown, found.Difference is not null);
    }

    [Fact]
    public void A_long_value_is_cut()
    {
        const string Reference = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"x"}}""";
        var found = Assert.Single(Compare(With(Reference, "\"a\":\"x\"", $"\"a\":\"{new string('y', 5000)}\""), Reference));
        Assert.Equal(200, found.Reference!.Length);
        Assert.EndsWith("…", found.Reference, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_that_only_one_servers_version_writes_does_not_count_when_asked()
    {
        const string Old = """{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"spec":{"ports":[]}}""";
        var newer = With(Old, "\"ports\":[]", "\"internalTrafficPolicy\":\"Cluster\"");
        var set = With(Old, "\"ports\":[]", "\"internalTrafficPolicy\":\"Local\"");
        var options = new FieldComparisonOptions { IgnoreServerDefaults = true };
        Assert.Empty(Compare(Old, newer, options));
        Assert.Empty(Compare(newer, Old, options));
        Assert.Single(Compare(Old, set, options));
        Assert.Single(Compare(newer, set, options));
        Assert.Single(Compare(Old, newer));
    }

    [Fact]
    public void The_name_label_that_servers_put_on_namespaces_does_not_count_when_asked()
    {
        const string Old = """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}""";
        const string Newer = """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x","labels":{"kubernetes.io/metadata.name":"x"}},"spec":{"finalizers":["kubernetes"]}}""";
        Assert.Empty(Compare(Old, Newer, new FieldComparisonOptions { IgnoreServerDefaults = true }));
    }

    [Fact]
    public void A_path_that_is_ignored_is_left_out() =>
        Assert.Empty(Compare(Deployment, With(Deployment, "\"replicas\":2", "\"replicas\":7"),
            new FieldComparisonOptions { IgnoredPaths = new HashSet<string> { "spec.replicas" } }));

    [Fact]
    public void The_uid_of_an_owner_does_not_count_and_its_name_does()
    {
        const string Reference = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"o","uid":"1"}]}}""";
        Assert.Empty(Compare(Reference, With(Reference, "\"uid\":\"1\"", "\"uid\":\"2\"")));
        Assert.NotEmpty(Compare(Reference, With(Reference, "\"name\":\"o\"", "\"name\":\"p\"")));
    }
}
