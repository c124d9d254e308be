using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

/// <summary>Rules of built-in kinds, in the words of a kube-apiserver v1.33.</summary>
public sealed class BuiltInRulesTests
{
    private static string Problems(JsonObject obj)
    {
        var schema = Objects.Kind((string)obj["kind"]!, (string)obj["apiVersion"]!).Schema;
        SchemaDefaults.Apply(obj, schema);
        return string.Join(", ", SchemaValidation.Validate(obj, schema));
    }

    private static string OfPod(string pod, string labels = "{'a':'b'}") =>
        Problems(Objects.Of("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':" + labels + "},'spec':" + pod + "}}}"));

    [Fact]
    public void A_sound_Deployment_is_valid() => Assert.Empty(OfPod("{'containers':[{'name':'c','image':'x'}]}"));

    [Theory]
    [InlineData("{'containers':[{'name':'c'}]}", "spec.template.spec.containers[0].image: Required value")]
    [InlineData("{'containers':[{'name':'c','image':'x'},{'name':'c','image':'x'}]}", "spec.template.spec.containers[1].name: Duplicate value: \"c\"")]
    [InlineData("{'containers':[{'name':'c','image':'x'}],'initContainers':[{'name':'c','image':'x'}]}", "spec.template.spec.initContainers[0].name: Duplicate value: \"c\"")]
    [InlineData("{'containers':[{'name':'c','image':'x','volumeMounts':[{'name':'z','mountPath':'/z'}]}]}", "spec.template.spec.containers[0].volumeMounts[0].name: Not found: \"z\"")]
    [InlineData("{'containers':[{'name':'c','image':'x','ports':[{'containerPort':70000}]}]}", "spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("{'containers':[{'name':'c','image':'x','imagePullPolicy':'Foo'}]}", "spec.template.spec.containers[0].imagePullPolicy: Unsupported value: \"Foo\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [InlineData("{'restartPolicy':'Never','containers':[{'name':'c','image':'x'}]}", "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    public void A_pod_that_cannot_be_is_refused(string pod, string expected) => Assert.Equal(expected, OfPod(pod));

    [Fact]
    public void A_container_is_named_by_a_label() =>
        Assert.StartsWith("spec.template.spec.containers[0].name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 label must consist of", OfPod("{'containers':[{'name':'Bad_Name','image':'x'}]}"), StringComparison.Ordinal);

    [Fact]
    public void A_selector_must_match_the_labels_of_its_template() =>
        Assert.Equal("spec.template.metadata.labels: Invalid value: map[string]string{\"q\":\"r\"}: `selector` does not match template `labels`", OfPod("{'containers':[{'name':'c','image':'x'}]}", "{'q':'r'}"));

    [Theory]
    [InlineData("'v1','kind':'Service','spec':{}", "spec.ports: Required value")]
    [InlineData("'v1','kind':'Service','spec':{'clusterIP':'None'}", "")]
    [InlineData("'v1','kind':'Service','spec':{'type':'ExternalName'}", "spec.externalName: Required value")]
    [InlineData("'v1','kind':'Service','spec':{'ports':[{'port':80},{'port':81,'name':'x'}]}", "spec.ports[0].name: Required value")]
    [InlineData("'v1','kind':'Service','spec':{'ports':[{'port':80,'name':'a'},{'port':81,'name':'a'}]}", "spec.ports[1].name: Duplicate value: \"a\"")]
    [InlineData("'v1','kind':'PersistentVolumeClaim','spec':{}", "spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value")]
    [InlineData("'batch/v1','kind':'Job','spec':{'template':{'spec':{'containers':[{'name':'a','image':'b'}]}}}", "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"")]
    [InlineData("'networking.k8s.io/v1','kind':'Ingress','spec':{}", "spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified")]
    [InlineData("'networking.k8s.io/v1','kind':'Ingress','spec':{'rules':[{'http':{'paths':[{'path':'x','pathType':'Prefix','backend':{'service':{'name':'a','port':{'number':80}}}}]}}]}", "spec.rules[0].http.paths[0].path: Invalid value: \"x\": must be an absolute path")]
    public void What_must_go_together_is_asked_for(string rest, string expected) =>
        Assert.Equal(expected, Problems(Objects.Of("{'apiVersion':" + rest + ",'metadata':{'name':'x'}}")));

    [Fact]
    public void Keys_of_a_ConfigMap_are_file_names() =>
        Assert.StartsWith("data[a b]: Invalid value: \"a b\": a valid config key must consist of", Problems(Objects.Of("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'x'},'data':{'a b':'c'}}")), StringComparison.Ordinal);

    [Fact]
    public void An_empty_status_is_nobodys_fault() =>
        Assert.Empty(Problems(Objects.Of("{'apiVersion':'v1','kind':'Node','metadata':{'name':'n'},'spec':{},'status':{}}")));
}
