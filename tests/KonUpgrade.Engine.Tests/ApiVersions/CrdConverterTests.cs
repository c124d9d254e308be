using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.ApiVersions.CustomResourceDefinitions;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.ApiVersions;

/// <summary>Old definitions become what today's servers take as new ones.</summary>
public sealed class CrdConverterTests(SandboxFixture sandbox)
{
    private const string Keeps = "\"x-kubernetes-preserve-unknown-fields\":true";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_held_for_all_versions_stands_in_each()
    {
        var definition = Definition("""
            {"group":"shop.example","version":"v1","scope":"Cluster","names":{"kind":"Widget","plural":"widgets"},"preserveUnknownFields":false,
             "versions":[{"name":"v1","served":true,"storage":true},{"name":"v1alpha1","served":true,"storage":false,"subresources":{"scale":{}}}],
             "validation":{"openAPIV3Schema":{"type":"object"}},"subresources":{"status":{}},
             "additionalPrinterColumns":[{"name":"Size","type":"integer","JSONPath":".spec.size"}]}
            """);
        Assert.Empty(CrdConverter.Convert(definition));
        Assert.Equal(
            """
            {"group":"shop.example","scope":"Cluster","names":{"kind":"Widget","plural":"widgets"},"versions":[
            {"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"}},"subresources":{"status":{}},"additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"}]},
            {"name":"v1alpha1","served":true,"storage":false,"subresources":{"scale":{}},"schema":{"openAPIV3Schema":{"type":"object"}},"additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"}]}]}
            """.ReplaceLineEndings(""),
            definition["spec"]!.ToJsonString());
        Assert.Equal("apiextensions.k8s.io/v1", (string?)definition["apiVersion"]);
        Assert.Null(definition["status"]);
    }

    [Fact]
    public void One_version_alone_becomes_a_list_and_no_schema_one_that_takes_everything()
    {
        var definition = Definition("""{"group":"shop.example","version":"v1","names":{"kind":"Widget","plural":"widgets"}}""");
        var notes = CrdConverter.Convert(definition);
        Assert.Equal(
            """{"group":"shop.example","names":{"kind":"Widget","plural":"widgets"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}],"scope":"Namespaced"}""",
            definition["spec"]!.ToJsonString());
        Assert.Contains(notes, note => note.Contains("no schema", StringComparison.Ordinal));
    }

