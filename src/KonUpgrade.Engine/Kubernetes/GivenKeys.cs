using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Which objects of a list have been given out: sixteen bytes of a hash each of namespace and name, so that a list may
/// begin anew without repeating any, whatever order the server has.
/// </summary>
internal sealed class GivenKeys
{
    // Many small sets in place of a large one: that would leave an array behind each time it grows, too large for the runtime
    // to collect soon.
    private const int Sets = 256;

    private readonly HashSet<UInt128>?[] _keys = new HashSet<UInt128>?[Sets];

    /// <summary>Notes an object.</summary>
    /// <returns>False when it was noted before.</returns>
    public bool Add(KubernetesObject item)
    {
        var ns = item.Namespace ?? "";
        var name = item.Name;
        Span<byte> room = stackalloc byte[1024];
        var most = Encoding.UTF8.GetMaxByteCount(ns.Length + name.Length) + 1;
        var text = most <= room.Length ? room : new byte[most];
        var length = Encoding.UTF8.GetBytes(ns, text);
        text[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(name, text[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        return (_keys[hash[SHA256.HashSizeInBytes - 1]] ??= []).Add(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }
}
