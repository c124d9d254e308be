using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

/// <summary>Custom resources; messages and results are those of a kube-apiserver v1.33.</summary>
public sealed class CustomResourceTests
{
    private static readonly SchemaNode Schema = Read("""
        {'type':'object','required':['spec'],'properties':{'spec':{'type':'object','required':['name'],'properties':{
        'name':{'type':'string','minLength':2,'maxLength':5,'pattern':'^[a-z]+$'},
        'count':{'type':'integer','minimum':1,'maximum':10,'default':3},
        'ratio':{'type':'number','multipleOf':0.5},
        'mode':{'type':'string','enum':['A','B']},
        'tags':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},
        'ports':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['port','proto'],'items':{'type':'object','required':['port'],
            'properties':{'port':{'type':'integer'},'proto':{'type':'string','default':'TCP'},'opts':{'type':'object','default':{},'properties':{'x':{'type':'boolean','default':true}}}}}},
        'plain':{'type':'array','minItems':1,'maxItems':2,'items':{'type':'object','properties':{'a':{'type':'string'}}}},
        'labels':{'type':'object','additionalProperties':{'type':'string'},'maxProperties':2},
        'atom':{'type':'object','x-kubernetes-map-type':'atomic','properties':{'a':{'type':'string'},'b':{'type':'string'}}},
        'free':{'type':'object','x-kubernetes-preserve-unknown-fields':true},
        'nul':{'type':'string','nullable':true,'default':'d'},
        'non':{'type':'string','default':'n'},
        'port':{'x-kubernetes-int-or-string':true},
        'embedded':{'type':'object','x-kubernetes-embedded-resource':true,'x-kubernetes-preserve-unknown-fields':true},
        'time':{'type':'string','format':'date-time'},
        'one':{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string'}},'oneOf':[{'required':['a']},{'required':['b']}]},
        'either':{'type':'string','anyOf':[{'pattern':'^a'},{'pattern':'^b'}]},
        'never':{'type':'string','not':{'enum':['bad']}}}}}}
        """);

    private static SchemaNode Read(string text)
    {
        var (schema, problems) = CrdSchema.FromOpenApi(Objects.Of(text));
        Assert.Empty(problems);
        return schema!;
    }

    private static JsonObject Thing(string spec) => Objects.Of("{'apiVersion':'t.example.com/v1','kind':'Thing','metadata':{'name':'t'},'spec':" + spec + "}");

    private static FieldManager Manager(string name) => new() { Name = name, ApiVersion = "t.example.com/v1", Kind = "Thing", Schema = Schema, Now = Objects.Noon };

    private static JsonObject Apply(JsonObject? live, string spec, string manager, bool force = false)
    {
        var outcome = ManagedFields.Apply(live, Thing(spec), Manager(manager), force);
        Assert.Null(outcome.Problem);
        Assert.Empty(outcome.Conflicts);
        SchemaDefaults.Apply(outcome.Object!, Schema);
        return outcome.Object!;
    }

