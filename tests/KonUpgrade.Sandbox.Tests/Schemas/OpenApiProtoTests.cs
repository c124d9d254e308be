using System.Text;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Tests.Schemas;

public sealed class OpenApiProtoTests
{
    [Fact]
    public void A_small_document_is_written_byte_for_byte()
    {
        var document = Objects.Of("{'swagger':'2.0','info':{'title':'K','version':'v1'},'paths':{},'definitions':{'A':{'type':'object','x-k':[1]}}}");
        var schema = Field(22, Field(1, "object")).Concat(Field(31, Field(1, "x-k").Concat(Field(2, Field(2, "[1]\n")))));
        var expected = Field(1, "2.0").Concat(Field(2, Field(1, "K").Concat(Field(2, "v1")))).Concat(Field(8, []))
            .Concat(Field(9, Field(1, Field(1, "A").Concat(Field(2, schema)))));
        Assert.Equal(expected.ToArray(), OpenApiProto.Write(document));
    }

    [Fact]
    public void Every_definition_of_an_old_server_is_in_it()
    {
        var document = OpenApiDocuments.V2(BuiltInKinds.For(21), "v1.21.0");
        var written = Encoding.UTF8.GetString(OpenApiProto.Write(document));
        Assert.All(document["definitions"]!.AsObject(), d => Assert.Contains(d.Key, written, StringComparison.Ordinal));
        Assert.Contains("x-kubernetes-patch-merge-key", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/com.github.proto-openapi.spec.v2@v1.0+protobuf", true)]
    [InlineData("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", true)]
    [InlineData("application/json", false)]
    public void It_is_given_to_who_asks_for_it(string accept, bool asked) => Assert.Equal(asked, OpenApiProto.IsAsked(accept));

    private static IEnumerable<byte> Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    // Tag and length of what is shorter than 128 bytes.
    private static IEnumerable<byte> Field(int number, IEnumerable<byte> content)
    {
        var bytes = content.ToArray();
        var tag = number << 3 | 2;
        return (tag < 128 ? new[] { (byte)tag } : [(byte)(tag & 0x7F | 0x80), (byte)(tag >> 7)]).Append((byte)bytes.Length).Concat(bytes);
    }
}
