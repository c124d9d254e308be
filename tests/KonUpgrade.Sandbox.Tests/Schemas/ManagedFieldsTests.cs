using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

/// <summary>Server-side apply and the tracking of owners; what is expected here is what a kube-apiserver v1.33 did.</summary>
public sealed class ManagedFieldsTests
{
    private const string Deployment = """
        {'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'d','labels':{'app':'web'}},
        'spec':{'replicas':3,'selector':{'matchLabels':{'app':'web'}},'template':{'metadata':{'labels':{'app':'web'}},
        'spec':{'containers':[{'name':'c','image':'nginx:1','ports':[{'containerPort':80},{'containerPort':443,'name':'tls'}],'env':[{'name':'A','value':'1'}]}]}}}}
        """;

    private static readonly ServedResource Deployments = Objects.Kind("Deployment", "apps/v1");

    private static FieldManager Manager(string name, string? subresource = null) => new()
    {
        Name = name,
        ApiVersion = "apps/v1",
        Kind = "Deployment",
        Schema = Deployments.Schema,
        Subresource = subresource,
        StatusSubresource = true,
        Now = Objects.Noon,
    };

    private static JsonObject Apply(JsonObject? live, string applied, string manager, bool force = false)
    {
        var outcome = ManagedFields.Apply(live, Objects.Of(applied), Manager(manager), force);
        Assert.Null(outcome.Problem);
        Assert.Empty(outcome.Conflicts);
        SchemaDefaults.Apply(outcome.Object!, Deployments.Schema);
        return outcome.Object!;
    }

    private static JsonObject Create(string text, string manager)
    {
        var obj = Objects.Defaulted(text);
        ManagedFields.TrackUpdate(null, obj, Manager(manager));
        return obj;
    }

    private static JsonObject Entry(JsonObject obj, string manager, string operation = "Apply") =>
        (JsonObject)obj["metadata"]!["managedFields"]!.AsArray().Single(e => (string)e!["manager"]! == manager && (string)e["operation"]! == operation)!;

    private static bool HasEntry(JsonObject obj, string manager) =>
        obj["metadata"]!["managedFields"]?.AsArray().Any(e => (string)e!["manager"]! == manager) ?? false;

    private static string Small(string spec) => "{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'d'},'spec':" + spec + "}";

    [Fact]
    public void An_applier_owns_what_it_names_and_no_defaults()
    {
        var obj = Apply(null, Deployment, "k");
        Objects.Same("""
            {'manager':'k','operation':'Apply','apiVersion':'apps/v1','time':'2024-05-06T12:00:00Z','fieldsType':'FieldsV1','fieldsV1':{
            'f:metadata':{'f:labels':{'f:app':{}}},
            'f:spec':{'f:replicas':{},'f:selector':{},'f:template':{'f:metadata':{'f:labels':{'f:app':{}}},'f:spec':{'f:containers':{'k:{\"name\":\"c\"}':{'.':{},
            'f:env':{'k:{\"name\":\"A\"}':{'.':{},'f:name':{},'f:value':{}}},'f:image':{},'f:name':{},
            'f:ports':{'k:{\"containerPort\":80,\"protocol\":\"TCP\"}':{'.':{},'f:containerPort':{}},'k:{\"containerPort\":443,\"protocol\":\"TCP\"}':{'.':{},'f:containerPort':{},'f:name':{}}}}}}}}}}
            """, Entry(obj, "k"));
    }

    [Fact]
    public void Who_creates_owns_the_defaults_too_and_the_maps_it_made()
    {
        var fields = Entry(Create(Deployment, "curl"), "curl", "Update")["fieldsV1"]!;
        Objects.Same("{'.':{},'f:app':{}}", fields["f:metadata"]!["f:labels"]);
        Assert.NotNull(fields["f:spec"]!["f:progressDeadlineSeconds"]);
        Assert.NotNull(fields["f:spec"]!["f:strategy"]!["f:rollingUpdate"]!["."]);
        // What a Deployment has from the beginning is nobody's.
        Assert.Null(fields["f:status"]);
        Assert.Null(fields["f:spec"]!["."]);
        Assert.Null(fields["f:metadata"]!["f:name"]);
    }

