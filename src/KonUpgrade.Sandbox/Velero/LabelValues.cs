using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>Names as values of labels, which may have 63 letters and no more.</summary>
internal static class LabelValues
{
    private const int Longest = 63, HashLength = 6;

    /// <summary>The name; a long one's beginning and a hash of it.</summary>
    public static string Of(string name)
    {
        if (name.Length <= Longest) return name;
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name))).ToLowerInvariant();
        return name[..(Longest - HashLength)] + hash[..HashLength];
    }
}
