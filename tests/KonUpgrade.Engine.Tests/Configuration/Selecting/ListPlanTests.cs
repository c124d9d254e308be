using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Tests.Configuration.Exporting;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Configuration.Selecting;

/// <summary>What a server that can't tell all it serves means for an export.</summary>
public sealed class ListPlanTests
{
    private static readonly ApiResource s_pods = new() { Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Namespaced = true, Verbs = ["list"] };

    [Theory]
    [InlineData("metrics.k8s.io/v1beta1")]
    [InlineData("custom.metrics.k8s.io/v1beta2")]
    [InlineData("external.metrics.k8s.io/v1beta1")]
    [InlineData("internal.apiserver.k8s.io/v1alpha1")]
    public void A_dead_group_of_which_nothing_travels_does_not_make_an_export_incomplete(string target) =>
        Assert.Empty(Plan(target).Failures);

    [Theory]
    [InlineData("shop.example.com/v1")]
    [InlineData("core/v1")]
    public void Any_other_dead_group_does(string target) => Assert.Equal(target, Assert.Single(Plan(target).Failures).Target);

    [Fact]
    public void A_dead_group_that_a_system_leaves_out_as_a_whole_does_not_matter_to_it()
    {
        var system = ExportBench.Everything with
        {
            Export = new() { LeaveOut = [new() { Kinds = ["*.shop.example.com"], ByKind = true, Reason = "Test." }, new() { Kinds = ["Till.office.example.com"], ByKind = true, Reason = "Test." }] },
        };

        Assert.Empty(ListPlan.Make(Catalog("shop.example.com/v1"), system, new ClusterConfigSelection()).Failures);
        Assert.Single(ListPlan.Make(Catalog("office.example.com/v1"), system, new ClusterConfigSelection()).Failures);
    }

    [Theory]
    [InlineData(SecretHandling.Skip, true)]
    [InlineData(SecretHandling.Encrypt, false)]
    [InlineData(SecretHandling.Include, false)]
    public void Of_secrets_that_stay_behind_no_value_is_asked_for(SecretHandling handling, bool metadataOnly)
    {
        var catalog = new ApiCatalog([s_pods, s_pods with { Kind = "Secret", Plural = "secrets" }], []);
        var plan = ListPlan.Make(catalog, ExportBench.Everything, new ClusterConfigSelection { Namespace = ["shop", "office"] }, handling);

        Assert.All(plan.Kinds.Single(kind => kind.Resource.Kind == "Secret").Lists, list => Assert.Equal(metadataOnly, list.MetadataOnly));
        Assert.All(plan.Kinds.Single(kind => kind.Resource.Kind == "Pod").Lists, list => Assert.False(list.MetadataOnly));

        // A rule that looks into them needs them whole.
        var looking = ExportBench.Everything with { Export = new() { LeaveOut = [new() { Kinds = ["Secret"], Fields = [new FieldPattern(FieldPath.Of("type"), ["Opaque"])], Reason = "Test." }] } };
        Assert.All(ListPlan.Make(catalog, looking, new ClusterConfigSelection(), handling).Kinds.SelectMany(kind => kind.Lists), list => Assert.False(list.MetadataOnly));
    }

    [Fact]
    public void The_core_group_is_known_by_its_name_in_a_selection_too()
    {
        Assert.Single(Plan("core/v1", new ClusterConfigSelection { Group = ["core"] }).Failures);
        Assert.Empty(Plan("shop.example.com/v1", new ClusterConfigSelection { Group = ["core"] }).Failures);
    }

    [Theory]
    [InlineData("metrics.k8s.io/v1beta1", true)]
    [InlineData("shop.example.com/v1", false)]
    public void That_a_kind_is_gone_is_told_by_its_own_group(string dead, bool unserved)
    {
        var tills = new ApiResource { Group = "shop.example.com", Version = "v1", Kind = "Till", Plural = "tills", Namespaced = true };

        Assert.Equal(unserved, UnservedKinds.IsUnserved(Catalog(dead), tills));
        Assert.False(UnservedKinds.IsUnserved(Catalog(dead), s_pods));
    }

    [Fact]
    public async Task A_core_group_that_is_stale_is_named_as_a_group()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.ContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
            return context.Response.WriteAsync(context.Request.Path == "/api"
                ? """{"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","freshness":"Stale"}]}]}"""
                : """{"kind":"APIGroupDiscoveryList","items":[]}""");
        });
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);

        var failure = Assert.Single((await client.DiscoverAsync(TestContext.Current.CancellationToken)).Failures);

        Assert.Equal(("core/v1", ""), (failure.Target, ApiCatalog.GroupOf(failure)));
    }

    private static ListPlan Plan(string dead, ClusterConfigSelection? selection = null) =>
        ListPlan.Make(Catalog(dead), ExportBench.Everything, selection ?? new ClusterConfigSelection());

    private static ApiCatalog Catalog(string dead) => new(
        [s_pods], [new Failure { Id = "GroupDiscoveryFailed", Kind = FailureKind.Unavailable, Message = "It does not answer.", Target = dead }]);
}
