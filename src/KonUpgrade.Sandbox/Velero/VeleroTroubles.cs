using System.Globalization;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>What goes wrong at this moment.</summary>
internal sealed class VeleroTroubles
{
    private readonly object _gate = new();
    private readonly List<(string Id, VeleroTrouble Trouble, int Struck)> _all = [];
    private int _last;

    public string Add(VeleroTrouble trouble)
    {
        if (!VeleroTrouble.Outcomes.Contains(trouble.Outcome))
            throw new SandboxException($"'{trouble.Outcome}' is no outcome of a trouble; there are {string.Join(", ", VeleroTrouble.Outcomes)}.");
        lock (_gate)
        {
            string id = (++_last).ToString(CultureInfo.InvariantCulture);
            _all.Add((id, trouble, 0));
            return id;
        }
    }

    public bool Remove(string id)
    {
        lock (_gate) return _all.RemoveAll(entry => entry.Id == id) > 0;
    }

    public void Clear()
    {
        lock (_gate) _all.Clear();
    }

    public IReadOnlyList<(string Id, VeleroTrouble Trouble, int Struck)> List()
    {
        lock (_gate) return [.. _all];
    }

    /// <summary>One of an outcome that fits; nothing is counted.</summary>
    public VeleroTrouble? Find(string outcome, bool restore, string cluster, string name)
    {
        lock (_gate) return _all.Find(entry => entry.Trouble.Outcome == outcome && entry.Trouble.Restore == restore && entry.Trouble.Fits(cluster, name)).Trouble;
    }

    /// <summary>The one that makes a backup or restore fail, wholly or in part, counted as struck.</summary>
    public VeleroTrouble? Strike(bool restore, string cluster, string name)
    {
        lock (_gate)
        {
            int at = _all.FindIndex(entry => entry.Trouble.Outcome is "PartiallyFailed" or "Failed" && entry.Trouble.Restore == restore
                && entry.Trouble.Fits(cluster, name) && (entry.Trouble.Count is not { } most || entry.Struck < most));
            if (at < 0) return null;
            _all[at] = _all[at] with { Struck = _all[at].Struck + 1 };
            return _all[at].Trouble;
        }
    }
}
