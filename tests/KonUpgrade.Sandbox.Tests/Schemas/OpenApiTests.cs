using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class OpenApiTests
{
    private static readonly JsonObject V2 = OpenApiDocuments.V2(BuiltInKinds.For(33), "v1.33.0");
    private static readonly JsonObject V3 = OpenApiDocuments.V3(BuiltInKinds.For(33).Where(r => r.ApiVersion == "apps/v1"), "v1.33.0");

    [Fact]
    public void Kinds_and_their_lists_carry_group_version_and_kind()
    {
        var definitions = V2["definitions"]!;
        Objects.Same("[{'group':'apps','kind':'Deployment','version':'v1'}]", definitions["io.k8s.api.apps.v1.Deployment"]!["x-kubernetes-group-version-kind"]);
        Objects.Same("[{'group':'','kind':'ConfigMapList','version':'v1'}]", definitions["io.k8s.api.core.v1.ConfigMapList"]!["x-kubernetes-group-version-kind"]);
    }

    [Fact]
    public void How_lists_are_merged_is_told_in_both_versions()
    {
        const string ports = "'type':'array','x-kubernetes-list-map-keys':['containerPort','protocol'],'x-kubernetes-list-type':'map','x-kubernetes-patch-merge-key':'containerPort','x-kubernetes-patch-strategy':'merge'}";
        Objects.Same("{'items':{'$ref':'#/definitions/io.k8s.api.core.v1.ContainerPort'}," + ports, V2["definitions"]!["io.k8s.api.core.v1.Container"]!["properties"]!["ports"]);
        Objects.Same("{'items':{'allOf':[{'$ref':'#/components/schemas/io.k8s.api.core.v1.ContainerPort'}]}," + ports, V3["components"]!["schemas"]!["io.k8s.api.core.v1.Container"]!["properties"]!["ports"]);
    }

    [Fact]
    public void Types_that_are_no_objects_are_written_as_what_they_are()
    {
        var definitions = V2["definitions"]!;
        Objects.Same("{'type':'string'}", definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]);
        Objects.Same("{'type':'string','format':'int-or-string'}", definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]);
        Objects.Same("{'type':'string','format':'date-time'}", definitions["io.k8s.apimachinery.pkg.apis.meta.v1.Time"]);
        Objects.Same("{'oneOf':[{'type':'string'},{'type':'number'}]}", V3["components"]!["schemas"]!["io.k8s.apimachinery.pkg.api.resource.Quantity"]);
    }

    [Fact]
    public void A_default_is_published_only_where_the_server_publishes_it()
    {
        var schemas = V3["components"]!["schemas"]!;
        Assert.Equal("TCP", (string)schemas["io.k8s.api.core.v1.ContainerPort"]!["properties"]!["protocol"]!["default"]!);
        Assert.Null(schemas["io.k8s.api.core.v1.PodSpec"]!["properties"]!["dnsPolicy"]!["default"]);
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var definitions = V2["definitions"]!.AsObject();
        Assert.All(References(V2), r => Assert.True(definitions.ContainsKey(r["#/definitions/".Length..]), r));
        var schemas = V3["components"]!["schemas"]!.AsObject();
        Assert.All(References(V3), r => Assert.True(schemas.ContainsKey(r["#/components/schemas/".Length..]), r));
    }

    [Fact]
    public void A_patch_says_that_it_knows_dry_run_and_validation()
    {
        var patch = V3["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!;
        Assert.Equal(["dryRun", "fieldManager", "fieldValidation", "force"], patch["parameters"]!.AsArray().Select(p => (string)p!["name"]!));
        Objects.Same("{'group':'apps','kind':'Deployment','version':'v1'}", patch["x-kubernetes-group-version-kind"]);
    }

    [Fact]
    public void A_custom_resource_stands_under_its_group_backwards()
    {
        var schema = CrdSchema.FromOpenApi(Objects.Of("{'type':'object','properties':{'spec':{'type':'object','properties':{'p':{'x-kubernetes-int-or-string':true},'n':{'type':'string','nullable':true},'f':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}}}")).Schema!;
        var resource = new ServedResource
        {
            Group = "k11n.dev",
            Version = "v1alpha1",
            Schema = schema,
            Kind = new BuiltInKind { Kind = "App", ListKind = "AppList", Plural = "apps", Singular = "app", Namespaced = false, Verbs = [], HomeGroup = "k11n.dev" },
        };
        var spec = OpenApiDocuments.V2([resource], "v1.33.0")["definitions"]!["dev.k11n.v1alpha1.App"]!["properties"]!["spec"]!["properties"];
        Objects.Same("{'f':{'x-kubernetes-preserve-unknown-fields':true},'n':{},'p':{'x-kubernetes-int-or-string':true}}", spec);
        var third = OpenApiDocuments.V3([resource], "v1.33.0")["components"]!["schemas"]!["dev.k11n.v1alpha1.App"]!["properties"]!["spec"]!["properties"];
        Objects.Same("{'type':'string','nullable':true}", third!["n"]);
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(p => p.Key == "$ref" && p.Value is JsonValue value ? [(string)value!] : References(p.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
