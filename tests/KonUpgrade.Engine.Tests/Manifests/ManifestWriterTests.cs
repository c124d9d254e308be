using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class ManifestWriterTests
{
    [Fact]
    public void Keys_are_in_order_and_lists_stand_under_their_key_as_kubectl_writes_them() => Assert.Equal("""
        apiVersion: v1
        kind: Service
        metadata:
          labels: {}
          name: web
        spec:
          clusterIPs: []
          matrix:
          - - 1
            - 2
          - []
          ports:
          - name: http
            port: 80
          - port: 443
            tls:
              a: "yes"
          type: ClusterIP

        """, Yaml("""
        {"kind":"Service","spec":{"type":"ClusterIP","ports":[{"port":80,"name":"http"},{"tls":{"a":"yes"},"port":443}],"clusterIPs":[],"matrix":[[1,2],[]]},
         "metadata":{"name":"web","labels":{}},"apiVersion":"v1"}
        """));

    [Fact]
    public void Type_is_put_in_where_the_list_left_it_out()
    {
        using var o = KubernetesObject.Parse("""{"metadata":{"name":"a"}}"""u8.ToArray(), "apps/v1", "Deployment");
        using var writer = new ManifestWriter();

        Assert.Equal("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n", Encoding.UTF8.GetString(writer.ToYaml(o, []).Span));
        Assert.Equal("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}}""", Encoding.UTF8.GetString(writer.ToJson(o, []).Span));
    }

    [Fact]
    public void A_dropped_field_is_gone_and_so_is_the_mapping_that_it_leaves_empty() => Assert.Equal(
        """{"apiVersion":"v1","kind":"X","metadata":{"name":"a"},"spec":{"empty":{},"list":[{},{"b":2}]}}""",
        Json(
            """{"apiVersion":"v1","kind":"X","metadata":{"name":"a","annotations":{"a.b/c":"1","d":"2"}},"spec":{"empty":{},"list":[{"a":1},{"a":1,"b":2}]},"status":{"x":1}}""",
            Drop("metadata.annotations['a.b/c']"), Drop("metadata.annotations.d"), Drop("status"), Drop("spec.list[*].a"), Drop("spec.empty.none"), Drop("none.at.all")));

    [Fact]
    public void A_value_takes_the_place_of_another_or_is_added_in_order() => Assert.Equal(
        """{"apiVersion":"v1","kind":"X","metadata":{"annotations":{"z":"1"},"labels":{"a":"b"},"name":"a"},"spec":{"list":[1,{"x":[true]},3],"replicas":0}}""",
        Json(
            """{"apiVersion":"v1","kind":"X","metadata":{"name":"a","annotations":{"z":"1"}},"spec":{"replicas":5,"list":[1,2,3]}}""",
            Replace("spec.replicas", "0"), Replace("metadata.labels", """{"a":"b"}"""), Replace("spec.list[1]", """{"x":[true]}""")));

    [Fact]
    public void Of_two_edits_of_a_field_the_last_one_counts() => Assert.Equal(
        """{"apiVersion":"v1","kind":"X","a":2,"b":3}""".Replace("\"apiVersion\":\"v1\",\"kind\":\"X\",\"a\":2,\"b\":3", "\"a\":2,\"apiVersion\":\"v1\",\"b\":3,\"kind\":\"X\"", StringComparison.Ordinal),
        Json("""{"apiVersion":"v1","kind":"X","a":1}""", Drop("a"), Replace("a", "2"), Replace("b", "1"), Replace("b", "3")));

    [Fact]
    public void An_element_can_be_dropped_out_of_a_list() => Assert.Equal(
        """{"apiVersion":"v1","kind":"X","secrets":[{"name":"b"}]}""",
        Json("""{"apiVersion":"v1","kind":"X","secrets":[{"name":"a"},{"name":"b"}]}""", Drop("secrets[0]")));

    [Fact]
    public void Names_with_escapes_are_found_and_ordered_by_what_they_say() => Assert.Equal(
        """{"apiVersion":"v1","kind":"X","metadata":{"annotations":{"a\"b":"1"},"name":"ä"}}""",
        Json("""{"kind":"X","apiVersion":"v1","metadata":{"name":"\u00e4","annotations":{"\u0063":"2","a\"b":"1"}}}""", Drop("metadata.annotations.c")));

    [Fact]
    public void A_large_object_and_a_small_one_come_out_of_the_same_writer()
    {
        using var writer = new ManifestWriter();
        var text = new string('x', 6_000_000);
        using var large = KubernetesObject.Parse(Encoding.UTF8.GetBytes($$"""{"apiVersion":"v1","kind":"X","data":"{{text}}"}"""));
        using var small = KubernetesObject.Parse("""{"apiVersion":"v1","kind":"X","data":"y"}"""u8.ToArray());

        Assert.Equal(6_000_000 + "apiVersion: v1\ndata: \nkind: X\n".Length, writer.ToYaml(large, []).Length);
        Assert.Equal("apiVersion: v1\ndata: \"y\"\nkind: X\n", Encoding.UTF8.GetString(writer.ToYaml(small, []).Span));
    }

    private static ManifestEdit Drop(string path) => new(Path(path), null);

    private static ManifestEdit Replace(string path, string json) => new(Path(path), Encoding.UTF8.GetBytes(json));

    private static FieldPath Path(string text) => FieldPath.TryParse(text, out var path) ? path : throw new ArgumentException(text);

    private static string Yaml(string json)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        using var writer = new ManifestWriter();
        return Encoding.UTF8.GetString(writer.ToYaml(o, []).Span);
    }

    private static string Json(string json, params ManifestEdit[] edits)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(json));
        using var writer = new ManifestWriter();
        var result = Encoding.UTF8.GetString(writer.ToJson(o, edits).Span);
        using var document = JsonDocument.Parse(result);
        return result;
    }
}
