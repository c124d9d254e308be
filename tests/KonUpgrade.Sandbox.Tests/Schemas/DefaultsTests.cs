using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class DefaultsTests
{
    private const string Template = "'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'nginx'}]}}";

    [Fact]
    public void A_Deployment_gets_its_strategy_and_limits()
    {
        var spec = Objects.Defaulted("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a'},'spec':{'selector':{'matchLabels':{'a':'b'}}," + Template + "}}")["spec"]!;
        Assert.Equal(1, (int)spec["replicas"]!);
        Assert.Equal(10, (int)spec["revisionHistoryLimit"]!);
        Assert.Equal(600, (int)spec["progressDeadlineSeconds"]!);
        Objects.Same("{'type':'RollingUpdate','rollingUpdate':{'maxUnavailable':'25%','maxSurge':'25%'}}", spec["strategy"]);
    }

    [Fact]
    public void A_pod_template_is_written_as_the_server_writes_it()
    {
        var template = Objects.Defaulted("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a'},'spec':{" + Template + "}}")["spec"]!["template"];
        Objects.Same("""
            {'metadata':{'creationTimestamp':null,'labels':{'a':'b'}},'spec':{'containers':[{'name':'c','image':'nginx','resources':{},
            'terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File','imagePullPolicy':'Always'}],
            'restartPolicy':'Always','terminationGracePeriodSeconds':30,'dnsPolicy':'ClusterFirst','securityContext':{},'schedulerName':'default-scheduler'}}
            """, template);
    }

    [Fact]
    public void From_1_34_on_a_template_has_no_empty_creation_time()
    {
        var template = Objects.Defaulted("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'a'},'spec':{" + Template + "}}", 34)["spec"]!["template"]!;
        Assert.False(template["metadata"]!.AsObject().ContainsKey("creationTimestamp"));
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("reg:5000/a/nginx", "Always")]
    [InlineData("nginx:1.25", "IfNotPresent")]
    [InlineData("reg:5000/nginx:1", "IfNotPresent")]
    [InlineData("nginx@sha256:00", "IfNotPresent")]
    [InlineData("", "IfNotPresent")]
    public void Whether_an_image_is_pulled_follows_from_its_tag(string image, string policy) =>
        Assert.Equal(policy, BuiltInDefaults.PullPolicy(image));

    [Fact]
    public void A_Service_gets_type_affinity_and_target_ports()
    {
        var spec = Objects.Defaulted("{'apiVersion':'v1','kind':'Service','metadata':{'name':'a'},'spec':{'ports':[{'port':80},{'port':81,'protocol':'UDP','targetPort':'x'}]}}")["spec"];
        Objects.Same("{'ports':[{'port':80,'protocol':'TCP','targetPort':80},{'port':81,'protocol':'UDP','targetPort':'x'}],'type':'ClusterIP','sessionAffinity':'None','internalTrafficPolicy':'Cluster'}", spec);
    }

    [Fact]
    public void Before_1_22_a_Service_has_no_internal_traffic_policy() =>
        Assert.Null(Objects.Defaulted("{'apiVersion':'v1','kind':'Service','metadata':{'name':'a'},'spec':{'ports':[{'port':80}]}}", 21)["spec"]!["internalTrafficPolicy"]);

    [Fact]
    public void A_Service_reached_from_outside_says_how_its_traffic_goes()
    {
        var spec = Objects.Defaulted("{'apiVersion':'v1','kind':'Service','metadata':{'name':'a'},'spec':{'type':'LoadBalancer','sessionAffinity':'ClientIP','ports':[{'port':80}]}}")["spec"]!;
        Assert.Equal("Cluster", (string)spec["externalTrafficPolicy"]!);
        Assert.True((bool)spec["allocateLoadBalancerNodePorts"]!);
        Assert.Equal(10800, (int)spec["sessionAffinityConfig"]!["clientIP"]!["timeoutSeconds"]!);
    }

    [Fact]
    public void A_CronJob_leaves_the_job_in_it_as_it_is()
    {
        var spec = Objects.Defaulted("{'apiVersion':'batch/v1','kind':'CronJob','metadata':{'name':'a'},'spec':{'schedule':'* * * * *','jobTemplate':{'spec':{" + Template + "}}}}")["spec"]!;
        Assert.Equal("Allow", (string)spec["concurrencyPolicy"]!);
        Assert.Equal(3, (int)spec["successfulJobsHistoryLimit"]!);
        Assert.Null(spec["jobTemplate"]!["spec"]!["backoffLimit"]);
        Assert.Equal("ClusterFirst", (string)spec["jobTemplate"]!["spec"]!["template"]!["spec"]!["dnsPolicy"]!);
    }

    [Fact]
    public void A_Job_takes_the_labels_of_its_template()
    {
        var job = Objects.Defaulted("{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'a'},'spec':{" + Template + "}}");
        Objects.Same("{'a':'b'}", job["metadata"]!["labels"]);
        Assert.Equal(6, (int)job["spec"]!["backoffLimit"]!);
        Assert.Equal(1, (int)job["spec"]!["completions"]!);
        Assert.Equal("TerminatingOrFailed", (string)job["spec"]!["podReplacementPolicy"]!);
    }

    [Fact]
    public void The_webhooks_of_v1_fail_closed_and_those_of_v1beta1_open()
    {
        const string hook = "'metadata':{'name':'a'},'webhooks':[{'name':'a.b.c','clientConfig':{'service':{'name':'s','namespace':'n'}}}]}";
        var now = Objects.Defaulted("{'apiVersion':'admissionregistration.k8s.io/v1','kind':'ValidatingWebhookConfiguration'," + hook)["webhooks"]![0]!;
        var then = Objects.Defaulted("{'apiVersion':'admissionregistration.k8s.io/v1beta1','kind':'ValidatingWebhookConfiguration'," + hook, 21)["webhooks"]![0]!;
        Assert.Equal(("Fail", "Equivalent", 10), ((string)now["failurePolicy"]!, (string)now["matchPolicy"]!, (int)now["timeoutSeconds"]!));
        Assert.Equal(("Ignore", "Exact", 30), ((string)then["failurePolicy"]!, (string)then["matchPolicy"]!, (int)then["timeoutSeconds"]!));
        Assert.Equal(443, (int)now["clientConfig"]!["service"]!["port"]!);
    }

    [Fact]
    public void Text_given_for_a_Secret_becomes_its_data() =>
        Objects.Same("{'c':'ZA==','a':'Yg=='}", Objects.Defaulted("{'apiVersion':'v1','kind':'Secret','metadata':{'name':'a'},'stringData':{'a':'b'},'data':{'c':'ZA=='}}")["data"]);

    [Fact]
    public void A_Namespace_carries_its_name_as_a_label() =>
        Objects.Same("{'kubernetes.io/metadata.name':'n'}", Objects.Defaulted("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'n'}}")["metadata"]!["labels"]);

    [Fact]
    public void Empty_and_null_fields_of_a_built_in_kind_are_not_kept()
    {
        var pod = Objects.Defaulted("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a','labels':{},'annotations':null},'spec':{'hostNetwork':false,'nodeName':'','activeDeadlineSeconds':0,'volumes':[],'containers':[{'name':'c','image':'a:1','args':[]}]}}");
        Objects.Same("{'name':'a','creationTimestamp':null}", pod["metadata"]);
        var spec = pod["spec"]!.AsObject();
        Assert.False(spec.ContainsKey("hostNetwork"));
        Assert.False(spec.ContainsKey("nodeName"));
        Assert.False(spec.ContainsKey("volumes"));
        // A pointer: zero was said, and is kept.
        Assert.Equal(0, (int)spec["activeDeadlineSeconds"]!);
        Objects.Same("{}", pod["status"]);
    }

    [Fact]
    public void A_Job_is_selected_by_its_own_uid()
    {
        var job = Objects.Defaulted("{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'a','uid':'u-1'},'spec':{" + Template + "}}");
        Assert.Empty(JobSelector.Generate(job, 33));
        Objects.Same("{'matchLabels':{'batch.kubernetes.io/controller-uid':'u-1'}}", job["spec"]!["selector"]);
        Objects.Same("{'a':'b','controller-uid':'u-1','job-name':'a','batch.kubernetes.io/controller-uid':'u-1','batch.kubernetes.io/job-name':'a'}", job["metadata"]!["labels"]);
    }

    [Fact]
    public void A_Job_with_the_uid_of_another_is_refused()
    {
        var job = Objects.Defaulted("{'apiVersion':'batch/v1','kind':'Job','metadata':{'name':'a','uid':'u-1'},'spec':{'selector':{'matchLabels':{'controller-uid':'other'}},'template':{'metadata':{'labels':{'controller-uid':'other'}},'spec':{'containers':[{'name':'c','image':'x'}]}}}}", 25);
        Assert.Equal(
            "spec.template.metadata.labels[controller-uid]: Invalid value: map[string]string{\"controller-uid\":\"other\", \"job-name\":\"a\"}: must be 'u-1', "
            + "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{\"controller-uid\":\"other\"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` not auto-generated",
            string.Join(", ", JobSelector.Generate(job, 25)));
    }

    [Theory]
    [InlineData("1024Mi", "1Gi")]
    [InlineData("0.5", "500m")]
    [InlineData("1500M", "1500M")]
    [InlineData("1000", "1k")]
    [InlineData("1.5Gi", "1536Mi")]
    [InlineData("0", "0")]
    [InlineData("100m", "100m")]
    public void Quantities_are_written_in_their_largest_whole_unit(string written, string canonical) =>
        Assert.Equal(canonical, Quantity.Canonical(written));

    [Fact]
    public void What_is_no_quantity_stays_as_it_is() => Assert.Null(Quantity.Canonical("lots"));
}
