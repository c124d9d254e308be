using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>Which objects of an export are meant by a selection.</summary>
internal sealed class ImportSelection
{
    private readonly SelectedNames _names;
    private readonly LabelSelector? _labels;

    public ImportSelection(ClusterConfigSelection selection, ApiCatalog catalog)
    {
        _names = new SelectedNames(selection);
        _names.Learn(catalog);
        _labels = LabelSelector.Read(selection.LabelSelector);
    }

    /// <summary>Whether an object's labels are those that are selected. The rest of the selection is <see cref="Includes(ManifestFile)"/>.</summary>
    public bool Selects(KubernetesObject o) => _labels is null || _labels.Matches(o.Metadata.Member("labels"u8));

    public bool Includes(ManifestFile file) => _names.Includes(file);

    public bool Includes(ObjectKey key, string apiVersion) => _names.Includes(key, apiVersion);

    /// <summary>Once everything was asked for: a word that means nothing, neither in the import nor on the target, is mistyped.</summary>
    /// <param name="target">The target, which may have a namespace of which the import has nothing.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="UpgradeException">KindNotFound, GroupNotFound, NamespaceNotFound.</exception>
    public async Task CheckAsync(KubernetesClient target, CancellationToken cancellationToken)
    {
        await _names.LearnNamespacesAsync(target, cancellationToken).ConfigureAwait(false);
        _names.Check("the import", "the target");
    }
}