    [Theory]
    [InlineData("{'name':5}", "spec.name: Invalid value: \"integer\": spec.name in body must be of type string: \"integer\"")]
    [InlineData("{'name':'a'}", "spec.name: Invalid value: \"a\": spec.name in body should be at least 2 chars long")]
    [InlineData("{'name':'abcdefg'}", "spec.name: Too long: may not be more than 5 bytes")]
    [InlineData("{'name':'AB'}", "spec.name: Invalid value: \"AB\": spec.name in body should match '^[a-z]+$'")]
    [InlineData("{}", "spec.name: Required value")]
    [InlineData("{'name':'abc','count':0}", "spec.count: Invalid value: 0: spec.count in body should be greater than or equal to 1")]
    [InlineData("{'name':'abc','count':11}", "spec.count: Invalid value: 11: spec.count in body should be less than or equal to 10")]
    [InlineData("{'name':'abc','count':1.5}", "spec.count: Invalid value: \"number\": spec.count in body must be of type integer: \"number\"")]
    [InlineData("{'name':'abc','ratio':0.7}", "spec.ratio: Invalid value: 0.7: spec.ratio in body should be a multiple of 0.5")]
    [InlineData("{'name':'abc','mode':'C'}", "spec.mode: Unsupported value: \"C\": supported values: \"A\", \"B\"")]
    [InlineData("{'name':'abc','tags':['a','a']}", "spec.tags[1]: Duplicate value: \"a\"")]
    [InlineData("{'name':'abc','tags':[1]}", "spec.tags[0]: Invalid value: \"integer\": spec.tags[0] in body must be of type string: \"integer\"")]
    [InlineData("{'name':'abc','ports':[{'port':1},{'port':1}]}", "spec.ports[1]: Duplicate value: map[string]interface {}{\"port\":1, \"proto\":\"TCP\"}")]
    [InlineData("{'name':'abc','plain':[]}", "spec.plain: Invalid value: 0: spec.plain in body should have at least 1 items")]
    [InlineData("{'name':'abc','plain':[{},{},{}]}", "spec.plain: Too many: 3: must have at most 2 items")]
    [InlineData("{'name':'abc','labels':{'a':'1','b':'2','c':'3'}}", "spec.labels: Too many: 3: must have at most 2 items")]
    [InlineData("{'name':'abc','labels':{'a':1}}", "spec.labels.a: Invalid value: \"integer\": spec.labels.a in body must be of type string: \"integer\"")]
    [InlineData("{'name':'abc','port':true}", "spec.port: Invalid value: \"boolean\": spec.port in body must be of type integer,string: \"boolean\"")]
    [InlineData("{'name':'abc','embedded':{'kind':'Pod'}}", "spec.embedded.apiVersion: Required value: must not be empty")]
    [InlineData("{'name':'abc','time':'yesterday'}", "spec.time: Invalid value: \"yesterday\": spec.time in body must be of type date-time: \"yesterday\"")]
    [InlineData("{'name':'abc','one':{'a':'1','b':'2'}}", "<nil>: Invalid value: \"\": \"spec.one\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("{'name':'abc','one':{}}", "<nil>: Invalid value: \"\": \"spec.one\" must validate one and only one schema (oneOf). Found none valid, spec.one.a: Required value")]
    [InlineData("{'name':'abc','either':'c'}", "<nil>: Invalid value: \"\": \"spec.either\" must validate at least one schema (anyOf), spec.either: Invalid value: \"c\": spec.either in body should match '^a'")]
    [InlineData("{'name':'abc','never':'bad'}", "<nil>: Invalid value: \"\": \"spec.never\" must not validate the schema (not)")]
    [InlineData("[]", "spec: Invalid value: \"array\": spec in body must be of type object: \"array\"")]
    public void A_value_that_breaks_the_schema_is_told_in_the_words_of_the_server(string spec, string expected)
    {
        var obj = Thing(spec);
        SchemaDefaults.Apply(obj, Schema);
        Assert.Equal(expected, string.Join(", ", SchemaValidation.Validate(obj, Schema)));
    }

    [Fact]
    public void What_fits_is_valid() =>
        Assert.Empty(SchemaValidation.Validate(Thing("{'name':'abc','port':'5%','one':{'a':'x'},'either':'b','time':'2024-01-01T00:00:00.5Z','free':{'x':[1]},'nul':null,'embedded':{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x'}}}"), Schema));

    [Fact]
    public void Defaults_reach_into_items_and_into_defaults()
    {
        var obj = Thing("{'name':'abc','ports':[{'port':1}]}");
        SchemaDefaults.Apply(obj, Schema);
        Objects.Same("{'name':'abc','ports':[{'port':1,'proto':'TCP','opts':{'x':true}}],'count':3,'nul':'d','non':'n'}", obj["spec"]);
    }

    [Fact]
    public void Null_is_a_value_only_where_it_may_be()
    {
        var obj = Thing("{'name':'abc','nul':null,'non':null,'labels':null}");
        SchemaDefaults.Apply(obj, Schema);
        Objects.Same("{'name':'abc','nul':null,'non':'n','count':3}", obj["spec"]);
    }

    [Fact]
    public void Unknown_fields_are_pruned_except_where_they_are_kept()
    {
        var obj = Thing("{'name':'abc','foo':1,'free':{'any':{'x':1}},'ports':[{'port':1,'bar':2}],'embedded':{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','oops':1},'spec':{}}}");
        Assert.Equal(["spec.foo", "spec.ports[0].bar", "spec.embedded.metadata.oops"], UnknownFields.Prune(obj, Schema).Order(StringComparer.Ordinal).OrderBy(p => p.Length));
    }

    [Fact]
    public void A_set_is_owned_by_values_a_map_by_keys_and_an_atomic_one_as_a_whole()
    {
        var obj = Apply(null, "{'name':'abc','tags':['b'],'ports':[{'port':80}],'atom':{'a':'1'},'plain':[{'a':'x'}],'free':{'u':{'v':[1]}}}", "k");
        Objects.Same("""
            {'f:spec':{'f:atom':{},'f:free':{'f:u':{'.':{},'f:v':{}}},'f:name':{},'f:plain':{},
            'f:ports':{'k:{\"port\":80,\"proto\":\"TCP\"}':{'.':{},'f:port':{}}},'f:tags':{'v:\"b\"':{}}}}
            """, obj["metadata"]!["managedFields"]![0]!["fieldsV1"]);
    }

