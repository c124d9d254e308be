using System.Runtime.CompilerServices;
using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>What deployed Helm releases have rendered. Only Helm's own Secrets and ConfigMaps are read, by their labels.</summary>
internal sealed class HelmEvidence(Inspection inspection) : IEvidenceSource
{
    // The labels that Helm 3 puts on what it keeps. Of a release's revisions one is deployed.
    private static readonly ListOptions s_deployed = new() { LabelSelector = "owner=helm,status=deployed" };

    /// <inheritdoc/>
    public string Name => "Helm's releases";

    /// <inheritdoc/>
    public string? NotAsked => null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var kept in new[] { CoreResources.Secrets, CoreResources.ConfigMaps })
        {
            foreach (var list in inspection.Lists(namespaced: true, s_deployed))
            {
                await foreach (var o in inspection.Cluster.Client.ListAsync(kept, list, cancellationToken).ConfigureAwait(false))
                {
                    HelmRelease? release;
                    using (o)
                    {
                        release = HelmRelease.Read(o);
                        if (release is null)
                            inspection.Reporter.Warning($"{inspection.Cluster.Context.Name}: {o} calls itself a release of Helm's, and is none that can be read.");
                    }

                    foreach (var found in release is null ? [] : Findings(release))
                        yield return found;
                }
            }
        }
    }

    private List<DeprecatedApi> Findings(HelmRelease release)
    {
        var found = new List<DeprecatedApi>();
        foreach (var manifest in release.Manifests)
        {
            var text = Encoding.UTF8.GetBytes(manifest);
            var heads = new List<ManifestHead>();
            try
            {
                ManifestHeads.Read(text, $"the release {release.Namespace}/{release.Name}", heads);
            }
            catch (UpgradeException e)
            {
                inspection.Reporter.Warning($"{inspection.Cluster.Context.Name}: {e.Failure.Message}");
                continue;
            }

            Take(release, text, heads, found);
        }

        return found;
    }

    private void Take(HelmRelease release, byte[] text, List<ManifestHead> heads, List<DeprecatedApi> found)
    {
        var rendered = new RenderedFrom(text);
        foreach (var head in heads)
        {
            if (!head.IsManifest || inspection.Judge.Of(head.ApiVersion, head.Kind) is not { } verdict)
                continue;
            // What names no namespace is in the release's, unless it is a kind without.
            var ns = head.Namespace ?? (inspection.Catalog.Resources.FirstOrDefault(resource => resource.Kind == head.Kind)?.Namespaced == false ? null : release.Namespace);
            if (!inspection.Filter.Includes(head.ApiVersion, head.Kind, ns))
                continue;
            found.Add(inspection.Finding(verdict, head.ApiVersion, head.Kind, DeprecatedApiEvidence.HelmRelease, $"{release.Namespace}/{release.Name}") with
            {
                Namespace = ns,
                Name = head.Name.Length > 0 ? head.Name : null,
                LastSeen = release.LastDeployed,
                Line = head.Line,
                Template = rendered.Above(head.Line),
            });
        }
    }
}
