using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Which objects of a list have been given out: sixteen bytes of a hash each of namespace and name, so that a list may
/// begin anew without repeating any, whatever order the server has.
/// </summary>
/// <remarks>
/// A list that goes through repeats nothing, so its keys are only written down, one behind the other. They are looked up
/// from when something is read a second time.
/// </remarks>
internal sealed class GivenKeys
{
    // Pieces of up to 64 KiB: larger ones the runtime puts where it does not collect soon.
    private const int Smallest = 64;
    private const int Largest = 4096;

    // Many small sets in place of a large one, for the same reason: each leaves its array behind when it grows.
    private const int Sets = 256;

    private readonly List<UInt128[]> _full = [];
    private readonly HashSet<UInt128>?[] _known = new HashSet<UInt128>?[Sets];
    private UInt128[] _last = new UInt128[Smallest];
    private int _inLast;
    private bool _looksUp;

    /// <summary>What was given out so far may come again from now on.</summary>
    public void MayRepeat()
    {
        foreach (var piece in _full)
            Learn(piece);
        Learn(_last.AsSpan(0, _inLast));
        _full.Clear();
        _inLast = 0;
        _looksUp = true;
    }

    /// <summary>Notes an object.</summary>
    /// <returns>False when it is one of those that may come again.</returns>
    public bool Add(KubernetesObject item)
    {
        var key = Key(item);
        if (_looksUp && _known[(byte)key]?.Contains(key) == true)
            return false;
        if (_inLast == _last.Length)
        {
            _full.Add(_last);
            _last = new UInt128[Math.Min(_last.Length * 2, Largest)];
            _inLast = 0;
        }
        _last[_inLast++] = key;
        return true;
    }

    private void Learn(ReadOnlySpan<UInt128> keys)
    {
        foreach (var key in keys)
            (_known[(byte)key] ??= []).Add(key);
    }

    private static UInt128 Key(KubernetesObject item)
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
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
