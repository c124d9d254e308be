using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// What speaks against resuming a workload: data that is missing, and that it would act on the world outside, where
/// somebody must say so first.
/// </summary>
internal sealed class ResumeCheck(KubernetesClient client, string context, bool force)
{
    private readonly NeededClaims _claims = new(client, context);

    /// <summary>Looks at a workload before it is resumed.</summary>
    /// <returns>The step; one that does nothing and says why where something speaks against it.</returns>
    public async Task<WorkloadStep> CheckAsync(WorkloadStep step, CancellationToken cancellationToken)
    {
        // Where somebody else has started it, only our annotation goes.
        if (step.Patch is null || step.Change.Fields.Count == 0)
            return step;
        var lack = step.Needs.Count == 0 ? null : await _claims.LackAsync(step.Needs, cancellationToken).ConfigureAwait(false);
        if (lack is null && step.Outward is null)
            return step;
        var name = WorkloadStep.NameOf(step.Change);
        if (force)
        {
            return step with
            {
                Warning = Join(
                    lack is null ? null : $"{name} is resumed though {lack}: a volume that it gets now is empty, and shadows data that comes later.",
                    step.Outward is null ? null : $"{name} is resumed, and acts outside the cluster from now on: {step.Outward.What}."),
            };
        }
        return step with
        {
            Patch = null,
            Change = step.Change with
            {
                Action = Model.WorkloadChangeAction.Skipped,
                Fields = [],
                Reason = Join(
                    lack is null ? null : $"It stays held: {lack}, and an empty volume would shadow the data. Bring the data, then resume it again; -Force resumes it without.",
                    step.Outward is null ? null : $"It stays held: {step.Outward.Reason}. -Force resumes it, when the other cluster no longer does the same; an import with -AllowOutward {step.Outward.Kind} does not hold what it brings."),
            },
        };
    }

    private static string? Join(params string?[] sentences) => string.Join(' ', sentences.OfType<string>());
}
