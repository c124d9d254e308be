using System.Text;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Tests.Workloads;

public sealed class FieldTransferTests
{
    private static readonly FieldManager s_helm = new("helm", "Update");

    [Theory]
    [InlineData("", "")]
    [InlineData(",\"f:note\":{}", "\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:note\":{}}},")]
    public void A_mapping_that_was_there_for_what_is_moved_alone_goes_with_it(string other, string left)
    {
        using var o = Object("""{"f:metadata":{"f:annotations":{".":{},"f:held":{}OTHER_}},"f:spec":{"f:paused":{}}}""".Replace("OTHER_", other, StringComparison.Ordinal));
        var patch = FieldTransfer.Move(o, s_helm, "konupgrade", [FieldPath.Of("metadata", "annotations", "held")], DateTimeOffset.UnixEpoch);
        Assert.Contains("\"fieldsV1\":{" + left + "\"f:spec\":{\"f:paused\":{}}}", Encoding.UTF8.GetString(patch!), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_moved_is_not_moved_again()
    {
        using var o = Object("""{"f:spec":{"f:paused":{}}}""");
        Assert.Null(FieldTransfer.Move(o, s_helm, "konupgrade", [FieldPath.Of("metadata", "annotations", "held")], DateTimeOffset.UnixEpoch));
    }

    private static KubernetesObject Object(string fields) => KubernetesObject.Parse(Encoding.UTF8.GetBytes(
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","managedFields":[{"manager":"helm","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{{{fields}}}}]}}"""));
}
