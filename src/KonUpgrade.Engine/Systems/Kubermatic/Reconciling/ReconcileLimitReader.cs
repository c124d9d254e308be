using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>Reads the limits of a master, and the load that remains on its seeds. Nothing is written.</summary>
/// <param name="master">The master.</param>
/// <param name="options">Which ones.</param>
/// <param name="reporter">Told of seeds that stand still, and of those that can't be read.</param>
public sealed class ReconcileLimitReader(ClusterConnection master, ReconcileLimitOptions options, IReporter reporter)
{
    /// <summary>Gives one for each KubermaticConfiguration.</summary>
    /// <exception cref="UpgradeException">RoleUnknown, NotAMaster, ConfigurationNotFound, HoldStateDamaged, or the master can't be asked.</exception>
    public async IAsyncEnumerable<ReconcileLimit> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var survey = await LimitSurvey.OpenAsync(master, options, reporter, cancellationToken).ConfigureAwait(false);
        await using (survey.ConfigureAwait(false))
        {
            foreach (var found in survey.Configurations)
            {
                var limit = await survey.LoadAsync(found, cancellationToken).ConfigureAwait(false);
                LimitWarnings.Tell(limit, reporter);
                yield return limit;
            }
        }
    }
}
