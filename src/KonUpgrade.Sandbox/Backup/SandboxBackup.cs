using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup.Vaults;

namespace KonUpgrade.Sandbox.Backup;

/// <summary>
/// The sandbox's AWS Backup, at the same address and with the same key as its EKS: what there is to protect, and what no
/// client of the service can do — a clock that moves, jobs that end otherwise. Requests are struck by the sandbox's faults.
/// </summary>
public sealed class SandboxBackup
{
    private readonly BackupRegion _region;

    internal SandboxBackup(BackupRegion region) => _region = region;

    /// <summary>How it behaves; can be changed while it runs. What there is to protect, and vaults, are changed otherwise.</summary>
    public BackupSettings Settings
    {
        get { lock (_region.Gate) return _region.Settings; }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_region.Gate)
            {
                _region.Carry();
                _region.Settings = value;
            }
        }
    }

    /// <summary>What its clock shows.</summary>
    public DateTimeOffset Now => _region.Now;

    /// <summary>What there is to protect.</summary>
    public IReadOnlyList<BackupResource> Resources
    {
        get { lock (_region.Gate) return [.. _region.Resources]; }
    }

    /// <summary>The vaults there are, each as the service describes it.</summary>
    public IReadOnlyList<JsonObject> Vaults => Look(() => _region.Vaults.Values.Select(vault => vault.ToJson()));

    /// <summary>The recovery points of all vaults, each as the service describes it.</summary>
    public IReadOnlyList<JsonObject> RecoveryPoints => Look(() => _region.Vaults.Values.SelectMany(vault => vault.Points).Select(point => point.ToJson()));

    /// <summary>The backup jobs, the oldest first, each as the service describes it.</summary>
    public IReadOnlyList<JsonObject> Jobs => Look(() => _region.Jobs.Select(job => job.ToJson(_region.AccountId, described: true)));

    /// <summary>The ARN of a role that it may assume.</summary>
    public string RoleArn => $"arn:aws:iam::{_region.AccountId}:role/service-role/{Settings.Roles[0]}";

    /// <summary>Adds something to protect, or changes it.</summary>
    public void Add(BackupResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        lock (_region.Gate) _region.Add(resource);
    }

    /// <summary>Locks a vault, which then keeps things so many days; false when there is none of this name. A vault can be locked anew at any time.</summary>
    public bool Lock(string vault, long? minRetentionDays, long? maxRetentionDays)
    {
        lock (_region.Gate)
        {
            if (!_region.Vaults.TryGetValue(vault, out Vault? found)) return false;
            (found.IsLocked, found.MinRetentionDays, found.MaxRetentionDays) = (true, minRetentionDays, maxRetentionDays);
            return true;
        }
    }

    /// <summary>Takes a vault's lock away; false when there is none of this name.</summary>
    public bool Unlock(string vault)
    {
        lock (_region.Gate)
        {
            if (!_region.Vaults.TryGetValue(vault, out Vault? found)) return false;
            (found.IsLocked, found.MinRetentionDays, found.MaxRetentionDays) = (false, null, null);
            return true;
        }
    }

    /// <summary>Switches the protection of a type of resources on or off; false when there is none such.</summary>
    public bool OptIn(string type, bool isOn)
    {
        lock (_region.Gate)
        {
            if (!_region.OptIn.ContainsKey(type)) return false;
            _region.OptIn[type] = isOn;
            return true;
        }
    }

    /// <summary>Moves its clock on.</summary>
    public void Advance(TimeSpan by)
    {
        lock (_region.Gate) _region.Advance(by);
    }

    /// <summary>Lets jobs end otherwise; gives the id to take it away with.</summary>
    public string AddTrouble(BackupTrouble trouble)
    {
        ArgumentNullException.ThrowIfNull(trouble);
        lock (_region.Gate)
        {
            _region.Carry();
            return _region.Troubles.Add(trouble);
        }
    }

    /// <summary>Takes a trouble away; false when there is none with this id.</summary>
    public bool RemoveTrouble(string id)
    {
        lock (_region.Gate)
        {
            _region.Carry();
            return _region.Troubles.Remove(id);
        }
    }

    /// <summary>Takes all troubles away.</summary>
    public void ClearTroubles()
    {
        lock (_region.Gate)
        {
            _region.Carry();
            _region.Troubles.Clear();
        }
    }

    /// <summary>The troubles there are, with their ids and how many jobs each has struck.</summary>
    public IReadOnlyList<(string Id, BackupTrouble Trouble, int Struck)> Troubles()
    {
        lock (_region.Gate) return _region.Troubles.List();
    }

    /// <summary>Forgets every token, as the service does after a time that it does not tell.</summary>
    public void ForgetTokens()
    {
        lock (_region.Gate) _region.Tokens.Clear();
    }

    private IReadOnlyList<JsonObject> Look(Func<IEnumerable<JsonObject>> what)
    {
        lock (_region.Gate)
        {
            _region.Carry();
            return [.. what()];
        }
    }
}
