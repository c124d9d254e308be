using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class StrategicMergePatchTests
{
    private static JsonObject Patch(string current, string patch, string kind = "Pod", string apiVersion = "v1") =>
        StrategicMergePatch.Apply(Objects.Of(current), Objects.Of(patch), Objects.Kind(kind, apiVersion).Schema);

    [Fact]
    public void Items_are_merged_by_their_key_and_new_ones_keep_the_order_of_the_patch() =>
        Objects.Same("{'spec':{'containers':[{'name':'b','image':'new'},{'name':'a','image':'1','tty':true}]}}",
            Patch("{'spec':{'containers':[{'name':'a','image':'1'}]}}", "{'spec':{'containers':[{'name':'b','image':'new'},{'name':'a','tty':true}]}}"));

    [Fact]
    public void A_null_takes_a_field_away() =>
        Objects.Same("{'metadata':{'labels':{'b':'2'}}}", Patch("{'metadata':{'labels':{'a':'1','b':'2'}}}", "{'metadata':{'labels':{'a':null,'none':null}}}"));

    [Fact]
    public void Nulls_do_not_come_in_with_a_new_map() =>
        Objects.Same("{'metadata':{'labels':{'a':'1'}}}", Patch("{'metadata':{}}", "{'metadata':{'labels':{'a':'1','b':null}}}"));

    [Fact]
    public void An_item_is_deleted_by_its_key() =>
        Objects.Same("{'spec':{'containers':[{'name':'b'}]}}", Patch("{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}", "{'spec':{'containers':[{'name':'a','$patch':'delete'}]}}"));

    [Fact]
    public void A_list_is_replaced_on_demand() =>
        Objects.Same("{'spec':{'containers':[{'name':'c'}]}}", Patch("{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}", "{'spec':{'containers':[{'$patch':'replace'},{'name':'c'}]}}"));

    [Fact]
    public void A_map_is_replaced_or_emptied_on_demand()
    {
        Objects.Same("{'spec':{'securityContext':{'runAsUser':2}}}", Patch("{'spec':{'securityContext':{'runAsGroup':1}}}", "{'spec':{'securityContext':{'$patch':'replace','runAsUser':2}}}"));
        Objects.Same("{'spec':{'securityContext':{}}}", Patch("{'spec':{'securityContext':{'runAsGroup':1}}}", "{'spec':{'securityContext':{'$patch':'delete'}}}"));
    }

    [Fact]
    public void Keys_that_are_not_retained_go() =>
        Objects.Same("{'spec':{'strategy':{'type':'Recreate'}}}",
            Patch("{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}", "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}", "Deployment", "apps/v1"));

    [Fact]
    public void A_patch_must_name_what_it_retains() =>
        Assert.Throws<PatchException>(() => Patch("{'spec':{'strategy':{}}}", "{'spec':{'strategy':{'$retainKeys':['type'],'rollingUpdate':{}}}}", "Deployment", "apps/v1"));

    [Fact]
    public void Values_are_added_to_a_set_once_and_deleted_by_name()
    {
        Objects.Same("{'metadata':{'finalizers':['a','b']}}", Patch("{'metadata':{'finalizers':['a']}}", "{'metadata':{'finalizers':['a','b']}}"));
        Objects.Same("{'metadata':{'finalizers':['b']}}", Patch("{'metadata':{'finalizers':['a','b']}}", "{'metadata':{'$deleteFromPrimitiveList/finalizers':['a']}}"));
    }

    [Fact]
    public void The_order_of_a_list_is_as_the_patch_sets_it_and_other_items_stay_where_they_were() =>
        Objects.Same("{'spec':{'containers':[{'name':'x'},{'name':'c'},{'name':'a','tty':true}]}}",
            Patch("{'spec':{'containers':[{'name':'a'},{'name':'x'},{'name':'c'}]}}", "{'spec':{'$setElementOrder/containers':[{'name':'c'},{'name':'a'}],'containers':[{'name':'a','tty':true}]}}"));

    [Fact]
    public void A_list_that_contradicts_its_own_order_is_refused() =>
        Assert.StartsWith("The order in patch list:\n[map[name:d] map[name:c]]\n doesn't match",
            Assert.Throws<PatchException>(() => Patch("{'spec':{'containers':[]}}", "{'spec':{'$setElementOrder/containers':[{'name':'c'},{'name':'d'}],'containers':[{'name':'d'},{'name':'c'}]}}")).Message);

    [Fact]
    public void An_item_without_its_key_is_refused() =>
        Assert.Equal("map: map[image:x] does not contain declared merge key: name",
            Assert.Throws<PatchException>(() => Patch("{'spec':{'containers':[{'name':'a'}]}}", "{'spec':{'containers':[{'image':'x'}]}}")).Message);

    [Fact]
    public void A_list_without_a_strategy_is_replaced() =>
        Objects.Same("{'spec':{'tolerations':[{'key':'b'}]}}", Patch("{'spec':{'tolerations':[{'key':'a'}]}}", "{'spec':{'tolerations':[{'key':'b'}]}}"));

    [Fact]
    public void A_patch_is_left_as_it_was()
    {
        var patch = Objects.Of("{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}");
        StrategicMergePatch.Apply(Objects.Of("{'spec':{'strategy':{}}}"), patch, Objects.Kind("Deployment", "apps/v1").Schema);
        Assert.NotNull(patch["spec"]!["strategy"]!["$retainKeys"]);
    }

    [Fact]
    public void A_merge_patch_merges_maps_replaces_lists_and_deletes_by_null() =>
        Objects.Same("{'a':{'c':2},'l':[3],'n':{'x':1}}", MergePatch.Apply(Objects.Of("{'a':{'b':1},'l':[1,2],'n':5}"), Objects.Of("{'a':{'b':null,'c':2},'l':[3],'n':{'x':1,'y':null}}")));
}
