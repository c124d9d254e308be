using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Values that follow from a text: the same text gives the same value each time.</summary>
internal static class Stable
{
    /// <summary>A UID.</summary>
    public static string Uid(string of)
    {
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes(of));
        // Marked as a random UUID (version 4, variant 1), the form that real servers give out.
        bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes.AsSpan(0, 16)).ToString();
    }

    /// <summary>A number, zero or more.</summary>
    public static int Number(string of) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(of))) & int.MaxValue;
}
