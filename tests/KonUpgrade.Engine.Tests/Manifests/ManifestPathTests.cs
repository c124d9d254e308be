using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class ManifestPathTests
{
    [Theory]
    [InlineData("", "ConfigMap", "shop", "web", "core/ConfigMap/shop/web.yaml")]
    [InlineData("apps", "Deployment", "shop", "web.v2", "apps/Deployment/shop/web.v2.yaml")]
    [InlineData("rbac.authorization.k8s.io", "ClusterRole", null, "system:node", "rbac.authorization.k8s.io/ClusterRole/_cluster/system%3Anode.yaml")]
    [InlineData("", "ConfigMap", "shop", "Web_1", "core/ConfigMap/shop/%57eb%5F1.yaml")]
    [InlineData("", "ConfigMap", "shop", "con", "core/ConfigMap/shop/%63on.yaml")]
    [InlineData("", "ConfigMap", "nul", "com1.x", "core/ConfigMap/%6Eul/%63om1.x.yaml")]
    [InlineData("", "ConfigMap", "shop", "..", "core/ConfigMap/shop/%2E..yaml")]
    [InlineData("", "ConfigMap", "shop", "a/../b\\c", "core/ConfigMap/shop/a%2F..%2Fb%5Cc.yaml")]
    [InlineData("", "ConfigMap", "shop", "grün", "core/ConfigMap/shop/gr%C3%BCn.yaml")]
    [InlineData("", "ConfigMap", "shop", "100%", "core/ConfigMap/shop/100%25.yaml")]
    public void A_path_tells_its_object_and_an_object_its_path(string group, string kind, string? ns, string name, string path)
    {
        Assert.Equal(path, ManifestPath.For(group, kind, ns, name));
        Assert.True(ManifestPath.TryParse(path, out var g, out var k, out var s, out var n));
        Assert.Equal((group, kind, ns, name), (g, k, s, n));
    }

    [Fact]
    public void Names_that_differ_in_case_alone_have_paths_that_do_not() => Assert.NotEqual(
        ManifestPath.For("", "ConfigMap", "a", "web").ToUpperInvariant(),
        ManifestPath.For("", "ConfigMap", "a", "Web").ToUpperInvariant());

    [Fact]
    public void A_very_long_name_is_cut_and_stays_different_from_others()
    {
        var first = ManifestPath.For("", "ConfigMap", "a", new string('x', 253));
        var second = ManifestPath.For("", "ConfigMap", "a", new string('x', 252) + "y");
        var encoded = ManifestPath.For("", "ConfigMap", "a", new string(':', 253));

        Assert.NotEqual(first, second);
        Assert.All([first, second, encoded], path => Assert.InRange(Path.GetFileName(path).Length, 150, 210));
        Assert.Matches("^(%3A)+_[0-9a-f]{32}\\.yaml$", Path.GetFileName(encoded));
        Assert.False(ManifestPath.TryParse(first, out _, out _, out _, out _));
    }

    [Theory]
    [InlineData("core/ConfigMap/a")]
    [InlineData("core/ConfigMap/a/b.yml")]
    [InlineData("core/ConfigMap/../b.yaml")]
    [InlineData("core/ConfigMap/a/B.yaml")]
    [InlineData("core/ConfigMap/a/%zz.yaml")]
    [InlineData("core/ConfigMap/a/con.yaml")]
    [InlineData("/core/ConfigMap/a.yaml")]
    public void What_no_export_writes_is_no_path(string path) => Assert.False(ManifestPath.TryParse(path, out _, out _, out _, out _));
}
