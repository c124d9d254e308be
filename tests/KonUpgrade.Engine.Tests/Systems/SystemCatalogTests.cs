using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class SystemCatalogTests
{
    private static readonly SystemCatalog s_catalog = new(new SystemServices { Roles = null });

    [Fact]
    public void The_systems_are_there() => Assert.Equal(["Konstellation", "KubeflowAws", "Kubermatic", "Kubernetes"], s_catalog.All.Select(s => s.Name));

    [Fact]
    public void No_description_has_a_field_that_nothing_knows() =>
        Assert.All(s_catalog.All, s => Assert.Empty(s_catalog.Get(s.Name).Description.UnknownFields));

    [Fact]
    public void A_system_is_found_in_any_case() => Assert.Equal("Konstellation", s_catalog.Get("konstellation").Description.Name);

    [Fact]
    public void An_unknown_system_is_told_with_the_known_ones()
    {
        var e = Assert.Throws<UpgradeException>(() => s_catalog.Get("Konstelation"));
        Assert.Equal("UnknownSystem", e.Failure.Id);
        Assert.Contains("Konstellation, KubeflowAws, Kubermatic, Kubernetes", e.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_of_ones_own_stands_beside_the_others()
    {
        var own = Description("Platform", "detect: {kinds: [Site.example.com]}\n");
        var catalog = new SystemCatalog(new SystemServices { Roles = null }, own);

        Assert.Equal("Platform", catalog.Get("platform").Description.Name);
        Assert.Equal("Platform", catalog.Own!.Description.Name);
        Assert.Same(catalog.Own.Description, catalog.Detect(Serving("Site.example.com"), new ClusterConfigSelection(), "blue").Description);
    }

    [Fact]
    public void A_system_of_ones_own_cannot_take_the_name_of_another() =>
        Assert.Equal("SystemNameTaken", Assert.Throws<UpgradeException>(() => new SystemCatalog(null, Description("kubernetes", ""))).Failure.Id);

    [Fact]
    public void A_system_is_found_where_all_its_kinds_are_served()
    {
        Assert.Equal("Konstellation", s_catalog.Detect(Serving("App.k11n.dev", "ClusterConfig.k11n.dev"), new ClusterConfigSelection(), "blue").Description.Name);
        Assert.Equal("Kubernetes", s_catalog.Detect(Serving("App.k11n.dev"), new ClusterConfigSelection(), "blue").Description.Name);
        Assert.Equal("Kubernetes", s_catalog.Detect(Serving(), new ClusterConfigSelection(), "blue").Description.Name);
    }

    [Theory]
    [InlineData("App", "Konstellation")]
    [InlineData("AppRelease", "Konstellation")]
    [InlineData("Deployment", "Kubernetes")]
    public void Selected_kinds_that_are_not_the_systems_own_call_for_the_whole(string kind, string expected)
    {
        var served = Serving("App.k11n.dev", "ClusterConfig.k11n.dev", "AppRelease.k11n.dev", "Deployment.apps");

        Assert.Equal(expected, s_catalog.Detect(served, new ClusterConfigSelection { Kind = [kind] }, "blue").Description.Name);
        Assert.Equal(kind == "Deployment" ? "Kubernetes" : "Konstellation", s_catalog.Detect(served, new ClusterConfigSelection { Group = [kind == "Deployment" ? "apps" : "k11n.dev"] }, "blue").Description.Name);
    }

    [Fact]
    public void Namespaces_in_which_a_system_carries_nothing_call_for_the_whole()
    {
        // Releases have a namespace, and are left to the operator.
        var served = Serving(["App.k11n.dev", "ClusterConfig.k11n.dev"], ["AppRelease.k11n.dev", "IngressRequest.k11n.dev", "Deployment.apps"]);
        var shop = new ClusterConfigSelection { Namespace = ["shop"] };

        Assert.Equal("Kubernetes", s_catalog.Detect(served, shop, "blue").Description.Name);
        Assert.Equal("Kubernetes", s_catalog.DetectOrWhole(served, shop).Description.Name);
        Assert.Equal("Konstellation", s_catalog.Detect(served, new ClusterConfigSelection { LabelSelector = "app=web" }, "blue").Description.Name);
    }

    [Theory]
    [InlineData("team-a", "Platform")]
    [InlineData("shop", "Kubernetes")]
    public void A_system_that_carries_something_in_one_of_the_namespaces_is_taken(string ns, string expected)
    {
        var catalog = new SystemCatalog(new SystemServices { Roles = null }, Description("Platform", "detect: {kinds: [Site.example.com]}\nexport: {kinds: [Site.example.com, Team.example.com], namespaces: {Team.example.com: ['team-*']}}\n"));

        Assert.Equal(expected, catalog.Detect(Serving(["Site.example.com"], ["Team.example.com"]), new ClusterConfigSelection { Namespace = ["other", ns] }, "blue").Description.Name);
    }

    [Fact]
    public void Several_systems_on_one_cluster_are_an_error_that_names_them()
    {
        var catalog = new SystemCatalog(new SystemServices { Roles = null }, Description("Platform", "detect: {kinds: [Site.example.com]}\n"));
        var failure = Assert.Throws<UpgradeException>(() => catalog.Detect(Serving("App.k11n.dev", "ClusterConfig.k11n.dev", "Site.example.com"), new ClusterConfigSelection(), "blue")).Failure;

        Assert.Equal("SystemAmbiguous", failure.Id);
        Assert.Contains("Konstellation, Platform", failure.Message, StringComparison.Ordinal);
        // For what needs none to be certain they are one whole.
        Assert.Equal("Kubernetes", catalog.DetectOrWhole(Serving("App.k11n.dev", "ClusterConfig.k11n.dev", "Site.example.com"), new ClusterConfigSelection()).Description.Name);
        Assert.Equal("Platform", catalog.DetectOrWhole(Serving("Site.example.com"), new ClusterConfigSelection()).Description.Name);
    }

    [Theory]
    [InlineData("Kubernetes")]
    [InlineData("Konstellation")]
    [InlineData("KubeflowAws")]
    [InlineData("Kubermatic")]
    public void What_holds_keys_stays_behind_whatever_system_is_named(string system)
    {
        using var cluster = KubernetesObject.Parse("""{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"c"},"spec":{"cloud":{"aws":{"secretAccessKey":"planted"}}}}"""u8.ToArray());
        using var plain = KubernetesObject.Parse("""{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"c"},"spec":{"cloud":{"aws":{}}}}"""u8.ToArray());
        var rules = new ManifestRules(s_catalog.Get(system).Description).ForKind("kubermatic.k8c.io", "Cluster");
        var outcome = new RuleOutcome();

        rules.Apply(cluster, outcome);
        Assert.True(outcome is { IsSensitive: true, LeftOutReason: not null });
        rules.Apply(plain, outcome);
        Assert.Null(outcome.LeftOutReason);
    }

    [Fact]
    public void What_the_operator_makes_is_left_out_with_a_reason()
    {
        var konstellation = s_catalog.All.Single(s => s.Name == "Konstellation");
        Assert.Equal(["AppRelease.k11n.dev", "AppTarget.k11n.dev", "IngressRequest.k11n.dev"], konstellation.LeftOutKind.Keys.Order(StringComparer.Ordinal));
        Assert.All(konstellation.LeftOutKind.Values, reason => Assert.NotEmpty(reason));
    }

    [Fact]
    public void Konstellations_apps_come_after_all_that_they_use()
    {
        var order = new ImportOrder(s_catalog.Get("Konstellation").Description.Import.Order);
        var app = order.PositionOf("k11n.dev", "App");
        Assert.All(["Build", "AppConfig", "CertificateRef", "LinkedServiceAccount"], kind => Assert.True(order.PositionOf("k11n.dev", kind) < app));
        Assert.True(order.PositionOf("k11n.dev", "Build") < order.PositionOf("k11n.dev", "AppConfig"));
    }

    private static SystemDescription Description(string name, string part) => SystemDescription.Load(
        Encoding.UTF8.GetBytes($"apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {{name: {name}}}\ntitle: x\n{part}"), "own.yaml");

    private static ApiCatalog Serving(params string[] kinds) => Serving(kinds, []);

    private static ApiCatalog Serving(string[] kinds, string[] namespaced) => new(
        [
            .. kinds.Concat(namespaced).Select(kind => kind.Split('.', 2)).Select(parts => new ApiResource
            {
                Group = parts[1], Version = "v1", Kind = parts[0], Plural = parts[0].ToLowerInvariant() + "s", Namespaced = namespaced.Contains(string.Join('.', parts)),
            }),
        ],
        []);
}
