using System.Text;
using KonUpgrade.Engine.Velero.Results;
using KonUpgrade.Engine.Velero.Server;

namespace KonUpgrade.Engine.Tests.Velero;

/// <summary>Velero's own words, as its versions have them.</summary>
public sealed class VeleroIssuesTests
{
    [Theory]
    [InlineData("error restoring notebooks.kubeflow.org/team-a/nb1: denied", "notebooks.kubeflow.org", "nb1", false)]
    [InlineData("error restoring clusterroles.rbac.authorization.k8s.io/system:aggregate: denied", "clusterroles.rbac.authorization.k8s.io", "system:aggregate", false)]
    [InlineData("could not restore, ConfigMap:kube-root-ca.crt already exists. Warning: it differs", "ConfigMap", "kube-root-ca.crt", true)]
    [InlineData("could not restore, ConfigMap \"kube-root-ca.crt\" already exists. Warning: it differs", "ConfigMap", "kube-root-ca.crt", true)]
    [InlineData("resource: /pods name: /db-0 message: /Error backing up item error: /no space", "pods", "db-0", false)]
    [InlineData(" name: /db-0 message: /Error backing up item error: /no space", null, "db-0", false)]
    [InlineData("the node agent is not ready", null, null, false)]
    public void Name_the_object_where_they_do(string message, string? resource, string? name, bool alreadyExists)
    {
        var issue = Assert.Single(VeleroIssues.Read(Encoding.UTF8.GetBytes($$"""{"warnings":{"namespaces":{"team-a":[{{System.Text.Json.JsonSerializer.Serialize(message)}}]} } }""")));
        Assert.Equal((resource, name, alreadyExists, "team-a", false), (issue.Resource, issue.Name, issue.AlreadyExists, issue.Namespace, issue.IsError));
    }

    [Fact]
    public void Are_of_Velero_the_cluster_and_namespaces_and_errors_come_first()
    {
        var issues = VeleroIssues.Read("""{"warnings":{"velero":["w"]},"errors":{"cluster":["c"],"namespaces":{"a":["x","y"]},"velero":["v"]}}"""u8.ToArray());
        Assert.Equal(["v", "c", "x", "y", "w"], issues.Select(issue => issue.Message));
        Assert.Equal([true, true, true, true, false], issues.Select(issue => issue.IsError));
    }

    [Fact]
    public void Hold_no_secret_and_no_end_of_words()
    {
        var issue = VeleroIssues.Read(Encoding.UTF8.GetBytes($$"""{"errors":{"velero":["token: abcdefghijkl {{new string('x', 9000)}}"]} }"""))[0];
        Assert.DoesNotContain("abcdefghijkl", issue.Message, StringComparison.Ordinal);
        Assert.InRange(issue.Message.Length, 100, 2100);
    }

    [Theory]
    [InlineData("v1.16.1", "v1.16.0", false)]
    [InlineData("v1.10.2", "v1.16.0", false)]
    [InlineData("v1.17.0", "v1.16.9", true)]
    [InlineData("v1.17.0", "v2.0.0", true)]
    [InlineData(null, "v1.16.0", false)]
    [InlineData("v1.17.0", null, false)]
    public void An_older_Velero_is_warned_of(string? source, string? target, bool isSaid) => Assert.Equal(isSaid, VeleroSkew.Of(source, target) is not null);

    [Theory]
    [InlineData("v1.32.5-eks-5d4a308", 1, 31, true)]
    [InlineData("v1.32.5-eks-5d4a308", 1, 32, false)]
    [InlineData("v1.32.5", 1, 33, false)]
    [InlineData(null, 1, 33, null)]
    public void A_cluster_of_an_older_minor_version_is_known(string? source, int major, int minor, bool? isOlder) => Assert.Equal(isOlder, VeleroSkew.IsOlder(source, major, minor));
}
