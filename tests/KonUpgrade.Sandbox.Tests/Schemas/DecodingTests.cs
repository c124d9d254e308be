using System.Text;
using System.Text.Json;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class DecodingTests
{
    [Fact]
    public void Fields_given_twice_are_told_by_path_and_the_last_one_counts()
    {
        var obj = StrictJson.Parse("""{"a":1,"b":{"c":[{"d":1,"d":2}]},"a":3}"""u8, out var duplicates);
        Assert.Equal(["b.c[0].d", "a"], duplicates);
        Objects.Same("{'a':3,'b':{'c':[{'d':2}]}}", obj);
    }

    [Fact]
    public void Numbers_keep_the_way_they_are_written()
    {
        var obj = StrictJson.Parse("""{"a":1.50,"b":12345678901234567890,"c":7}"""u8, out _);
        Assert.Equal("""{"a":1.50,"b":12345678901234567890,"c":7}""", obj.ToJsonString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":}")]
    public void A_body_that_is_no_single_object_is_refused(string body) =>
        Assert.ThrowsAny<JsonException>(() => StrictJson.Parse(Encoding.UTF8.GetBytes(body), out _));

    [Fact]
    public void Unknown_fields_are_dropped_and_told_in_the_words_of_the_server()
    {
        var obj = Objects.Of("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a','foo':1,'labels':{'any':'thing'}},'spec':{'bar':{},'template':{'spec':{'containers':[{'name':'a'},{'name':'b','baz':1}]}}}}");
        var dropped = UnknownFields.Prune(obj, Objects.Kind("Deployment", "apps/v1").Schema);
        Assert.Equal(
            "strict decoding error: duplicate field \"x\", unknown field \"metadata.foo\", unknown field \"spec.bar\", unknown field \"spec.template.spec.containers[1].baz\"",
            UnknownFields.StrictMessage(["x"], [.. dropped]));
        Objects.Same("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a','labels':{'any':'thing'}},'spec':{'template':{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}}}", obj);
    }

    [Fact]
    public void Free_form_data_is_left_alone()
    {
        var obj = Objects.Of("{'apiVersion':'apps/v1','kind':'ControllerRevision','metadata':{'name':'a'},'revision':1,'data':{'x':{'y':1}}}");
        Assert.Empty(UnknownFields.Prune(obj, Objects.Kind("ControllerRevision", "apps/v1").Schema));
    }

    [Theory]
    [InlineData("{'data':{'x':1}}", "ConfigMap", "v1", "json: cannot unmarshal number into Go struct field ConfigMap.data of type string")]
    [InlineData("{'spec':{'replicas':'3'}}", "Deployment", "apps/v1", "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32")]
    [InlineData("{'spec':{'template':{'spec':{'containers':{}}}}}", "Deployment", "apps/v1", "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container")]
    public void A_value_of_another_type_cannot_be_decoded(string text, string kind, string apiVersion, string expected) =>
        Assert.Equal(expected, DecodingProblem.Find(Objects.Of(text), Objects.Kind(kind, apiVersion).Schema));

    [Fact]
    public void Quantities_and_ports_may_be_numbers_or_text() =>
        Assert.Null(DecodingProblem.Find(Objects.Of("{'spec':{'ports':[{'port':80,'targetPort':'http'}]}}"), Objects.Kind("Service", "v1").Schema));
}
