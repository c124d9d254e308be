using System.Text;
using KonUpgrade.Engine.ApiVersions.Schemas;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.ApiVersions;

public sealed class SchemaCheckTests(SandboxFixture sandbox)
{
    private const string Schema = """
        {"type":"object","properties":{"spec":{"type":"object","properties":{
          "size":{"type":"integer","minimum":1,"maximum":10},"ratio":{"type":"number","minimum":0,"exclusiveMinimum":true},"even":{"type":"integer","multipleOf":2},
          "mode":{"type":"string","enum":["A","B"]},"name":{"type":"string","pattern":"^[a-z]+$","minLength":2,"maxLength":5},
          "any":{"x-kubernetes-preserve-unknown-fields":true},
          "open":{"type":"object","x-kubernetes-preserve-unknown-fields":true,"properties":{"known":{"type":"object","properties":{"n":{"type":"integer"}}}}},
          "port":{"x-kubernetes-int-or-string":true},"labels":{"type":"object","additionalProperties":{"type":"string"}},
          "ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port","protocol"],"items":{"type":"object","required":["port"],
            "properties":{"port":{"type":"integer"},"protocol":{"type":"string","default":"TCP"}}}},
          "tags":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},"nothing":{"type":"string","nullable":true},
          "with":{"type":"object","required":["a","b"],"properties":{"a":{"type":"string","default":"x"},"b":{"type":"string"}}},
          "embedded":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true},
          "address":{"type":"string","format":"ipv4"},"network":{"type":"string","format":"cidr"},"id":{"type":"string","format":"uuid"},"at":{"type":"string","format":"date-time"},
          "raw":{"type":"string","format":"byte"},"note":{"type":"string","format":"nobody-knows"},"small":{"type":"integer","format":"int32"},
          "one":{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},"oneOf":[{"required":["x"]},{"required":["y"]}]},
          "both":{"type":"string","allOf":[{"minLength":2},{"maxLength":3}]},"neither":{"type":"string","not":{"enum":["no"]}},
          "few":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"integer"}},"some":{"type":"object","minProperties":1,"maxProperties":2,"additionalProperties":{"type":"integer"}}
        }}}}
        """;

