using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Descriptions;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class PatternTests
{
    [Theory]
    [InlineData("system:*", "system:node", true)]
    [InlineData("system:*", "systems", false)]
    [InlineData("*.k11n.dev", "apps.k11n.dev", true)]
    [InlineData("*.k11n.dev", "apps.k11n.dev.io", false)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxc", false)]
    [InlineData("*", "", true)]
    [InlineData("", "x", false)]
    public void A_star_stands_for_any_number_of_characters(string pattern, string text, bool fits) =>
        Assert.Equal(fits, TextPattern.Matches(pattern, text));

    [Theory]
    [InlineData("Secret", "", "Secret", true)]
    [InlineData("Secret", "x.dev", "Secret", false)]
    [InlineData("App.k11n.dev", "k11n.dev", "App", true)]
    [InlineData("*.k11n.dev", "k11n.dev", "Build", true)]
    [InlineData("*.k11n.dev", "x.k11n.dev", "Build", false)]
    [InlineData("*", "apps", "Deployment", true)]
    [InlineData("*", "x.dev", "Thing", true)]
    [InlineData("Deployment", "apps", "Deployment", true)]
    [InlineData("Service", "serving.knative.dev", "Service", false)]
    public void A_kind_is_named_with_its_group(string pattern, string group, string kind, bool fits) =>
        Assert.Equal(fits, KindPattern.Matches([pattern], group, kind));

    [Theory]
    [InlineData("""{"webhooks":[{"clientConfig":{"service":{"namespace":"kube-system"}}}]}""", true)]
    [InlineData("""{"webhooks":[{"clientConfig":{"service":{"namespace":"kube-system"}}},{"clientConfig":{"service":{"namespace":"shop"}}}]}""", false)]
    [InlineData("""{"webhooks":[{"clientConfig":{"service":{"namespace":"kube-system"}}},{"clientConfig":{"url":"https://x"}}]}""", false)]
    [InlineData("""{"webhooks":[]}""", false)]
    [InlineData("""{}""", false)]
    public void A_field_in_a_list_fits_when_it_does_in_every_element(string json, bool fits)
    {
        Assert.True(FieldPath.TryParse("webhooks[*].clientConfig.service.namespace", out var path));
        using var document = JsonIndex.Parse(json);
        Assert.Equal(fits, new FieldPattern(path, ["kube-*"]).Fits(document.Root));
    }
}
