using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Readiness.Upgrading.Versions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Provider;

/// <summary>
/// Every add-on of EKS is well, and has a version for the target. Add-ons follow the control plane: that the installed version
/// is not for the target is told with the one to go to, and blocks only where there is none.
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
        using var eks = await EksSubject.OpenAsync(subject.Blue, subject.Reporter, cancellationToken).ConfigureAwait(false);
        if (eks is null)
            return EksSubject.NotOne(subject.Blue);
        var target = VersionPathCheck.Text(subject.Target);
        var findings = new List<ReadinessFinding>();
        var count = 0;
        await foreach (var name in eks.Client.ListAddonsAsync(eks.ClusterName, cancellationToken).ConfigureAwait(false))
        {
            count++;
            var addon = await eks.Client.DescribeAddonAsync(eks.ClusterName, name, cancellationToken).ConfigureAwait(false);
            if (Trouble(eks, addon, subject.WhenDrained) is { } trouble)
                findings.Add(trouble);
            var versions = new List<AddonVersionInfo>();
            await foreach (var info in eks.Client.DescribeAddonVersionsAsync(name, target, cancellationToken).ConfigureAwait(false))
                versions.AddRange(info.AddonVersions.Where(version => version.IsFor(target)));
            if (Misfit(eks, addon, versions, target, subject.WhenDrained) is { } misfit)
                findings.Add(misfit);
        }
        return ReadinessOutcome.Of(count, "add-on", findings);
    }

    private static ReadinessFinding? Trouble(EksSubject eks, Addon addon, ReadinessSeverity severity)
    {
        var issues = addon.Health?.Issues ?? [];
        var told = EksIssues.Tell(issues);
        return addon.Status == AddonStatus.Active && told is null
            ? null
            : eks.Finding($"add-on {addon.AddonName}", $"EKS calls it {addon.Status ?? "nothing"}{(told is null ? "" : $": {told}")}", severity, issues.Count > 0 ? EksIssues.Remedy(issues) : null, addon.ModifiedAt);
    }

    private static ReadinessFinding? Misfit(EksSubject eks, Addon addon, List<AddonVersionInfo> versions, string target, ReadinessSeverity severity)
    {
        if (versions.Exists(version => version.AddonVersion == addon.AddonVersion))
            return null;
        if (versions.Count == 0)
            return eks.Finding($"add-on {addon.AddonName}", $"EKS has no version of it for {target}", severity, "Look whether another add-on, or one that you install yourself, takes its place there.");
        var best = versions.Find(version => version.IsDefaultFor(target)) ?? versions[0];
        return eks.Finding(
            $"add-on {addon.AddonName}", $"its version {addon.AddonVersion} is not for {target}; {best.AddonVersion} is", ReadinessSeverity.Advisory,
            $"After the control plane: aws eks update-addon --cluster-name {eks.ClusterName} --addon-name {addon.AddonName} --addon-version {best.AddonVersion}");
    }
}
