using System.Globalization;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>In what one object of green differs from that of blue, and what that weighs. What blue lacks as well does not block.</summary>
/// <param name="green">Green, for what it takes more than the object to know.</param>
/// <param name="blue">Blue's context.</param>
/// <param name="system">The system.</param>
/// <param name="records">What is recorded of the way to green.</param>
internal sealed class HealthDifferences(GreenLook green, string blue, SystemDescription system, ImportRecords records)
{
    /// <summary>Whether an object exists.</summary>
    public const string Presence = "object";

    // True of these is nothing good, or says what goes on and not how it is.
    private static readonly string[] s_passing =
    [
        "Stalled", "Degraded", "Failed", "Failure", "Error", "Reconciling", "Progressing", "Terminating", "Suspended", "Paused", "Stopped", "Created", "Running", "Restarting",
        "NonStructuralSchema", "KubernetesAPIApprovalPolicyConformant",
    ];

    // False of these keeps an object from its work, whatever it is.
    private static readonly string[] s_vital = ["Ready", "Available", "Healthy", "Established", "NamesAccepted", "Programmed", "Synced", "Bound"];

    /// <summary>Blue has it, and green has not.</summary>
    public ClusterDifference Missing(ComparedObject there)
    {
        var record = records.Find(there.Key);
        var velero = record is null ? system.Velero?.ForVolume(there.Key.Group, there.Key.Kind, driver: null)?.Reason : null;
        var reason = record?.Reason ?? velero ?? (green.Serves(there.Key.Group, there.Key.Kind) ? null : $"{green.Name} does not serve {there.Key.KindAndGroup}.");
        return Of(there, record is { IsHeld: true } ? ClusterDifferenceState.Held : ClusterDifferenceState.Missing, Presence, record is { IsMeant: true } ? ReadinessSeverity.Advisory : ReadinessSeverity.Blocking) with
        {
            BlueValue = "there",
            Reason = reason,
            Message = reason is null ? "it is not there" : $"it is not there: {reason}",
        };
    }

    /// <summary>Green has it, and blue has not.</summary>
    public ClusterDifference Extra(ComparedObject there) => Of(there, ClusterDifferenceState.Extra, Presence, ReadinessSeverity.Advisory) with
    {
        GreenValue = "there",
        Message = $"{blue} has none of that name",
    };

    /// <summary>What a check of the system found on green.</summary>
    public ClusterDifference Found(string check, ReadinessFinding finding, string? onBlue) => new()
    {
        State = ClusterDifferenceState.NotReady,
        Severity = onBlue is null ? finding.Severity : ReadinessSeverity.Advisory,
        Blue = blue,
        Green = green.Name,
        ApiVersion = finding.ApiVersion ?? "",
        Kind = finding.Kind ?? "",
        Namespace = finding.Namespace,
        Name = finding.Name ?? finding.Target,
        Aspect = check,
        BlueValue = onBlue,
        GreenValue = finding.Message,
        Reason = onBlue is null ? null : $"So it is on {blue}.",
        Message = onBlue is null ? finding.Message : $"{finding.Message}, and on {blue}: {onBlue}",
    };

    /// <summary>Both have it.</summary>
    /// <param name="before">That of blue.</param>
    /// <param name="after">That of green.</param>
    /// <param name="answers">Whether a Service has endpoints that are ready, on blue and on green; null where that is not known.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<ClusterDifference>> BetweenAsync(ComparedObject before, ComparedObject after, (bool Blue, bool Green)? answers, CancellationToken cancellationToken)
    {
        if (after.IsDeleting)
            return [NotReady(after, Presence, "there", "being deleted", "it is being deleted")];
        var found = new List<ClusterDifference>();
        if (before.Pods is not null && after.Pods is not null)
            found.AddRange(Images(after, before.Pods, after.Pods));
        if (after.Held is { } held)
        {
            found.Add(Of(after, ClusterDifferenceState.Held, Presence, ReadinessSeverity.Advisory) with { Reason = held, Message = held });
            return found;
        }
        if (before.Pods is not null && after.Pods is not null)
        {
            if (await ReplicasAsync(after, before.Pods, after.Pods, cancellationToken).ConfigureAwait(false) is { } replicas)
                found.Add(replicas);
            if (after.Pods.Lack is { } lack)
                found.Add(Ready(before, after, lack));
        }
        if (answers is { Blue: true, Green: false })
            found.Add(await EndpointsAsync(after, cancellationToken).ConfigureAwait(false));
        if (before.HasAddress == true && after.HasAddress == false)
            found.Add(NotReady(after, "address", "an address", "none", "it has no address"));
        if (before.Phase == "Bound" && after.Phase is { } phase and not "Bound")
            found.Add(await VolumeAsync(after, phase, cancellationToken).ConfigureAwait(false));
        found.AddRange(Conditions(before, after));
        return found;
    }

