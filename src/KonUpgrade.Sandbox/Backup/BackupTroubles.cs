using System.Globalization;

namespace KonUpgrade.Sandbox.Backup;

/// <summary>How jobs end at this moment. Under the region's gate.</summary>
internal sealed class BackupTroubles
{
    private readonly List<(string Id, BackupTrouble Trouble, int Struck)> _all = [];
    private int _last;

    public string Add(BackupTrouble trouble)
    {
        string id = (++_last).ToString(CultureInfo.InvariantCulture);
        _all.Add((id, trouble, 0));
        return id;
    }

    public bool Remove(string id) => _all.RemoveAll(entry => entry.Id == id) > 0;

    public void Clear() => _all.Clear();

    public IReadOnlyList<(string Id, BackupTrouble Trouble, int Struck)> List() => [.. _all];

    /// <summary>Whether there is one of an outcome that fits; nothing is counted.</summary>
    public BackupTrouble? Find(bool restore, string arn, string outcome) => _all.Find(entry => Fits(entry, restore, arn) && entry.Trouble.Outcome == outcome).Trouble;

    /// <summary>The one that strikes a job at its end, counted as struck.</summary>
    public BackupTrouble? Strike(bool restore, string arn)
    {
        int at = _all.FindIndex(entry => Fits(entry, restore, arn) && entry.Trouble.Outcome is not ("EXPIRED" or "RUNNING"));
        if (at < 0) return null;
        _all[at] = _all[at] with { Struck = _all[at].Struck + 1 };
        return _all[at].Trouble;
    }

    private static bool Fits((string Id, BackupTrouble Trouble, int Struck) entry, bool restore, string arn)
        => (entry.Trouble.Count is not { } most || entry.Struck < most) && entry.Trouble.Fits(restore, arn);
}
