using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Kubernetes;

public sealed class ResourcePathTests
{
    private static readonly ApiResource s_configMaps = new() { Group = "", Version = "v1", Kind = "ConfigMap", Plural = "configmaps", Namespaced = true };

    [Theory]
    [InlineData("shop", ".")]
    [InlineData("shop", "..")]
    [InlineData("shop", "a/../../secrets/b")]
    [InlineData("shop", "%2e%2e")]
    [InlineData("..", "web")]
    [InlineData("a/b", "web")]
    public void A_name_that_would_lead_to_another_object_is_refused(string @namespace, string name)
    {
        var exception = Assert.Throws<UpgradeException>(() => ResourcePath.Of(s_configMaps, @namespace, name));

        Assert.Equal(("InvalidName", FailureKind.InvalidData), (exception.Failure.Id, exception.Failure.Kind));
    }

    [Fact]
    public void A_name_with_colons_and_capitals_is_escaped_and_kept() =>
        Assert.Equal("/api/v1/namespaces/shop/configmaps/a%3AB%20~", ResourcePath.Of(s_configMaps, "shop", "a:B ~").ToString());
}
