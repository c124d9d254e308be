using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class FieldOwnersTests
{
    [Fact]
    public void The_owner_of_most_fields_comes_first_and_status_does_not_count()
    {
        Assert.Equal(
            ["helm (Apply)", "kubectl-edit (Update)"],
            Owners("""
                [{"manager":"kubectl-edit","operation":"Update","fieldsV1":{"f:spec":{"f:replicas":{}}}},
                 {"manager":"helm","operation":"Apply","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{}}}}}}}},
                 {"manager":"kube-controller-manager","operation":"Update","subresource":"status","fieldsV1":{"f:status":{"f:a":{},"f:b":{},"f:c":{},"f:d":{},"f:e":{},"f:f":{}}}}]
                """));
    }

    [Fact]
    public void One_manager_in_several_versions_counts_once_and_each_operation_for_itself() => Assert.Equal(
        ["a (Update)", "a (Apply)"],
        Owners("""
            [{"manager":"a","operation":"Update","apiVersion":"apps/v1","fieldsV1":{"f:spec":{"f:a":{}}}},
             {"manager":"a","operation":"Apply","fieldsV1":{"f:spec":{"f:x":{}}}},
             {"manager":"a","operation":"Update","apiVersion":"apps/v1beta1","fieldsV1":{"f:spec":{"f:b":{}}}}]
            """));

    [Fact]
    public void Owners_of_as_many_fields_come_by_name() => Assert.Equal(
        ["a (Update)", "b (Apply)", "b (Update)"],
        Owners("""
            [{"manager":"b","operation":"Update","fieldsV1":{"f:spec":{"f:a":{}}}},{"manager":"b","operation":"Apply","fieldsV1":{"f:spec":{"f:a":{}}}},{"manager":"a","operation":"Update","fieldsV1":{"f:spec":{"f:b":{}}}}]
            """));

    [Fact]
    public void Where_nothing_is_known_there_is_no_owner()
    {
        using var o = KubernetesObject.Parse("""{"metadata":{}}"""u8.ToArray());

        Assert.Empty(FieldOwners.Of(o));
    }

    private static IEnumerable<string> Owners(string managedFields)
    {
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes($$$"""{"metadata":{"managedFields":{{{managedFields}}}}}"""));
        return [.. FieldOwners.Of(o).Select(owner => owner.ToString())];
    }
}
