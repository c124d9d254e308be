using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems.Kubermatic.Health;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class KubermaticVersionTests
{
    [Theory]
    [InlineData("v2.31.0", "2.31.0")]
    [InlineData("2.31", "2.31.0")]
    [InlineData("v2.31.0-rc.1", "2.31.0")]
    [InlineData("1.34.1+abc", "1.34.1")]
    [InlineData("latest", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("v99999999999.1.1", null)]
    public void A_version_is_read(string? text, string? version) => Assert.Equal(version, KubermaticVersion.Parse(text)?.ToString());

    [Theory]
    [InlineData("1.32.*", "1.32.0", true)]
    [InlineData("1.32.*", "1.33.0", false)]
    [InlineData("1.32.x", "1.32.9", true)]
    [InlineData("1.*", "1.99.0", true)]
    [InlineData("*", "2.0.0", true)]
    [InlineData("v1.34.4", "1.34.4", true)]
    [InlineData("v1.34.4", "1.34.5", false)]
    [InlineData("= 1.34.4", "1.34.4", true)]
    [InlineData("!= 1.34.4", "1.34.4", false)]
    [InlineData(">= 1.31.0, < 1.33", "1.32.7", true)]
    [InlineData(">= 1.31.0, < 1.33", "1.33.0", false)]
    [InlineData(">=1.31.0 <1.33", "1.30.9", false)]
    [InlineData("> 1.31", "1.31.9", false)]
    [InlineData("> 1.31", "1.32.0", true)]
    [InlineData("<= 1.31", "1.31.9", true)]
    [InlineData("~1.33.2", "1.33.9", true)]
    [InlineData("~1.33.2", "1.33.1", false)]
    [InlineData("^1.33.2", "1.40.0", true)]
    [InlineData("^1.33.2", "2.0.0", false)]
    [InlineData("1.31.* || 1.33.*", "1.33.1", true)]
    [InlineData("1.31.* || 1.33.*", "1.32.1", false)]
    public void A_range_has_what_it_says(string range, string version, bool inside) =>
        Assert.Equal(inside, VersionRange.Parse(range)!.Contains(KubermaticVersion.Parse(version)!.Value));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("newest")]
    [InlineData("1.32.* ||")]
    [InlineData("=> > 1")]
    [InlineData("1.2.3.4")]
    public void A_range_that_is_none_is_none(string? range) => Assert.Null(VersionRange.Parse(range));

    [Theory]
    [InlineData("""{"versions":["v1.33.8","v1.34.4"],"updates":[{"from":"1.32.*","to":"1.33.*","automatic":true},{"from":"1.31.*","to":"1.32.*"}]}""", "v2.31.0", "1.33.8 1.34.4 1.32.1", "1.33.7 1.31.9 1.35.0")]
    // Of its own it offers versions, and no rules: none is updated by itself.
    [InlineData("""{"versions":["v1.33.8"]}""", "v2.31.0", "1.33.8", "1.32.1")]
    // The release's own.
    [InlineData("{}", "v2.31.4", "1.33.1 1.36.0 1.32.0", "1.31.0 1.37.0")]
    public void What_is_offered_is_what_the_configuration_says_or_the_release(string versions, string target, string inside, string outside)
    {
        var offered = OfferedVersions.Of(Read(versions), KubermaticVersion.Parse(target)!.Value)!;
        Assert.All(inside.Split(' '), version => Assert.True(offered.Includes(KubermaticVersion.Parse(version)!.Value), version));
        Assert.All(outside.Split(' '), version => Assert.False(offered.Includes(KubermaticVersion.Parse(version)!.Value), version));
    }

    [Theory]
    [InlineData("{}", "v2.30.0")]
    [InlineData("""{"versions":["v1.33.8"],"updates":[{"from":"whatever","automatic":true}]}""", "v2.31.0")]
    public void What_is_not_known_is_not_guessed(string versions, string target) => Assert.Null(OfferedVersions.Of(Read(versions), KubermaticVersion.Parse(target)!.Value));

    private static ConfigurationFact Read(string versions)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(Settings(spec: $",\"versions\":{versions}")));
        return ConfigurationFact.Read(o);
    }
}
