using System.Collections;
using System.Text;
using KonUpgrade.Engine.Configuration.Converting;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Converting;

/// <summary>Items on their way to another version of Kubernetes.</summary>
public sealed class ConfigConverterTests(SandboxFixture sandbox)
{
    private const string OldDefinition =
        """{"apiVersion":"apiextensions.k8s.io/v1beta1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.shop.example"},"spec":{"group":"shop.example","version":"v1","scope":"Namespaced","names":{"kind":"Widget","plural":"widgets"}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void An_old_definition_becomes_one_of_v1_and_says_how()
    {
        var item = Convert("1.34", OldDefinition);
        Assert.Equal((ClusterConfigItemAction.Converted, "apiextensions.k8s.io/v1", "widgets.shop.example"), (item.Action, item.ApiVersion, item.Name));
        Assert.Equal("apiextensions.k8s.io/v1beta1 → apiextensions.k8s.io/v1", item.Conversion!.ToString());
        Assert.NotEmpty(item.Conversion.Note);
        Assert.IsAssignableFrom<IList>(((IDictionary)item.Object!["spec"]!)["versions"]);
    }

    [Theory]
    [InlineData("1.21", OldDefinition)]
    [InlineData("1.34", """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.shop.example"},"spec":{"versions":[]}}""")]
    [InlineData("1.34", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}""")]
    [InlineData("1.34", """{"apiVersion":"shop.example/v1","kind":"Widget","metadata":{"name":"c"}}""")]
    [InlineData("1.24", """{"apiVersion":"batch/v1beta1","kind":"CronJob","metadata":{"name":"c"}}""")]
    public void What_needs_nothing_passes_as_it_is(string version, string json)
    {
        var item = Item(json);
        using var converter = new ConfigConverter(ConversionTarget.Version(version), value => value);
        Assert.Same(item, converter.Convert(item));
        Assert.False(item.Manifest!.IsSeen);
        _ = item.Object;
        Assert.Same(item, converter.Convert(item));
    }

    [Fact]
    public void A_definition_of_v1_that_keeps_fields_in_the_old_way_is_converted_too()
    {
        var item = Convert("1.34", """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.shop.example"},"spec":{"preserveUnknownFields":true,"versions":[{"name":"v1"}]}}""");
        Assert.Equal((ClusterConfigItemAction.Converted, "apiextensions.k8s.io/v1"), (item.Action, item.Conversion!.ToString()));
        Assert.DoesNotContain("preserveUnknownFields\"", Encoding.UTF8.GetString(item.Manifest!.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_that_is_gone_is_replaced_where_the_shape_is_the_same()
    {
        var item = Convert("1.25", """{"apiVersion":"batch/v1beta1","kind":"CronJob","metadata":{"name":"c","namespace":"n"},"spec":{"x":1.0}}""");
        Assert.Equal(("batch/v1", ClusterConfigItemAction.Converted), (item.ApiVersion, item.Action));
        Assert.Equal("""{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c","namespace":"n"},"spec":{"x":1.0}}""", Encoding.UTF8.GetString(item.Manifest!.Json.Span));
    }

    [Theory]
    [InlineData("""{"apiVersion":"policy/v1beta1","kind":"PodSecurityPolicy","metadata":{"name":"c"}}""", "Pod Security Admission")]
    [InlineData("""{"apiVersion":"extensions/v1beta1","kind":"PodSecurityPolicy","metadata":{"name":"c"}}""", "Pod Security Admission")]
    [InlineData("""{"apiVersion":"flowcontrol.apiserver.k8s.io/v1alpha1","kind":"Unheard","metadata":{"name":"c"}}""", null)]
    public void What_can_not_be_converted_fails_alone_and_says_what_to_do(string json, string? remedy)
    {
        var item = Convert("1.34", json);
        if (remedy is null)
        {
            Assert.Equal(ClusterConfigItemAction.Read, item.Action);
            return;
        }

        Assert.Equal((ClusterConfigItemAction.Failed, "NoConversion"), (item.Action, item.Failure!.Id));
        Assert.Contains("1.34", item.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, item.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_decided_goes_with_the_item()
    {
        var item = Convert("1.25", """{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"c"},"spec":{"selector":{}}}""");
        Assert.Equal((ClusterConfigItemAction.Converted, "policy/v1"), (item.Action, item.ApiVersion));
        Assert.Contains("selected no pod", Assert.Single(item.Conversion!.Note), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_no_form_in_the_new_version_fails_alone()
    {
        var item = Convert("1.34", """{"apiVersion":"extensions/v1beta1","kind":"Deployment","metadata":{"name":"c"},"spec":{}}""");
        Assert.Equal((ClusterConfigItemAction.Failed, "SelectorMissing"), (item.Action, item.Failure?.Id));
    }

    [Theory]
    [InlineData("\"plural\":\"widgets\"", "\"plural\":\"\"", "spec.names.plural")]
    [InlineData("\"version\":\"v1\",", "", "spec.versions")]
    [InlineData("\"version\":\"v1\",", "\"versions\":[{\"served\":true}],", "spec.versions[0].name")]
    [InlineData("\"names\":{\"kind\":\"Widget\",\"plural\":\"widgets\"}", "\"names\":{}", "spec.names.kind, spec.names.plural")]
    public void A_definition_that_lacks_what_none_can_be_without_fails(string there, string instead, string missing)
    {
        var item = Convert("1.34", OldDefinition.Replace(there, instead, StringComparison.Ordinal));
        Assert.Equal((ClusterConfigItemAction.Failed, "DefinitionIncomplete", FailureKind.InvalidData), (item.Action, item.Failure?.Id, item.Failure?.Kind));
        Assert.EndsWith($"lacks {missing}.", item.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_that_a_script_took_away_fails()
    {
        var item = Item(OldDefinition);
        item.Object = null;
        using var converter = new ConfigConverter(ConversionTarget.Version("1.34"), value => value);
        Assert.Equal("NotAManifest", converter.Convert(item).Failure?.Id);
    }

    [Fact]
    public void Edits_are_converted_and_what_they_broke_fails()
    {
        var item = Item(OldDefinition);
        ((IDictionary)item.Object!["metadata"]!)["name"] = "gadgets.shop.example";
        using var converter = new ConfigConverter(ConversionTarget.Version("1.34"), value => value);
        Assert.Equal("gadgets.shop.example", converter.Convert(item).Name);
        item.Object.Remove("kind");
        Assert.Equal("NotAManifest", converter.Convert(item).Failure!.Id);
    }

    [Fact]
    public async Task What_a_cluster_serves_decides()
    {
        await using var old = await sandbox.ConnectAsync("old");
        await using var green = await sandbox.ConnectAsync("green");
        using var forOld = new ConfigConverter(ConversionTarget.Cluster("old", await old.Client.DiscoverAsync(Token)), value => value);
        using var forGreen = new ConfigConverter(ConversionTarget.Cluster("green", await green.Client.DiscoverAsync(Token)), value => value);
        var item = Item(OldDefinition);
        Assert.Same(item, forOld.Convert(item));
        Assert.Equal("apiextensions.k8s.io/v1", forGreen.Convert(item).ApiVersion);
        var ingress = Item("""{"apiVersion":"networking.k8s.io/v1beta1","kind":"Ingress","metadata":{"name":"c"}}""");
        Assert.Same(ingress, forOld.Convert(ingress));
        Assert.Equal("networking.k8s.io/v1", forGreen.Convert(ingress).ApiVersion);
        Assert.Equal("NoConversion", forGreen.Convert(Item("""{"apiVersion":"policy/v1beta1","kind":"PodSecurityPolicy","metadata":{"name":"c"}}""")).Failure!.Id);
        // Its definition may come with it.
        var widget = Item("""{"apiVersion":"nowhere.example/v1","kind":"Widget","metadata":{"name":"c"}}""");
        Assert.Same(widget, forGreen.Convert(widget));
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("2.0")]
    [InlineData("1")]
    [InlineData("")]
    public void A_version_is_written_as_Kubernetes_has_them(string text) =>
        Assert.Equal("InvalidTargetVersion", Assert.Throws<UpgradeException>(() => ConversionTarget.Version(text)).Failure.Id);

    [Fact]
    public void A_version_may_be_what_a_server_tells() => Assert.Equal("Kubernetes 1.33", ConversionTarget.Version("v1.33.5-eks-113cf36").Name);

    private static ClusterConfigItem Convert(string version, string json)
    {
        using var converter = new ConfigConverter(ConversionTarget.Version(version), value => value);
        return converter.Convert(Item(json));
    }

    private static ClusterConfigItem Item(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var view = ObjectView.Of(bytes);
        return new ClusterConfigItem
        {
            ApiVersion = (string)view["apiVersion"]!,
            Kind = (string)view["kind"]!,
            Name = (string?)((IDictionary)view["metadata"]!)["name"],
            Action = ClusterConfigItemAction.Read,
            Manifest = new ItemManifest(bytes, ObjectView.Of),
        };
    }
}