    private IEnumerable<ClusterDifference> Images(ComparedObject after, ComparedPods onBlue, ComparedPods onGreen)
    {
        foreach (var name in onBlue.Containers.Concat(onGreen.Containers).Select(container => container.Name).Distinct(StringComparer.Ordinal))
        {
            var was = onBlue.Containers.FirstOrDefault(container => container.Name == name)?.Image;
            var now = onGreen.Containers.FirstOrDefault(container => container.Name == name)?.Image;
            if (was != now)
                yield return Different(after, "image", was, now) with { Message = $"the container {name} runs {now ?? "nothing"}, and {was ?? "nothing"} on {blue}" };
        }
    }

    private async Task<ClusterDifference?> ReplicasAsync(ComparedObject after, ComparedPods onBlue, ComparedPods onGreen, CancellationToken cancellationToken)
    {
        if (onBlue.Wanted is not { } was || onGreen.Wanted is not { } now || was == now)
            return null;
        var difference = Different(after, "replicas", Text(was), Text(now)) with { Message = $"it wants {Text(now)} pods, and {Text(was)} on {blue}" };
        if (await green.IsScaledAsync(after.Key, cancellationToken).ConfigureAwait(false))
            return difference with { Severity = ReadinessSeverity.Advisory, Reason = $"An autoscaler on {green.Name} decides." };
        return now > was ? difference with { Severity = ReadinessSeverity.Advisory } : difference;
    }

    // Why it is not ready, a controller that has not come to it yet says as well as one that can't.
    private ClusterDifference Ready(ComparedObject before, ComparedObject after, string lack)
    {
        var (onBlue, onGreen) = (before.Pods!, after.Pods!);
        var difference = NotReady(after, "ready", $"{Text(onBlue.Ready)} of {Text(onBlue.Expected)}", $"{Text(onGreen.Ready)} of {Text(onGreen.Expected)}", lack);
        return before.Held is null && onBlue.Lack is { } alike
            ? difference with { Severity = ReadinessSeverity.Advisory, Reason = $"So it is on {blue}.", Message = $"{lack}, and on {blue}: {alike}" }
            : difference;
    }

    private async Task<ClusterDifference> EndpointsAsync(ComparedObject after, CancellationToken cancellationToken)
    {
        var silent = NotReady(after, "endpoints", "ready", "none is ready", "no endpoint is ready");
        return await green.FindHeldAsync(after, cancellationToken).ConfigureAwait(false) is { } held
            ? silent with { State = ClusterDifferenceState.Held, Severity = ReadinessSeverity.Advisory, Reason = $"{held} is held.", Message = $"no endpoint is ready, since {held} is held" }
            : silent;
    }

    private async Task<ClusterDifference> VolumeAsync(ComparedObject after, string phase, CancellationToken cancellationToken)
    {
        var open = NotReady(after, "volume", "Bound", phase, $"it is {phase}");
        return phase == "Pending" && await green.WaitsForPodAsync(after.StorageClass, cancellationToken).ConfigureAwait(false)
            ? open with { Severity = ReadinessSeverity.Advisory, Reason = "Its storage class binds it when a pod wants it.", Message = "it waits for a pod that wants it" }
            : open;
    }

    private IEnumerable<ClusterDifference> Conditions(ComparedObject before, ComparedObject after)
    {
        foreach (var (type, _) in before.Conditions.Where(condition => condition.Value == "True" && !s_passing.Contains(condition.Key)))
        {
            var now = after.Conditions.GetValueOrDefault(type);
            if (now == "True")
                continue;
            var difference = NotReady(after, type, "True", now, now is null ? $"nobody has told that it is {type}" : $"{type} is {now}");
            yield return IsVital(after, type) ? difference : difference with { Severity = ReadinessSeverity.Advisory };
        }
    }

    private bool IsVital(ComparedObject after, string type) => s_vital.Contains(type)
        || system.Health.Any(health => health is { Severity: ReadinessSeverity.Blocking } && health.Conditions.ContainsKey(type) && KindPattern.Matches(health.Kinds, after.Key.Group, after.Key.Kind));

    private ClusterDifference Different(ComparedObject o, string aspect, string? onBlue, string? onGreen) =>
        Of(o, ClusterDifferenceState.Different, aspect, ReadinessSeverity.Blocking) with { BlueValue = onBlue, GreenValue = onGreen };

    private ClusterDifference NotReady(ComparedObject o, string aspect, string? onBlue, string? onGreen, string message) =>
        Of(o, ClusterDifferenceState.NotReady, aspect, ReadinessSeverity.Blocking) with { BlueValue = onBlue, GreenValue = onGreen, Message = message };

    private ClusterDifference Of(ComparedObject o, ClusterDifferenceState state, string aspect, ReadinessSeverity severity) => new()
    {
        State = state,
        Severity = severity,
        Blue = blue,
        Green = green.Name,
        ApiVersion = o.ApiVersion,
        Kind = o.Key.Kind,
        Namespace = o.Key.Namespace,
        Name = o.Key.Name,
        Aspect = aspect,
        Message = "",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
