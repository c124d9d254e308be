using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>What a service answers with, in the protocol that it speaks.</summary>
internal sealed record AwsAnswer(int Status, string ContentType, byte[] Body)
{
    private const string JsonType = "application/json";

    public bool IsJson => ContentType == JsonType;

    /// <summary>JSON; null for an answer without a body.</summary>
    public static AwsAnswer Json(int status, JsonObject? body) => new(status, JsonType, body is null ? [] : JsonTree.ToUtf8(body));

    public static AwsAnswer Xml(int status, XElement body) => new(status, "text/xml", Encoding.UTF8.GetBytes(body.ToString(SaveOptions.DisableFormatting)));
}