    private static readonly SchemaCheck s_check = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What stands in an object beside apiVersion, kind and metadata, and whether a server takes it.</summary>
    public static TheoryData<string, bool> Specs => new()
    {
        { """{}""", true }, { """{"size":1}""", true }, { """{"size":1.0}""", true }, { """{"size":0}""", false }, { """{"size":11}""", false }, { """{"size":"1"}""", false }, { """{"size":1.5}""", false },
        { """{"size":null}""", true }, { """{"ratio":0}""", false }, { """{"ratio":0.1}""", true }, { """{"ratio":3}""", true }, { """{"even":3}""", false }, { """{"even":4}""", true },
        { """{"mode":"A"}""", true }, { """{"mode":"C"}""", false }, { """{"mode":""}""", false }, { """{"name":"abc"}""", true }, { """{"name":"a"}""", false }, { """{"name":"abcdef"}""", false }, { """{"name":"ABC"}""", false },
        { """{"name":"abc\n"}""", false }, { """{"nobody":1}""", false }, { """{"nobody":null}""", false },
        { """{"any":{"a":[1,{"b":null}]}}""", true }, { """{"any":5}""", true }, { """{"open":{"x":1,"known":{"n":1}}}""", true }, { """{"open":{"known":{"n":1,"m":1}}}""", false }, { """{"open":{"known":{"n":"1"}}}""", false },
        { """{"port":80}""", true }, { """{"port":"http"}""", true }, { """{"port":true}""", false }, { """{"labels":{"a":"b"}}""", true }, { """{"labels":{"a":1}}""", false }, { """{"labels":[]}""", false },
        { """{"ports":[{"port":1},{"port":2}]}""", true }, { """{"ports":[{"port":1},{"port":1,"protocol":"UDP"}]}""", true }, { """{"ports":[{"port":1},{"port":1,"protocol":"TCP"}]}""", false }, { """{"ports":[{"port":1},{"port":1}]}""", false },
        { """{"ports":[{"protocol":"TCP"}]}""", false }, { """{"ports":[{"port":1,"x":1}]}""", false }, { """{"tags":["a","b"]}""", true }, { """{"tags":["a","a"]}""", false }, { """{"tags":[null]}""", false }, { """{"tags":{}}""", false },
        { """{"nothing":null}""", true }, { """{"nothing":1}""", false }, { """{"with":{"b":"y"}}""", true }, { """{"with":{"a":"y"}}""", false }, { """{"with":{"b":null}}""", false }, { """{"with":{}}""", false },
        { """{"embedded":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"x":1}}}""", true }, { """{"embedded":{"kind":"Pod"}}""", false }, { """{"embedded":{"apiVersion":"v1","kind":"Pod","metadata":{"labels":{"a":1}}}}""", false },
        { """{"address":"10.0.0.1"}""", true }, { """{"address":"10.0.0"}""", false }, { """{"address":"::1"}""", false }, { """{"network":"10.0.0.0/8"}""", true }, { """{"network":"10.0.0.0"}""", false },
        { """{"id":"0b8e1f4c-1111-2222-8333-444455556666"}""", true }, { """{"id":"x"}""", false }, { """{"at":"2024-01-02T03:04:05Z"}""", true }, { """{"at":"yesterday"}""", false },
        { """{"raw":"YWJj"}""", true }, { """{"raw":"???"}""", false }, { """{"note":"anything"}""", true }, { """{"small":3}""", true },
        { """{"one":{"x":1}}""", true }, { """{"one":{}}""", false }, { """{"one":{"x":1,"y":1}}""", false }, { """{"both":"ab"}""", true }, { """{"both":"a"}""", false }, { """{"both":"abcd"}""", false },
        { """{"neither":"yes"}""", true }, { """{"neither":"no"}""", false }, { """{"few":[1]}""", true }, { """{"few":[]}""", false }, { """{"few":[1,2,3]}""", false },
        { """{"some":{"a":1}}""", true }, { """{"some":{}}""", false }, { """{"some":{"a":1,"b":2,"c":3}}""", false },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void An_object_is_taken_or_refused_by_its_schema(string spec, bool taken)
    {
        var problems = Problems("shop.example", spec);
        Assert.True(taken == (problems.Count == 0), $"{spec}: {string.Join("; ", problems)}");
    }

    [Theory]
    [InlineData("""{"name":"a","labels":{"a":"b"}}""", true)]
    [InlineData("""{"name":"a","creationTimestamp":null}""", true)]
    [InlineData("""{"name":"a","nobody":1}""", false)]
    [InlineData("""{"name":"a","labels":{"a":1}}""", false)]
    [InlineData("""{"name":"A"}""", false)]
    [InlineData("""{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"c"}]}""", false)]
    public void Metadata_is_what_every_server_knows(string metadata, bool taken) => Assert.Equal(taken, Problems("shop.example", "{}", metadata).Count == 0);

    public static Task<TheoryData<string>> Clusters => TestCluster.AllAsync();

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Servers_say_the_same(string cluster)
    {
        Assert.SkipWhen(cluster == "old", "1.21 does not validate fields strictly");
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        var client = connection.Client;
        var group = $"g{Guid.NewGuid():N}.example.com";
        var definitions = (await client.DiscoverAsync(Token)).Find("apiextensions.k8s.io", "v1", "CustomResourceDefinition")!;
        var name = $"things.{group}";
        var definition = $$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{name}}}"},"spec":{"group":"{{{group}}}","scope":"Cluster",
             "names":{"kind":"Thing","plural":"things"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{{Schema}}}}}]}}
            """;
        using (await client.CreateAsync(definitions, null, Encoding.UTF8.GetBytes(definition), new WriteOptions(), Token))
        {
        }
        try
        {
            var resource = new ApiResource { Group = group, Version = "v1", Kind = "Thing", Plural = "things", Namespaced = false };
            await UntilAsync(async () => await TakesAsync(client, resource, "{}") == true);
            var different = new List<string>();
            foreach (var (spec, _) in Specs.Select(row => row.Data))
            {
                if (await TakesAsync(client, resource, spec) is var taken && taken != (Problems(group, spec).Count == 0))
                    different.Add($"{spec}: {(taken == true ? "the server takes it" : "the server refuses it")}");
            }
            Assert.Empty(different);
            // The document that a server publishes of the kind says the same as the definition.
            await UntilAsync(async () => await PublishedAsync(client, resource) is not null);
            var published = (await PublishedAsync(client, resource))!;
            Assert.False(published.IsBuiltIn);
            Assert.All(Specs.Select(row => row.Data), data => Assert.Equal(data.Item2, s_check.Run(Thing(group, data.Item1).Root, published).Problems.Count == 0));
        }
        finally
        {
            await client.DeleteAsync(definitions, null, name, new DeleteOptions(), CancellationToken.None);
        }
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task The_documents_of_built_in_kinds_tell_unknown_fields_and_types(string cluster)
    {
        Assert.SkipWhen(cluster == "old", "1.21 publishes no OpenAPI v3");
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        var json = await connection.Client.GetOpenApiAsync("apps", "v1", Token);
        var schema = ObjectSchema.OfDocument(JsonIndex.Parse(json!).Root, "apps", "v1", "Deployment")!;
        Assert.True(schema.IsBuiltIn);
        Assert.Empty(Check(""" "replicas":1 """, """ "name":"c","image":"i","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":1,"memory":"1Gi"}},"livenessProbe":{"httpGet":{"port":"http"}} """));
        Assert.Contains(Check(""" "replicas":"1" """, """ "name":"c" """), p => p.Path == "spec.replicas");
        Assert.Contains(Check(""" "replica":1 """, """ "name":"c" """), p => p.Path == "spec.replica");
        Assert.Contains(Check(""" "replicas":1 """, """ "name":"c","imagePolicy":"x" """), p => p.Path == "spec.template.spec.containers[0].imagePolicy");
        Assert.Contains(Check(""" "replicas":1 """, """ "name":"c","imagePullPolicy":"Sometimes" """), p => p.Path == "spec.template.spec.containers[0].imagePullPolicy");

        IReadOnlyList<SchemaProblem> Check(string spec, string container)
        {
            using var o = JsonIndex.Parse(
                """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"n","creationTimestamp":null},"spec":{SPEC,"selector":{"matchLabels":{"a":"b"}},"strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},
                 "template":{"metadata":{"labels":{"a":"b"}},"spec":{"restartPolicy":"","containers":[{CONTAINER}]}}}}
                """.Replace("SPEC", spec, StringComparison.Ordinal).Replace("CONTAINER", container, StringComparison.Ordinal));
            return s_check.Run(o.Root, schema).Problems;
        }
    }

    [Fact]
    public void What_only_a_server_can_tell_is_named()
    {
        using var version = JsonIndex.Parse("""
            {"name":"v1","schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-validations":[{"rule":"self.a > 1"}],
              "properties":{"a":{"type":"string","pattern":"^[[:alpha:]]+$"},"b":{"type":"string","format":"hostname"},"c":{"type":"integer","format":"int32"}}}}}}}
            """);
        using var o = Thing("shop.example", """{"a":"1","b":"-","c":3000000000}""");
        var verdict = s_check.Run(o.Root, ObjectSchema.OfDefinition(version.Root)!);
        Assert.Empty(verdict.Problems);
        Assert.Equal(["rules in CEL (x-kubernetes-validations)", "the format hostname", "the format int32 of spec.c", "the pattern of spec.a"], verdict.NotChecked);
    }

    private static Task UntilAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(condition, "the schema is published as it is", Token);

    private static async Task<ObjectSchema?> PublishedAsync(KubernetesClient client, ApiResource resource) =>
        await client.GetOpenApiAsync(resource.Group, resource.Version, Token) is { } json ? ObjectSchema.OfDocument(JsonIndex.Parse(json).Root, resource.Group, resource.Version, resource.Kind) : null;

    // Null where the kind is not served yet.
    private static async Task<bool?> TakesAsync(KubernetesClient client, ApiResource resource, string spec)
    {
        try
        {
            using var thing = Thing(resource.Group, spec);
            using var made = await client.CreateAsync(resource, null, thing.Json, new WriteOptions { DryRun = true, FieldValidation = FieldValidation.Strict }, Token);
            return true;
        }
        catch (KubernetesApiException e) when (e.StatusCode is 400 or 422)
        {
            return false;
        }
        catch (KubernetesApiException e) when (e.StatusCode is 404 or 405)
        {
            return null;
        }
    }

    private static IReadOnlyList<SchemaProblem> Problems(string group, string spec, string metadata = """{"name":"a"}""")
    {
        using var version = JsonIndex.Parse($$$"""{"name":"v1","schema":{"openAPIV3Schema":{{{Schema}}}}}""");
        using var o = Thing(group, spec, metadata);
        return s_check.Run(o.Root, ObjectSchema.OfDefinition(version.Root)!).Problems;
    }

    private static JsonIndex Thing(string group, string spec, string metadata = """{"name":"a"}""") =>
        JsonIndex.Parse($$$"""{"apiVersion":"{{{group}}}/v1","kind":"Thing","metadata":{{{metadata}}},"spec":{{{spec}}}}""");
}