    [Fact]
    public void A_conflict_names_manager_version_and_field()
    {
        var outcome = ManagedFields.Apply(Create(Deployment, "kubectl"), Objects.Of(Small("{'replicas':5}")), Manager("me"), force: false);
        Assert.Null(outcome.Object);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: .spec.replicas", outcome.ConflictMessage);
        Assert.Equal("conflict with \"kubectl\" using apps/v1", Assert.Single(outcome.Conflicts).Message);
    }

    [Fact]
    public void An_applier_in_the_way_is_named_without_a_version()
    {
        var outcome = ManagedFields.Apply(Apply(null, Deployment, "a"), Objects.Of(Small("{'replicas':5}")), Manager("b"), force: false);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas", outcome.ConflictMessage);
    }

    [Fact]
    public void Several_conflicts_are_listed_by_manager()
    {
        var outcome = ManagedFields.Apply(Create(Deployment, "curl"), Objects.Of(Small("{'replicas':9,'template':{'spec':{'containers':[{'name':'c','image':'other'}]}}}")), Manager("z"), force: false);
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"curl\" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name=\"c\"].image", outcome.ConflictMessage);
    }

    [Fact]
    public void Force_takes_the_field_over()
    {
        var obj = Apply(Apply(null, Deployment, "a"), Small("{'replicas':5}"), "b", force: true);
        Assert.Equal(5, (int)obj["spec"]!["replicas"]!);
        Assert.Null(Entry(obj, "a")["fieldsV1"]!["f:spec"]!["f:replicas"]);
        Objects.Same("{'f:spec':{'f:replicas':{}}}", Entry(obj, "b")["fieldsV1"]);
    }

    [Fact]
    public void The_same_value_is_owned_together()
    {
        var obj = Apply(Apply(null, Deployment, "a"), Small("{'replicas':3}"), "b");
        Assert.NotNull(Entry(obj, "a")["fieldsV1"]!["f:spec"]!["f:replicas"]);
        Assert.NotNull(Entry(obj, "b")["fieldsV1"]!["f:spec"]!["f:replicas"]);
    }

    [Fact]
    public void What_is_applied_no_longer_goes_and_is_defaulted_again()
    {
        var less = Objects.Of(Deployment);
        less["metadata"]!.AsObject().Remove("labels");
        less["spec"]!.AsObject().Remove("replicas");
        var container = less["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject();
        container["ports"]!.AsArray().RemoveAt(1);
        container.Remove("env");
        var obj = Apply(Apply(null, Deployment, "a"), less.ToJsonString(), "a");
        Assert.False(obj["metadata"]!.AsObject().ContainsKey("labels"));
        Assert.Equal(1, (int)obj["spec"]!["replicas"]!);
        var after = obj["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Assert.Null(after["env"]);
        Objects.Same("[{'containerPort':80,'protocol':'TCP'}]", after["ports"]);
    }

    [Fact]
    public void What_another_applies_too_stays()
    {
        var both = Apply(Apply(null, Deployment, "a"), Deployment, "b");
        var obj = Apply(both, Small("{'selector':{'matchLabels':{'app':'web'}}}"), "a");
        Assert.Equal("web", (string)obj["metadata"]!["labels"]!["app"]!);
        Assert.Equal(3, (int)obj["spec"]!["replicas"]!);
        Assert.Single(obj["spec"]!["template"]!["spec"]!["containers"]!.AsArray());
    }

    [Fact]
    public void An_item_of_another_applier_joins_the_list()
    {
        var obj = Apply(Apply(null, Deployment, "a"), Small("{'template':{'spec':{'containers':[{'name':'side','image':'x:1'}]}}}"), "b");
        Assert.Equal(["c", "side"], obj["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => (string)c!["name"]!));
    }

    [Fact]
    public void An_update_moves_ownership_of_what_it_changed()
    {
        var live = Create(Deployment, "kubectl-create");
        var after = (JsonObject)live.DeepClone();
        after["spec"]!["replicas"] = 4;
        after["metadata"]!["labels"]!["x"] = "y";
        ManagedFields.TrackUpdate(live, after, Manager("editor"));
        Objects.Same("{'f:metadata':{'f:labels':{'f:x':{}}},'f:spec':{'f:replicas':{}}}", Entry(after, "editor", "Update")["fieldsV1"]);
        Assert.Null(Entry(after, "kubectl-create", "Update")["fieldsV1"]!["f:spec"]!["f:replicas"]);
    }

    [Fact]
    public void A_field_taken_away_belongs_to_nobody()
    {
        var live = Create(Deployment, "a");
        var after = (JsonObject)live.DeepClone();
        after["metadata"]!.AsObject().Remove("labels");
        ManagedFields.TrackUpdate(live, after, Manager("b"));
        Assert.Null(Entry(after, "a", "Update")["fieldsV1"]!["f:metadata"]);
        Assert.False(HasEntry(after, "b"));
    }

    [Fact]
    public void A_write_that_changes_nothing_leaves_entries_and_times()
    {
        var live = Apply(null, Deployment, "a");
        var later = Manager("a") with { Now = Objects.Noon.AddHours(1) };
        var outcome = ManagedFields.Apply(live, Objects.Of(Deployment), later, force: false);
        SchemaDefaults.Apply(outcome.Object!, Deployments.Schema);
        Assert.Equal(live.ToJsonString(), outcome.Object!.ToJsonString());
        var updated = (JsonObject)live.DeepClone();
        ManagedFields.TrackUpdate(live, updated, later with { Name = "b" });
        Assert.Equal(live["metadata"]!["managedFields"]!.ToJsonString(), updated["metadata"]!["managedFields"]!.ToJsonString());
    }

    [Fact]
    public void Status_is_owned_through_its_subresource_alone()
    {
        var live = Create(Deployment, "a");
        var after = (JsonObject)live.DeepClone();
        after["status"]!["replicas"] = 2;
        ManagedFields.TrackUpdate(live, after, Manager("ctl", "status"));
        var entry = Entry(after, "ctl", "Update");
        Assert.Equal("status", (string)entry["subresource"]!);
        Objects.Same("{'f:status':{'f:replicas':{}}}", entry["fieldsV1"]);

        var withStatus = Objects.Of(Small("{'replicas':3}"));
        withStatus["status"] = new JsonObject { ["replicas"] = 7 };
        var applied = ManagedFields.Apply(after, withStatus, Manager("k"), force: true).Object!;
        Assert.Null(Entry(applied, "k")["fieldsV1"]!["f:status"]);
    }

    [Fact]
    public void A_conflict_over_the_status_names_the_subresource()
    {
        var live = Create(Deployment, "a");
        var after = (JsonObject)live.DeepClone();
        after["status"]!["replicas"] = 2;
        ManagedFields.TrackUpdate(live, after, Manager("ctl", "status"));
        var mine = Objects.Of("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'d'},'status':{'replicas':3}}");
        Assert.Equal("Apply failed with 1 conflict: conflict with \"ctl\" with subresource \"status\" using apps/v1: .status.replicas",
            ManagedFields.Apply(after, mine, Manager("k", "status"), force: false).ConflictMessage);
    }

    [Fact]
    public void An_untracked_object_belongs_to_a_manager_of_its_own_before_the_first_apply()
    {
        var live = Objects.Defaulted(Deployment);
        var outcome = ManagedFields.Apply(live, Objects.Of(Small("{'replicas':5}")), Manager("k"), force: false);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1: .spec.replicas", outcome.ConflictMessage);
        var updated = (JsonObject)live.DeepClone();
        updated["spec"]!["replicas"] = 8;
        ManagedFields.TrackUpdate(live, updated, Manager("u"));
        Assert.Null(updated["metadata"]!["managedFields"]);
    }

    [Fact]
    public void Kubectl_takes_over_from_its_own_client_side_apply()
    {
        var live = Objects.Of(Deployment);
        live["metadata"]!["annotations"] = new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = Objects.Of(Deployment).ToJsonString() };
        live = Create(live.ToJsonString(), "kubectl-client-side-apply");
        var changed = Objects.Of(Deployment);
        changed["spec"]!["replicas"] = 6;
        Assert.NotEmpty(ManagedFields.Apply(live, changed, Manager("other"), force: false).Conflicts);
        var outcome = ManagedFields.Apply(live, changed, Manager("kubectl"), force: false);
        Assert.Equal(6, (int)outcome.Object!["spec"]!["replicas"]!);
        // The annotation follows, so that client-side apply may go on.
        Assert.Contains("\"replicas\":6", (string)outcome.Object["metadata"]!["annotations"]!["kubectl.kubernetes.io/last-applied-configuration"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Clients_may_clear_the_entries_but_not_by_leaving_them_out()
    {
        var live = Create(Deployment, "a");
        var without = (JsonObject)live.DeepClone();
        without["metadata"]!.AsObject().Remove("managedFields");
        ManagedFields.TrackUpdate(live, without, Manager("b"));
        Assert.True(HasEntry(without, "a"));

        var cleared = (JsonObject)live.DeepClone();
        cleared["metadata"]!["managedFields"] = new JsonArray(new JsonObject());
        ManagedFields.TrackUpdate(live, cleared, Manager("b"));
        Assert.Null(cleared["metadata"]!["managedFields"]);
    }

    [Fact]
    public void More_than_ten_updaters_are_merged_into_ancient_changes()
    {
        var obj = Create(Deployment, "m00");
        for (var i = 1; i <= 12; i++)
        {
            var next = (JsonObject)obj.DeepClone();
            next["metadata"]!["labels"]!["l" + i] = "x";
            ManagedFields.TrackUpdate(obj, next, Manager($"m{i:00}") with { Now = Objects.Noon.AddMinutes(i) });
            obj = next;
        }
        Assert.Equal(10, obj["metadata"]!["managedFields"]!.AsArray().Count);
        Assert.NotNull(Entry(obj, "ancient-changes", "Update")["fieldsV1"]!["f:metadata"]!["f:labels"]!["f:l2"]);
    }

    [Fact]
    public void A_field_the_schema_does_not_have_cannot_be_applied() =>
        Assert.Equal("failed to create typed patch object (d/web; apps/v1, Kind=Deployment): .spec.bar: field not declared in schema",
            ManagedFields.Apply(null, Objects.Of(Small("{'bar':1}")), Manager("k"), force: false).Problem);

    [Fact]
    public void The_same_key_twice_cannot_be_applied() =>
        Assert.Equal("failed to create typed patch object (d/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate entries for key [name=\"c\"]",
            ManagedFields.Apply(null, Objects.Of(Small("{'template':{'spec':{'containers':[{'name':'c'},{'name':'c'}]}}}")), Manager("k"), force: false).Problem);

    [Fact]
    public void An_owner_in_another_version_is_compared_in_that_version()
    {
        var v1 = Objects.Kind("Ingress", "networking.k8s.io/v1", 21);
        var old = Objects.Kind("Ingress", "networking.k8s.io/v1beta1", 21);
        FieldManager By(string name, ServedResource resource, ServedResource other) => new()
        {
            Name = name,
            ApiVersion = resource.ApiVersion,
            Kind = "Ingress",
            Schema = resource.Schema,
            Now = Objects.Noon,
            OtherVersions = version => version != other.ApiVersion ? null : new ManagedVersion(other.Schema,
                o => Conversion.Convert((JsonObject)o.DeepClone(), resource, other), o => Conversion.Convert((JsonObject)o.DeepClone(), other, resource)),
        };
        var applied = ManagedFields.Apply(null, Objects.Of("{'apiVersion':'networking.k8s.io/v1beta1','kind':'Ingress','metadata':{'name':'i'},'spec':{'backend':{'serviceName':'s','servicePort':80}}}"), By("a", old, v1), force: false).Object!;
        SchemaDefaults.Apply(applied, old.Schema);
        var live = Conversion.Convert(applied, old, v1);
        var same = "{'apiVersion':'networking.k8s.io/v1','kind':'Ingress','metadata':{'name':'i'},'spec':{'defaultBackend':{'service':{'name':'s','port':{'number':80}}}}}";
        Assert.Empty(ManagedFields.Apply(live, Objects.Of(same), By("b", v1, old), force: false).Conflicts);
        var conflict = Assert.Single(ManagedFields.Apply(live, Objects.Of(same.Replace("80", "81", StringComparison.Ordinal)), By("b", v1, old), force: false).Conflicts);
        Assert.Equal(".spec.backend.servicePort", conflict.Path);
    }
}
