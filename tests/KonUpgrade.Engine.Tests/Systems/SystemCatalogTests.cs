using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class SystemCatalogTests
{
    private static readonly SystemCatalog s_catalog = new(new SystemServices { Roles = null });

    [Fact]
    public void The_systems_are_there() => Assert.Equal(["Konstellation", "Kubernetes"], s_catalog.All.Select(s => s.Name));

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
        Assert.Contains("Konstellation, Kubernetes", e.Failure.Message, StringComparison.Ordinal);
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
}
