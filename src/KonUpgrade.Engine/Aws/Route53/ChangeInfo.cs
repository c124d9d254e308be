using System.Xml.Linq;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>A change of a zone, on its way to all of the service's name servers.</summary>
/// <param name="Id">The id, without <c>/change/</c>.</param>
/// <param name="Status"><c>PENDING</c>, or <c>INSYNC</c> once all have it, usually within a minute.</param>
public sealed record ChangeInfo(string Id, string Status)
{
    /// <summary>Whether every name server of the service answers with it.</summary>
    public bool IsInSync => Status == "INSYNC";

    internal static ChangeInfo Read(XElement answer) =>
        answer.Part("ChangeInfo") is { } info ? new ChangeInfo(Route53Xml.BareId(info.Text("Id") ?? ""), info.Text("Status") ?? "") : new ChangeInfo("", "");
}
