using System.Text;
using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Iam.Operations;

/// <summary>Lists page by page: MaxItems and Marker.</summary>
internal static class IamPages
{
    /// <summary>The page that a request asks for.</summary>
    /// <param name="form">The request.</param>
    /// <param name="most">How many are on a page at most.</param>
    /// <param name="list">What the list is called in the answer.</param>
    /// <param name="all">Everything, each with its key.</param>
    public static IEnumerable<XElement> Of(QueryForm form, int most, string list, IReadOnlyList<(string Key, XElement Item)> all)
    {
        int size = Math.Min(form.Integer("MaxItems", 1, 1000) ?? most, most), from = 0;
        if (form.Text("Marker") is { } marker)
        {
            string last = Read(marker) ?? throw QueryForm.Invalid("Marker", "Invalid marker");
            from = all.ToList().FindIndex(entry => entry.Key == last) + 1;
            if (from == 0) throw QueryForm.Invalid("Marker", "Invalid marker");
        }
        (string Key, XElement Item)[] page = [.. all.Skip(from).Take(size)];
        bool more = from + page.Length < all.Count;
        yield return new XElement("IsTruncated", more ? "true" : "false");
        if (more) yield return new XElement("Marker", Convert.ToBase64String(Encoding.UTF8.GetBytes(page[^1].Key)));
        yield return new XElement(list, page.Select(entry => entry.Item));
    }

    private static string? Read(string marker)
    {
        byte[] bytes = new byte[marker.Length];
        return Convert.TryFromBase64String(marker, bytes, out int written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }
}
