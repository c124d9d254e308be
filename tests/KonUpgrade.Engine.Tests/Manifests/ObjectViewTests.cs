using System.Collections;
using System.Collections.Specialized;
using System.Numerics;
using System.Text;
using KonUpgrade.Engine.Manifests.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Manifests;

/// <summary>Manifests as scripts edit them, and back.</summary>
public sealed class ObjectViewTests
{
    private const string Head = "\"apiVersion\":\"v1\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"n\"}";

    [Theory]
    [InlineData("1")]
    [InlineData("-7")]
    [InlineData("5000000000")]
    [InlineData("1.0")]
    [InlineData("1.50")]
    [InlineData("0.1")]
    [InlineData("1e400")]
    [InlineData("1E3")]
    [InlineData("-0")]
    [InlineData("12345678901234567890123456789012345678901234567890")]
    [InlineData("0.12345678901234567890123456789012345678901234567890")]
    [InlineData("\"014\"")]
    [InlineData("\"2024-01-01T00:00:00Z\"")]
    [InlineData("\"\\\"\\\\ \\n é\"")]
    [InlineData("null")]
    [InlineData("[1,[2.0],[],{},null]")]
    [InlineData("{\"a\":1,\"A\":2,\"\":3}")]
    [InlineData("{\"z\":true,\"a\":false}")]
    public void What_is_only_looked_at_comes_back_as_it_was(string value)
    {
        var json = $"{{{Head},\"value\":{value}}}";
        Assert.Equal(json, Write(View(json), json));
    }

    [Theory]
    [InlineData("1", typeof(int))]
    [InlineData("5000000000", typeof(long))]
    [InlineData("1.0", typeof(decimal))]
    [InlineData("1e400", typeof(JsonNumber))]
    public void A_number_has_the_first_type_that_holds_it(string value, Type type) => Assert.IsType(type, View($"{{{Head},\"value\":{value}}}")["value"]);

    [Fact]
    public void Edits_of_every_kind_arrive()
    {
        var view = View($"{{{Head},\"spec\":{{\"replicas\":1,\"list\":[\"a\"]}}}}");
        var spec = Assert.IsAssignableFrom<IDictionary>(view["spec"]);
        spec["replicas"] = 2L;
        Assert.IsAssignableFrom<IList>(spec["list"]).Add("b");
        spec["array"] = new object[] { 1.5, 2.0, BigInteger.Parse("99999999999999999999") };
        spec["table"] = new Hashtable { ["x"] = 'y' };
        spec["ordered"] = new OrderedDictionary { ["b"] = (byte)1, ["a"] = 1.10m };
        Assert.Equal(
            $"{{{Head},\"spec\":{{\"replicas\":2,\"list\":[\"a\",\"b\"],\"array\":[1.5,2,99999999999999999999],\"table\":{{\"x\":\"y\"}},\"ordered\":{{\"b\":1,\"a\":1.10}}}}}}",
            Write(view, ""));
    }

    public static TheoryData<string, object?, string> Broken => new()
    {
        { "value", DateTime.UnixEpoch, "DateNotText" },
        { "value", double.NaN, "NumberNotFinite" },
        { "value", float.PositiveInfinity, "NumberNotFinite" },
        { "value", new Uri("https://example.test"), "ValueNotSupported" },
        { "value", DayOfWeek.Friday, "ValueNotSupported" },
        { "value", new[] { new Uri("https://example.test") }, "ValueNotSupported" },
        { "value", new JsonNumber("one"), "NumberInvalid" },
        { "value", "\ud800", "TextNotUnicode" },
        { "value", "System.Collections.Hashtable", "ManifestCutOff" },
        { "value", new Hashtable { [80] = "x" }, "NameNotText" },
        { "value", null, "NullMember" },
        { "kind", 5, "NotAManifest" },
        { "apiVersion", "", "NotAManifest" },
        { "metadata", "x", "NotAManifest" },
        { "metadata", new Hashtable { ["name"] = 5 }, "NotAManifest" },
        { "metadata", new Hashtable { ["name"] = "x", ["namespace"] = 5 }, "NotAManifest" },
    };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void What_is_no_manifest_any_more_is_an_error_that_names_the_place(string member, object? value, string id)
    {
        var json = $"{{{Head},\"value\":1}}";
        var view = View(json);
        view[member] = value;
        var failure = Assert.Throws<UpgradeException>(() => Write(view, json)).Failure;
        Assert.Equal(id, failure.Id);
        Assert.Contains(member, failure.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.InvalidData, failure.Kind);
    }

    [Fact]
    public void An_object_within_itself_is_found()
    {
        var view = View($"{{{Head},\"spec\":{{\"list\":[]}}}}");
        ((IList)((IDictionary)view["spec"]!)["list"]!).Add(view["spec"]);
        var failure = Assert.Throws<UpgradeException>(() => Write(view, "")).Failure;
        Assert.Equal("ManifestCircle", failure.Id);
        Assert.Contains("spec.list[0]", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_part_may_be_in_two_places()
    {
        var view = View($"{{{Head},\"labels\":{{\"a\":\"b\"}}}}");
        view["again"] = view["labels"];
        Assert.EndsWith("\"labels\":{\"a\":\"b\"},\"again\":{\"a\":\"b\"}}", Write(view, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_may_stay_where_one_was_and_move_along_a_list()
    {
        var json = $"{{{Head},\"spec\":{{\"items\":[{{\"a\":1}},{{\"a\":null}}]}}}}";
        var view = View(json);
        var items = (IList)((IDictionary)view["spec"]!)["items"]!;
        items.RemoveAt(0);
        Assert.EndsWith("{\"items\":[{\"a\":null}]}}", Write(view, json), StringComparison.Ordinal);
        ((IDictionary)items[0]!)["b"] = null;
        Assert.Equal("NullMember", Assert.Throws<UpgradeException>(() => Write(view, json)).Failure.Id);
    }

    [Fact]
    public void A_writer_goes_on_after_an_object_that_was_none()
    {
        using var writer = new ObjectWriter(value => value);
        var broken = View($"{{{Head}}}");
        broken["list"] = new object[] { new object[] { double.NaN } };
        Assert.Throws<UpgradeException>(() => writer.ToJson(broken, default));
        Assert.Equal($"{{{Head}}}", Encoding.UTF8.GetString(writer.ToJson(View($"{{{Head}}}"), default).Span));
    }

    private static IDictionary View(string json) => ObjectView.Of(Encoding.UTF8.GetBytes(json));

    private static string Write(IDictionary view, string original)
    {
        using var writer = new ObjectWriter(value => value);
        return Encoding.UTF8.GetString(writer.ToJson(view, Encoding.UTF8.GetBytes(original)).Span);
    }
}
