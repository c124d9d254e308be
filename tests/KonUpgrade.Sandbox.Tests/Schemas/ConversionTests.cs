using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class ConversionTests
{
    private static JsonObject Convert(string text, string to, int minor)
    {
        var obj = Objects.Of(text);
        var kind = (string)obj["kind"]!;
        return Conversion.Convert(obj, Objects.Kind(kind, (string)obj["apiVersion"]!, minor), Objects.Kind(kind, to, minor));
    }

    [Fact]
    public void The_back_ends_of_an_Ingress_are_named_another_way()
    {
        const string old = "{'backend':{'serviceName':'d','servicePort':'http'},'rules':[{'host':'a.b','http':{'paths':[{'path':'/','pathType':'Prefix','backend':{'serviceName':'s','servicePort':80}}]}}]}";
        const string now = "{'defaultBackend':{'service':{'name':'d','port':{'name':'http'}}},'rules':[{'host':'a.b','http':{'paths':[{'path':'/','pathType':'Prefix','backend':{'service':{'name':'s','port':{'number':80}}}}]}}]}";
        Objects.Same(now, Convert("{'apiVersion':'networking.k8s.io/v1beta1','kind':'Ingress','metadata':{'name':'i'},'spec':" + old + "}", "networking.k8s.io/v1", 21)["spec"]);
        var back = Convert("{'apiVersion':'networking.k8s.io/v1','kind':'Ingress','metadata':{'name':'i'},'spec':" + now + "}", "extensions/v1beta1", 21);
        Objects.Same(old, back["spec"]);
        Assert.Equal("extensions/v1beta1", (string)back["apiVersion"]!);
    }

    [Fact]
    public void What_an_old_definition_says_for_all_versions_is_said_for_each()
    {
        var spec = Convert("""
            {'apiVersion':'apiextensions.k8s.io/v1beta1','kind':'CustomResourceDefinition','metadata':{'name':'a.b.c'},'spec':{'group':'b.c','scope':'Namespaced','names':{'kind':'A','plural':'as'},
            'version':'v1','subresources':{'status':{}},'additionalPrinterColumns':[{'name':'x','type':'string','JSONPath':'.x'}],'validation':{'openAPIV3Schema':{'type':'object'}},
            'conversion':{'strategy':'Webhook','webhookClientConfig':{'url':'https://x'},'conversionReviewVersions':['v1']},'preserveUnknownFields':false}}
            """, "apiextensions.k8s.io/v1", 21)["spec"]!;
        Objects.Same("[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}},'subresources':{'status':{}},'additionalPrinterColumns':[{'name':'x','type':'string','jsonPath':'.x'}]}]", spec["versions"]);
        Objects.Same("{'strategy':'Webhook','webhook':{'clientConfig':{'url':'https://x'},'conversionReviewVersions':['v1']}}", spec["conversion"]);
        Assert.Null(spec["validation"]);
    }

    [Fact]
    public void What_all_versions_of_a_definition_share_is_said_once_in_the_old_one()
    {
        var spec = Convert("""
            {'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{'name':'a.b.c'},'spec':{'group':'b.c','scope':'Namespaced','names':{'kind':'A','plural':'as'},
            'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}}},{'name':'v2','served':true,'storage':false,'schema':{'openAPIV3Schema':{'type':'object'}},'subresources':{'status':{}}}]}}
            """, "apiextensions.k8s.io/v1beta1", 21)["spec"]!;
        Assert.Equal("v1", (string)spec["version"]!);
        Objects.Same("{'openAPIV3Schema':{'type':'object'}}", spec["validation"]);
        Objects.Same("[{'name':'v1','served':true,'storage':true},{'name':'v2','served':true,'storage':false,'subresources':{'status':{}}}]", spec["versions"]);
    }

    [Fact]
    public void An_autoscaler_of_v1_keeps_what_it_has_no_field_for_and_gives_it_back()
    {
        const string metrics = """
            [{'type':'Resource','resource':{'name':'cpu','target':{'type':'Utilization','averageUtilization':70}}},
            {'type':'Pods','pods':{'metric':{'name':'m','selector':{'matchLabels':{'a':'b'}}},'target':{'type':'AverageValue','averageValue':'5'}}},
            {'type':'Object','object':{'describedObject':{'kind':'A','name':'b'},'metric':{'name':'o'},'target':{'type':'Value','value':'7'}}},
            {'type':'External','external':{'metric':{'name':'e'},'target':{'type':'Value','value':'8'}}}]
            """;
        const string behavior = "{'scaleDown':{'stabilizationWindowSeconds':60}}";
        var v1 = Convert("{'apiVersion':'autoscaling/v2','kind':'HorizontalPodAutoscaler','metadata':{'name':'h'},'spec':{'maxReplicas':5,'scaleTargetRef':{'kind':'Deployment','name':'x'},'metrics':" + metrics + ",'behavior':" + behavior + "}}", "autoscaling/v1", 33);
        Assert.Equal(70, (int)v1["spec"]!["targetCPUUtilizationPercentage"]!);
        Assert.Equal("{\"ScaleDown\":{\"StabilizationWindowSeconds\":60}}", (string)v1["metadata"]!["annotations"]!["autoscaling.alpha.kubernetes.io/behavior"]!);
        var v2 = Convert(v1.ToJsonString(), "autoscaling/v2", 33);
        Objects.Same(metrics, v2["spec"]!["metrics"]);
        Objects.Same(behavior, v2["spec"]!["behavior"]);
        Assert.Null(v2["metadata"]!["annotations"]);
    }

    [Fact]
    public void An_Event_has_other_names_in_its_own_group()
    {
        var note = Convert("{'apiVersion':'v1','kind':'Event','metadata':{'name':'e'},'involvedObject':{'kind':'Pod','name':'p'},'message':'hello','count':2,'reason':'R'}", "events.k8s.io/v1", 33);
        Assert.Equal("hello", (string)note["note"]!);
        Assert.Equal(2, (int)note["deprecatedCount"]!);
        Objects.Same("{'kind':'Pod','name':'p'}", note["regarding"]);
        Assert.Null(note["involvedObject"]);
    }

    [Fact]
    public void The_topology_of_an_endpoint_is_split_into_fields()
    {
        var slice = Convert("{'apiVersion':'discovery.k8s.io/v1beta1','kind':'EndpointSlice','metadata':{'name':'e'},'addressType':'IPv4','ports':[],'endpoints':[{'addresses':['10.0.0.1'],'topology':{'topology.kubernetes.io/zone':'z','kubernetes.io/hostname':'n','x':'y'}}]}", "discovery.k8s.io/v1", 24);
        Objects.Same("{'addresses':['10.0.0.1'],'conditions':{},'zone':'z','nodeName':'n','deprecatedTopology':{'x':'y'}}", slice["endpoints"]![0]);
    }

    [Fact]
    public void Assured_shares_became_nominal() =>
        Assert.Equal(7, (int)Convert("{'apiVersion':'flowcontrol.apiserver.k8s.io/v1beta2','kind':'PriorityLevelConfiguration','metadata':{'name':'p'},'spec':{'type':'Limited','limited':{'assuredConcurrencyShares':7}}}", "flowcontrol.apiserver.k8s.io/v1beta3", 28)["spec"]!["limited"]!["nominalConcurrencyShares"]!);

    [Fact]
    public void Versions_that_differ_in_name_only_keep_their_fields()
    {
        var cron = Convert("{'apiVersion':'batch/v1beta1','kind':'CronJob','metadata':{'name':'c'},'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{'template':{'spec':{'containers':[{'name':'a'}]}}}}}}", "batch/v1", 24);
        Assert.Equal("batch/v1", (string)cron["apiVersion"]!);
        Assert.Equal("* * * * *", (string)cron["spec"]!["schedule"]!);
    }
}
