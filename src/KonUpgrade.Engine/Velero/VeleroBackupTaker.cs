using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Engine.Velero.Server;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>
/// Makes a backup of what is in a cluster. First everything is looked at that would let it fail or be less than was asked
/// for; then it is made, once a request.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="request">What is asked for.</param>
/// <param name="reporter">Told what is decided.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class VeleroBackupTaker(ClusterConnection cluster, VeleroBackupRequest request, IReporter reporter, TimeProvider? time = null)
{
    private const string Prefix = "konupgrade";

    private readonly VeleroServer _server = new(cluster, request.VeleroNamespace, reporter, time ?? TimeProvider.System);
    private VeleroMaker<VeleroBackup>? _maker;
    private VeleroLocation? _location;
    private string _uid = "";

    /// <summary>Looks whether it can be made. Nothing is changed.</summary>
    /// <exception cref="UpgradeException">
    /// IdentityUnknown, VeleroNotInstalled, VeleroNotRunning, VeleroOnlyRestores, StorageLocationNotFound, StorageLocationReadOnly,
    /// StorageLocationNotAvailable, NamespaceNotFound, KindNotFound, SelectionContradictory, InvalidLabelSelector, VeleroNameInvalid,
    /// VeleroBackupExists, VeleroFieldNotKnown; or the cluster can't be asked.
    /// </exception>
    public async Task<VeleroPrepared<VeleroBackup>> PrepareAsync(CancellationToken cancellationToken)
    {
        VeleroChecks.Consistent(request.Selection);
        _uid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
        await _server.RequireAsync(forBackup: true, cancellationToken).ConfigureAwait(false);
        var kinds = VeleroKinds.OfBackup(_server.Catalog, request.Selection, cluster.Context.Name, reporter);
        await RequireNamespacesAsync(cancellationToken).ConfigureAwait(false);
        _location = await _server.WritableAsync(request.StorageLocation, cancellationToken).ConfigureAwait(false);
        var spec = VeleroSpecs.Backup(request, kinds, _location.Name);
        var key = VeleroSpecs.Key(spec, request.Labels, _uid, request.VeleroNamespace);
        _maker = new VeleroMaker<VeleroBackup>(cluster, request.VeleroNamespace, VeleroResources.Backups, VeleroView.Backup, _uid, reporter);
        var (name, existing) = await _maker.FindAsync(request.Name, Prefix, key, cancellationToken).ConfigureAwait(false);
        if (existing is null)
            await _maker.CheckAsync(name, spec, key, request.Labels, cancellationToken).ConfigureAwait(false);
        return new VeleroPrepared<VeleroBackup>
        {
            Name = name,
            Existing = existing,
            Description = $"{VeleroChecks.Describe(request.Selection, kinds)} to {_location.Name} ({_location.Address})",
            Key = key,
            Spec = spec,
            Labels = request.Labels,
        };
    }

    /// <summary>Makes it, or finds it: one that the same request made before is given back as it is.</summary>
    /// <param name="prepared">What <see cref="PrepareAsync"/> gave.</param>
    /// <param name="cancellationToken">Stops; it may have been made all the same, and is found by the same request.</param>
    /// <exception cref="UpgradeException">VeleroSilent, VeleroBackupExists; or what the server says of it.</exception>
    public async Task<VeleroBackup> StartAsync(VeleroPrepared<VeleroBackup> prepared, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        var maker = _maker ?? throw new InvalidOperationException("It was not prepared.");
        var annotations = new Dictionary<string, string> { [VeleroKeys.SourceCluster] = _uid };
        if (prepared.Existing is null)
        {
            await _server.AskAsync(cancellationToken).ConfigureAwait(false);
            if (_server.Version is { } version)
                annotations[VeleroKeys.VeleroVersion] = version;
        }

        return await maker.MakeAsync(prepared, annotations, cancellationToken).ConfigureAwait(false) with { Bucket = _location?.Bucket, Prefix = _location?.Prefix };
    }

    private async Task RequireNamespacesAsync(CancellationToken cancellationToken)
    {
        foreach (var name in request.Selection.Namespaces.Where(name => !VeleroChecks.IsPattern(name)))
        {
            if (await ClusterNamespaces.HasAsync(cluster.Client, name, cancellationToken).ConfigureAwait(false) == false)
                throw new UpgradeException(VeleroFailures.NamespaceMissing(name, cluster.Context.Name, await ClusterNamespaces.NamesAsync(cluster.Client, cancellationToken).ConfigureAwait(false)));
        }
    }
}
