using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>Looks at the limit of one KubermaticConfiguration alone, without the seeds, and writes it past what is kept.</summary>
/// <param name="master">The master.</param>
/// <param name="namespace">The namespace of the configuration.</param>
/// <param name="name">Its name.</param>
/// <param name="uid">Its UID: another one of its name is not meant.</param>
internal sealed class LimitWriter(ClusterConnection master, string @namespace, string name, string? uid)
{
    /// <summary>Looks.</summary>
    /// <returns>Null where it is gone, or another one.</returns>
    /// <exception cref="UpgradeException">HoldStateDamaged, or the master can't be asked.</exception>
    public async Task<LimitState?> LookAsync(CancellationToken cancellationToken)
    {
        using var o = await GetAsync(cancellationToken).ConfigureAwait(false);
        return o is null ? null : LimitField.Read(o);
    }

    /// <summary>Writes a limit, or takes it away; only on the configuration that is meant.</summary>
    /// <param name="configured">What is to be written; null for nothing.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">ConfigurationNotFound, or the master refuses it: without its words, which may quote the keys of the login.</exception>
    public async Task WriteAsync(int? configured, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = uid },
            ["spec"] = new JsonObject { ["seedController"] = new JsonObject { ["maximumParallelReconciles"] = configured } },
        };
        var resource = await ResourceAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var written = await master.Client.PatchAsync(
                resource, @namespace, name, PatchKind.Merge, JsonTree.Write(patch), new WriteOptions { FieldManager = OurFieldManager.Name }, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e)
        {
            throw new UpgradeException(UnquotedRefusal.Of(e, $"KubermaticConfiguration {@namespace}/{name}", "Try the change by hand to see what the server says (kubectl edit)."));
        }
    }

    private async Task<KubernetesObject?> GetAsync(CancellationToken cancellationToken)
    {
        var o = await master.Client.GetAsync(await ResourceAsync(cancellationToken).ConfigureAwait(false), @namespace, name, cancellationToken).ConfigureAwait(false);
        if (o is null || uid is null || o.Uid == uid)
            return o;
        o.Dispose();
        return null;
    }

    private async Task<ApiResource> ResourceAsync(CancellationToken cancellationToken) =>
        (await master.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false)).FindPreferred(KubermaticRole.Group, "KubermaticConfiguration")
        ?? throw new UpgradeException(KubermaticMaster.NoConfiguration(master.Context.Name, @namespace));
}