    [Fact]
    public void Values_of_a_set_come_and_go_with_who_applied_them()
    {
        var both = Apply(Apply(null, "{'name':'abc','tags':['a']}", "one"), "{'tags':['b'],'name':'abc'}", "two");
        Objects.Same("['a','b']", both["spec"]!["tags"]);
        Objects.Same("['b']", Apply(both, "{'name':'abc'}", "one")["spec"]!["tags"]);
    }

    [Fact]
    public void An_atomic_map_has_one_owner()
    {
        var live = Apply(null, "{'name':'abc','atom':{'a':'1'}}", "one");
        var outcome = ManagedFields.Apply(live, Thing("{'name':'abc','atom':{'b':'2'}}"), Manager("two"), force: false);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"one\": .spec.atom", outcome.ConflictMessage);
        Objects.Same("{'b':'2'}", Apply(live, "{'name':'abc','atom':{'b':'2'}}", "two", force: true)["spec"]!["atom"]);
    }

    [Theory]
    [InlineData("{'type':'object','properties':{'a':{}}}", ".properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array'}}}", ".properties[a].items: Required value: must be specified")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','items':{}}}}", ".properties[a].items.type: Required value: must not be empty for specified array items")]
    [InlineData("{'properties':{'a':{'type':'string'}}}", ".type: Required value: must not be empty at the root")]
    [InlineData("{'type':'array','items':{'type':'string'}}", ".type: Invalid value: \"array\": must be object at the root")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','properties':{'b':{'type':'string'}},'additionalProperties':{'type':'string'}}}}", ".properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("{'type':'object','anyOf':[{'properties':{'a':{'type':'string'}}}],'properties':{'a':{'type':'string'}}}", ".anyOf[0].properties[a].type: Forbidden: must be empty to be structural")]
    [InlineData("{'type':'object','anyOf':[{'properties':{'a':{'minLength':1}}}]}", ".properties[a]: Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[a]")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','items':{'type':'object'}}}}", ".properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['z'],'items':{'type':'object','properties':{'k':{'type':'string'}}}}}}", ".properties[a].x-kubernetes-list-map-keys: Invalid value: []string{\"z\"}: entries must all be names of item properties")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string','default':5}}}", ".properties[a].default: Invalid value: \"integer\":  in body must be of type string: \"integer\"")]
    [InlineData("{'type':'object','properties':{'a':{'$ref':'#/x'}}}", ".properties[a].$ref: Forbidden: $ref is not supported")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','x-kubernetes-embedded-resource':true}}}", ".properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields")]
    [InlineData("{'type':'object','properties':{'metadata':{'type':'object','properties':{'foo':{'type':'string'}}}}}", ".properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified")]
    public void A_schema_that_is_not_structural_is_told_where_and_why(string schema, string expected) =>
        Assert.Equal("spec.validation.openAPIV3Schema" + expected, Assert.Single(CrdSchema.FromOpenApi(Objects.Of(schema)).Problems).ToString());

    [Fact]
    public void Without_a_schema_everything_is_kept()
    {
        var (schema, problems) = CrdSchema.FromOpenApi(null);
        Assert.Empty(problems);
        var obj = Thing("{'anything':{'goes':1}}");
        Assert.Empty(UnknownFields.Prune(obj, schema!));
        Assert.Empty(SchemaValidation.Validate(obj, schema!));
    }

    [Fact]
    public void The_definitions_of_real_products_are_structural()
    {
        var shared = Environment.GetEnvironmentVariable("KONUPGRADE_SHARED");
        Assert.SkipWhen(string.IsNullOrEmpty(shared) || !Directory.Exists(Path.Combine(shared, "data", "crds")), "KONUPGRADE_SHARED names no folder with data/crds");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(shared!, "data", "crds"), "*.yaml", SearchOption.AllDirectories))
        {
            var spec = FromYaml(File.ReadAllText(file))["spec"]!;
            foreach (var version in spec["versions"]?.AsArray() ?? [null])
            {
                var (schema, problems) = CrdSchema.FromOpenApi((version?["schema"]?["openAPIV3Schema"] ?? spec["validation"]?["openAPIV3Schema"]) as JsonObject);
                Assert.True(problems.Count == 0, $"{file}: {string.Join("; ", problems.Take(3))}");
                Assert.Contains("metadata", schema!.Properties.Keys);
            }
        }
    }

    private static JsonNode FromYaml(string text)
    {
        var value = new YamlDotNet.Serialization.DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(new StringReader(text));
        return JsonNode.Parse(new YamlDotNet.Serialization.SerializerBuilder().JsonCompatible().Build().Serialize(value))!;
    }
}
