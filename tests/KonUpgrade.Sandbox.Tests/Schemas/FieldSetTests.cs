using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class FieldSetTests
{
    private static FieldSet Set(string text) => FieldSet.FromJson(Objects.Of(text))!;

    [Theory]
    [InlineData("{}")]
    [InlineData("{'f:a':{}}")]
    [InlineData("{'f:a':{'.':{},'f:b':{}},'f:c':{'k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}':{'.':{},'f:port':{}}},'f:s':{'v:\\\"x\\\"':{}},'f:t':{'i:0':{}}}")]
    public void FieldsV1_is_written_as_it_was_read(string text) =>
        Assert.Equal(Objects.Of(text).ToJsonString(), Set(text).ToJson().ToJsonString());

    [Fact]
    public void Elements_are_in_the_order_of_the_server()
    {
        var set = Set("{'v:10':{},'v:9':{},'f:b':{},'k:{\\\"port\\\":443}':{},'k:{\\\"port\\\":80}':{},'f:a':{}}");
        Assert.Equal(["f:a", "f:b", "k:{\"port\":80}", "k:{\"port\":443}", "v:9", "v:10"], set.ToJson().Select(p => p.Key));
    }

    [Fact]
    public void Union_difference_and_intersection_go_by_members()
    {
        var a = Set("{'f:x':{'.':{},'f:y':{},'f:z':{}},'f:w':{}}");
        var b = Set("{'f:x':{'.':{},'f:y':{}}}");
        Objects.Same("{'f:w':{},'f:x':{'f:z':{}}}", a.Difference(b).ToJson());
        Objects.Same("{'f:x':{'.':{},'f:y':{}}}", a.Intersection(b).ToJson());
        Objects.Same("{'f:w':{},'f:x':{'.':{},'f:y':{},'f:z':{}}}", b.Union(a).ToJson());
        Objects.Same("{'f:w':{}}", a.DifferenceRecursive(b).ToJson());
        Assert.True(a.Difference(a).IsEmpty);
    }

    [Fact]
    public void Paths_are_printed_as_conflicts_show_them() =>
        Assert.Equal([".a", ".c[port=80,protocol=\"TCP\"].name", ".s[=\"x\"]", ".t[0]"],
            Set("{'f:a':{},'f:c':{'k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}':{'f:name':{}}},'f:s':{'v:\\\"x\\\"':{}},'f:t':{'i:0':{}}}").Paths().Select(FieldSet.Print));

    [Fact]
    public void What_is_no_FieldsV1_is_not_read() => Assert.Null(FieldSet.FromJson(Objects.Of("{'oops':{}}")));
}
