using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Readiness.Upgrading.Versions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Provider;

/// <summary>
/// Every add-on of EKS is well, and has a version for the target. In place add-ons follow the control plane: that the installed
/// version is not for the target is told with the one to go to, and blocks only where there is none. A green that is there has
/// add-ons of its own: they must be well, fit its version, and what blue has should be among them.
/// </summary>
internal sealed class EksAddonsCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "EksAddons",
        Title = "Every add-on of EKS is well, and has a version for the target",
        Category = ReadinessCategory.Provider,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Mend what the service names; update add-ons after the control plane (aws eks update-addon).",
        Documentation = "https://docs.aws.amazon.com/eks/latest/userguide/managing-add-ons.html",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        using var blue = await EksSubject.OpenAsync(subject.Blue, subject.Reporter, cancellationToken).ConfigureAwait(false);
        using var green = subject.Green is null ? null : await EksSubject.OpenAsync(subject.Green, subject.Reporter, cancellationToken).ConfigureAwait(false);
        if (blue is null && green is null)
            return EksSubject.NotOne(subject.Blue);
        var target = VersionPathCheck.Text(subject.Target);
        var findings = new List<ReadinessFinding>();
        var onBlue = await AddonsAsync(blue, cancellationToken).ConfigureAwait(false);
        var onGreen = await AddonsAsync(green, cancellationToken).ConfigureAwait(false);
        findings.AddRange(onBlue.Select(addon => Trouble(blue!, addon, subject.WhenDrained)).Concat(onGreen.Select(addon => Trouble(green!, addon, ReadinessSeverity.Blocking))).OfType<ReadinessFinding>());
        // What is to run at the target: green's, where it is there.
        foreach (var addon in green is null ? onBlue : onGreen)
        {
            var eks = green ?? blue!;
            if (Misfit(eks, addon, await VersionsAsync(eks, addon, target, cancellationToken).ConfigureAwait(false), target, subject) is { } misfit)
                findings.Add(misfit);
        }

        if (green is not null)
            findings.AddRange(onBlue.Where(addon => !onGreen.Exists(other => other.AddonName == addon.AddonName)).Select(addon => Missing(green, addon, subject.Name)));
        return ReadinessOutcome.Of(onBlue.Count + onGreen.Count, "add-on", findings);
    }

    private static async Task<List<Addon>> AddonsAsync(EksSubject? eks, CancellationToken cancellationToken)
    {
        var addons = new List<Addon>();
        if (eks is null)
            return addons;
        await foreach (var name in eks.Client.ListAddonsAsync(eks.ClusterName, cancellationToken).ConfigureAwait(false))
            addons.Add(await eks.Client.DescribeAddonAsync(eks.ClusterName, name, cancellationToken).ConfigureAwait(false));
        return addons;
    }

    private static async Task<List<AddonVersionInfo>> VersionsAsync(EksSubject eks, Addon addon, string target, CancellationToken cancellationToken)
    {
        var versions = new List<AddonVersionInfo>();
        try
        {
            await foreach (var info in eks.Client.DescribeAddonVersionsAsync(addon.AddonName, target, cancellationToken).ConfigureAwait(false))
                versions.AddRange(info.AddonVersions.Where(version => version.IsFor(target)));
        }
        catch (InvalidParameterException)
        {
            // So the service answers for an add-on that it does not offer any more.
        }

        return versions;
    }

    private static ReadinessFinding? Trouble(EksSubject eks, Addon addon, ReadinessSeverity severity)
    {
        var issues = addon.Health?.Issues ?? [];
        var told = EksIssues.Tell(issues);
        return addon.Status == AddonStatus.Active && told is null
            ? null
            : eks.Finding($"add-on {addon.AddonName}", $"EKS calls it {addon.Status ?? "nothing"}{(told is null ? "" : $": {told}")}", severity, issues.Count > 0 ? EksIssues.Remedy(issues) : null, addon.ModifiedAt);
    }

    private static ReadinessFinding? Misfit(EksSubject eks, Addon addon, List<AddonVersionInfo> versions, string target, UpgradeSurvey subject)
    {
        if (versions.Exists(version => version.AddonVersion == addon.AddonVersion))
            return null;
        if (versions.Count == 0)
            return eks.Finding($"add-on {addon.AddonName}", $"EKS has no version of it for {target}", subject.WhenDrained, "Look whether another add-on, or one that you install yourself, takes its place there.");
        var best = versions.Find(version => version.IsDefaultFor(target)) ?? versions[0];
        var update = $"aws eks update-addon --cluster-name {eks.ClusterName} --addon-name {addon.AddonName} --addon-version {best.AddonVersion}";
        return eks.Finding(
            $"add-on {addon.AddonName}", $"its version {addon.AddonVersion} is not for {target}; {best.AddonVersion} is", ReadinessSeverity.Advisory,
            subject switch
            {
                { Way: UpgradeWay.InPlace } => $"After the control plane: {update}",
                { Green: null } => "Give green that version of it.",
                _ => update,
            });
    }

    private static ReadinessFinding Missing(EksSubject green, Addon addon, string blue) => green.Finding(
        $"add-on {addon.AddonName}", $"{blue} has it, and it is not there", ReadinessSeverity.Advisory,
        $"Where nothing else takes its place: aws eks create-addon --cluster-name {green.ClusterName} --addon-name {addon.AddonName}");
}
