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
    private readonly HashSet<UInt128> _keys = [];

    /// <summary>Notes an object.</summary>
    /// <returns>False when it was noted before.</returns>
    public bool Add(KubernetesObject item)
    {
        var key = string.Concat(item.Namespace, "/", item.Name);
        Span<byte> text = stackalloc byte[1024];
        var length = Encoding.UTF8.GetByteCount(key) is var count && count <= text.Length ? Encoding.UTF8.GetBytes(key, text) : -1;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(length >= 0 ? text[..length] : Encoding.UTF8.GetBytes(key), hash);
        return _keys.Add(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }
}
