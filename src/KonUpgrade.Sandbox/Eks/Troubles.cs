using System.Globalization;

namespace KonUpgrade.Sandbox.Eks;

/// <summary>What goes wrong in the lives of node groups, at this moment. Under the region's gate.</summary>
internal sealed class Troubles
{
    private readonly List<(string Id, EksTrouble Trouble, int Struck)> _all = [];
    private int _last;

    public string Add(EksTrouble trouble)
    {
        string id = (++_last).ToString(CultureInfo.InvariantCulture);
        _all.Add((id, trouble, 0));
        return id;
    }

    public bool Remove(string id) => _all.RemoveAll(entry => entry.Id == id) > 0;

    public void Clear() => _all.Clear();

    public IReadOnlyList<(string Id, EksTrouble Trouble, int Struck)> List() => [.. _all];

    /// <summary>Whether there is one that fits; nothing is counted.</summary>
    public EksTrouble? Find(TroubleKind kind, string cluster, string nodegroup)
        => _all.Find(entry => Fits(entry, kind, cluster, nodegroup)).Trouble;

    /// <summary>The one that strikes, counted as struck.</summary>
    public EksTrouble? Strike(TroubleKind kind, string cluster, string nodegroup)
    {
        int at = _all.FindIndex(entry => Fits(entry, kind, cluster, nodegroup));
        if (at < 0) return null;
        _all[at] = _all[at] with { Struck = _all[at].Struck + 1 };
        return _all[at].Trouble;
    }

    private static bool Fits((string Id, EksTrouble Trouble, int Struck) entry, TroubleKind kind, string cluster, string nodegroup)
        => entry.Trouble.Kind == kind && (entry.Trouble.Count is not { } most || entry.Struck < most) && entry.Trouble.Fits(cluster, nodegroup);
}
