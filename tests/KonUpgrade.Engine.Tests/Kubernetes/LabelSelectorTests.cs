using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Kubernetes;

public sealed class LabelSelectorTests
{
    private const string Labels = """{"app":"web","tier":"front","empty":"","gen":"7"}""";

    [Theory]
    [InlineData("", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web,tier=front", true)]
    [InlineData("app=web,tier=back", false)]
    [InlineData("app!=web", false)]
    [InlineData("other!=web", true)]
    [InlineData("tier in (back, front)", true)]
    [InlineData("tier notin (back,front)", false)]
    [InlineData("missing notin (a)", true)]
    [InlineData("app", true)]
    [InlineData("!app", false)]
    [InlineData("!missing", true)]
    [InlineData("empty=", true)]
    [InlineData("empty in ()", true)]
    [InlineData("gen>6,gen<8", true)]
    [InlineData("gen > 7", false)]
    [InlineData("gen<7", false)]
    [InlineData("app>1", false)]
    [InlineData("app<1", false)]
    [InlineData("missing<1", false)]
    public void The_text_form_selects_as_kubectl_does(string text, bool selected)
    {
        Assert.True(LabelSelector.TryParse(text, out var selector));
        using var labels = JsonIndex.Parse(Labels);
        Assert.Equal(selected, selector.Matches(labels.Root));
        Assert.Equal(selected, selector.Matches(labels.Root.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!)));
    }

    [Fact]
    public void A_label_that_is_no_string_is_read_as_it_is_written()
    {
        Assert.True(LabelSelector.TryParse("version=1,!on", out var selector));
        using var labels = JsonIndex.Parse("""{"version":1}""");
        Assert.True(selector.Matches(labels.Root));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("app=web,,tier=x")]
    [InlineData("app like (x)")]
    [InlineData("=x")]
    [InlineData("app!=a b")]
    [InlineData("app=a=b")]
    [InlineData("app notin (a b)")]
    [InlineData("app!=-x")]
    [InlineData("app>x")]
    [InlineData("app>")]
    [InlineData("app>=1")]
    public void What_is_no_selector_is_refused(string text) => Assert.False(LabelSelector.TryParse(text, out _));

    [Theory]
    [InlineData("""{"matchLabels":{"app":"web"}}""", true)]
    [InlineData("""{"matchExpressions":[{"key":"app","operator":"NotIn","values":["web"]}]}""", false)]
    [InlineData("""{"matchExpressions":[{"key":"x","operator":"DoesNotExist"}]}""", true)]
    [InlineData("""{}""", true)]
    public void The_form_of_objects_selects_as_a_server_does(string json, bool selected)
    {
        using var selector = JsonIndex.Parse(json);
        using var labels = JsonIndex.Parse(Labels);
        Assert.Equal(selected, LabelSelector.Of(selector.Root).Matches(labels.Root));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Where_no_labels_are_asked_for_there_is_no_selector(string? text) => Assert.Null(LabelSelector.Read(text));

    [Fact]
    public void A_selector_that_is_none_is_an_error_that_names_it()
    {
        var failure = Assert.Throws<UpgradeException>(() => LabelSelector.Read("app in web")).Failure;
        Assert.Equal(("InvalidLabelSelector", FailureKind.InvalidArgument, "app in web"), (failure.Id, failure.Kind, failure.Target));
    }
}