    [Fact]
    public void A_webhook_that_converts_moves_with_what_it_speaks()
    {
        var definition = Definition("""
            {"group":"g","version":"v1","names":{},"preserveUnknownFields":false,"conversion":{"strategy":"Webhook","webhookClientConfig":{"service":{"name":"s","namespace":"n"}},"conversionReviewVersions":["v1"]}}
            """);
        CrdConverter.Convert(definition);
        Assert.Equal(
            """{"strategy":"Webhook","webhook":{"clientConfig":{"service":{"name":"s","namespace":"n"}},"conversionReviewVersions":["v1"]}}""",
            definition["spec"]!["conversion"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"properties":{"a":{"type":"string"}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"type":"string"}}}}}""", """{"properties":{"a":{"properties":{"b":{"type":"string"}},"type":"object"}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"items":{"type":"string"}}}}""", """{"properties":{"a":{"items":{"type":"string"},"type":"array"}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"array"}}}""", """{"properties":{"a":{"type":"array","items":{"x-kubernetes-preserve-unknown-fields":true}}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{}}}""", """{"properties":{"a":{"x-kubernetes-preserve-unknown-fields":true}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}""", """{"properties":{"a":{"anyOf":[{"type":"integer"},{"type":"string"}],"x-kubernetes-int-or-string":true}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"object","additionalProperties":true}}}""", """{"properties":{"a":{"type":"object","x-kubernetes-preserve-unknown-fields":true}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"object","additionalProperties":{"type":"string"},"properties":{"b":{"type":"string"}}}}}""", """{"properties":{"a":{"type":"object","properties":{"b":{"type":"string"}},"x-kubernetes-preserve-unknown-fields":true}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"string","oneOf":[{"type":"string","pattern":"^a"}]}}}""", """{"properties":{"a":{"type":"string","oneOf":[{"pattern":"^a"}]}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"oneOf":[{"type":"string","pattern":"^a"},{"type":"string"}]}}}""", """{"properties":{"a":{"oneOf":[{"pattern":"^a"},{}],"type":"string"}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"string","$ref":"x","readOnly":true}}}""", """{"properties":{"a":{"type":"string"}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"array","uniqueItems":true,"items":{"type":"string"}}}}""", """{"properties":{"a":{"type":"array","items":{"type":"string"}}},"type":"object"}""")]
    [InlineData("""{"properties":{"metadata":{"type":"object","required":["name"],"properties":{"name":{"type":"string","maxLength":5},"labels":{"type":"object"}}}}}""",
        """{"properties":{"metadata":{"type":"object","properties":{"name":{"type":"string","maxLength":5}}}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port","protocol"],"items":{"type":"object","required":["port"],"properties":{"port":{"type":"integer"},"protocol":{"type":"string"}}}}}}""",
        """{"properties":{"a":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port","protocol"],"items":{"type":"object","required":["port"],"properties":{"port":{"type":"integer"},"protocol":{"type":"string","default":"TCP"}}}}},"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["id"],"items":{"type":"object","properties":{"id":{"type":"string"}}}}}}""",
        """{"properties":{"a":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"}}}}},"type":"object"}""")]
    public void Schemas_become_structural(string schema, string structural)
    {
        var definition = Definition("{\"group\":\"g\",\"version\":\"v1\",\"names\":{},\"preserveUnknownFields\":false,\"validation\":{\"openAPIV3Schema\":" + schema + "}}");
        CrdConverter.Convert(definition);
        Assert.Equal(structural, definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.ToJsonString());
        Assert.False(CrdConverter.IsNeeded(definition));
    }

    [Theory]
    [InlineData("apiextensions.k8s.io/v1beta1", """{"preserveUnknownFields":null}""")]
    [InlineData("apiextensions.k8s.io/v1", """{"preserveUnknownFields":true}""")]
    public void Unknown_fields_that_were_kept_are_kept_at_every_level(string apiVersion, string told)
    {
        var definition = Definition("""{"group":"g","names":{},"versions":[{"name":"v1","schema":{"openAPIV3Schema":{"properties":{"spec":{"properties":{"a":{"type":"string"},"m":{"additionalProperties":{"type":"string"}}}}}}}}]}""");
        definition["apiVersion"] = apiVersion;
        foreach (var (name, value) in JsonNode.Parse(told)!.AsObject())
        {
            if (value is not null)
                definition["spec"]![name] = value.DeepClone();
        }

        Assert.True(CrdConverter.IsNeeded(definition));
        Assert.NotEmpty(CrdConverter.Convert(definition));
        Assert.Null(definition["spec"]!["preserveUnknownFields"]);
        Assert.Equal(
            "{\"properties\":{\"spec\":{\"properties\":{\"a\":{\"type\":\"string\"},\"m\":{\"additionalProperties\":{\"type\":\"string\"},\"type\":\"object\"}},\"type\":\"object\"," + Keeps + "}},\"type\":\"object\"," + Keeps + "}",
            definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.ToJsonString());
    }

    [Fact]
    public async Task Whatever_nonsense_the_schema_was_a_server_takes_the_definition()
    {
        var definition = Definition("""
            {"group":"GROUP","version":"v1","scope":"Namespaced","names":{"kind":"Widget","listKind":"WidgetList","plural":"widgets","singular":"widget"},
             "subresources":{"status":{}},"additionalPrinterColumns":[{"name":"Size","type":"integer","JSONPath":".spec.size"}],
             "validation":{"openAPIV3Schema":{"definitions":{},"properties":{"metadata":{"type":"object","required":["name"]},"spec":{"required":["size"],"properties":{
              "size":{"anyOf":[{"type":"string"},{"type":"integer"}]},"any":{},"free":{"type":"object"},"list":{"items":{"properties":{"k":{"type":"string"}}}},
              "map":{"additionalProperties":{"properties":{"v":{"type":"integer"}}}},"both":{"properties":{"x":{"type":"string"}},"additionalProperties":{"type":"string"}},
              "choice":{"oneOf":[{"required":["a"],"properties":{"a":{"type":"string"}}},{"not":{"type":"object","required":["b"]}}]},"mapChoice":{"additionalProperties":{"type":"string"},"anyOf":[{"properties":{"q":{"type":"string"}}},{"required":["r"]}]},"set":{"type":"array","uniqueItems":true,"items":{"type":"string"}}}}}}}}
            """);
        await AssertTakenAsync(await sandbox.ConnectAsync("green"), definition);
        foreach (var context in await RealClusters.ContextsAsync())
            await AssertTakenAsync(await ClusterConnection.OpenAsync(new ClusterTarget(context, RealClusters.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token), definition);
    }

    [Fact]
    public async Task Real_definitions_are_taken_by_a_server()
    {
        var shared = Environment.GetEnvironmentVariable("KONUPGRADE_SHARED");
        Assert.SkipWhen(string.IsNullOrEmpty(shared) || !Directory.Exists(Path.Combine(shared, "data", "crds")), "needs real definitions: a folder with data/crds in KONUPGRADE_SHARED");
        var real = await RealClusters.ContextsAsync();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shared, "data", "crds"), "*.yaml", SearchOption.AllDirectories))
        {
            foreach (var document in YamlReader.Read(await File.ReadAllBytesAsync(file, Token), file))
            {
                var definition = JsonNode.Parse(document.Json.Span)!.AsObject();
                await AssertTakenAsync(await sandbox.ConnectAsync("green"), definition);
                foreach (var context in real)
                    await AssertTakenAsync(await ClusterConnection.OpenAsync(new ClusterTarget(context, RealClusters.KubeConfigPath), new ConnectionOptions(), NullReporter.Instance, Token), definition);
            }
        }
    }

    // In a group of the test's own, so that nothing that is there is in its way; taken for trial, so that nothing stays.
    private static async Task AssertTakenAsync(ClusterConnection cluster, JsonObject original)
    {
        await using (cluster)
        {
            var definition = original.DeepClone().AsObject();
            var group = $"g{Guid.NewGuid():N}.example.com";
            definition["spec"]!["group"] = group;
            definition["metadata"] = new JsonObject { ["name"] = $"{definition["spec"]!["names"]!["plural"]}.{group}" };
            if (CrdConverter.IsNeeded(definition))
                CrdConverter.Convert(definition);
            var catalog = await cluster.Client.DiscoverAsync(Token);
            var resource = catalog.Find("apiextensions.k8s.io", "v1", "CustomResourceDefinition")!;
            using var made = await cluster.Client.CreateAsync(resource, null, Encoding.UTF8.GetBytes(definition.ToJsonString()), new WriteOptions { DryRun = true }, Token);
            Assert.Equal(group, made.Root.GetProperty("spec").Text("group"));
        }
    }

    private static JsonObject Definition(string spec) => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1beta1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject { ["name"] = "widgets.shop.example" },
        ["spec"] = JsonNode.Parse(spec),
        ["status"] = new JsonObject { ["storedVersions"] = new JsonArray("v1") },
    };
}
