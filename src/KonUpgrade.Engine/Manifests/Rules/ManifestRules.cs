using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>
/// The rules for what leaves a cluster, in the order in which they are asked: first those that leave objects out, then
/// those that clear fields. Export and compare use the same ones. Has no state that changes; may be shared by threads.
/// </summary>
public sealed class ManifestRules
{
    private static readonly IManifestRule[] s_leaveOut =
    [
        new ClusterKindsRule(), new JournalNamespaceRule(), new EndpointsRule(), new ControllerChildRule(), new TerminatingObjectRule(),
        new FinishedPodRule(), new FinishedJobRule(), new ApiServerServiceRule(), new ClusterConfigMapsRule(), new DefaultServiceAccountRule(),
        new AutoRegisteredApiServiceRule(), new AutoUpdatedFlowControlRule(), new BootstrapObjectsRule(),
    ];

    private static readonly IManifestRule[] s_clear =
    [
        new OwnerUidRule(), new OwnAnnotationsRule(), new RestoredLabelsRule(), new BuiltInFinalizersRule(), new ControllerAnnotationsRule(),
        new TemplateTimesRule(), new NamespaceRule(), new ServiceRule(), new PersistentVolumeClaimRule(), new PersistentVolumeRule(), new PodRule(), new JobRule(),
        new ServiceAccountTokensRule(), new PreserveUnknownFieldsRule(),
    ];

    private readonly IManifestRule[] _rules;
    private readonly StayingOwnerRule _stayingOwner;

    /// <summary>The rules for every cluster, with those of a system's description.</summary>
    /// <param name="system">The system.</param>
    /// <param name="secrets">What becomes of Secrets and of what the system names as sensitive.</param>
    /// <param name="more">Rules that clear fields, of whoever knows more than manifests.</param>
    public ManifestRules(SystemDescription system, SecretHandling secrets = SecretHandling.Skip, params IManifestRule[] more)
    {
        // That Secrets or what Pods own stay behind is said last: a system's own reason tells more.
        _stayingOwner = new StayingOwnerRule(system);
        _rules =
        [
            .. s_leaveOut, .. system.Export.LeaveOut.Select(rule => new SystemLeaveOutRule(rule)), new SecretRule(secrets), .. system.Export.Sensitive.Select(rule => new SensitiveRule(rule, secrets)), _stayingOwner,
            new ClusterFieldsRule(system.Export.KeepStatus), .. s_clear, .. system.Export.Clear.Select(rule => new SystemClearRule(rule)), .. more,
        ];
    }

    private ManifestRules(IManifestRule[] rules, StayingOwnerRule stayingOwner)
    {
        _rules = rules;
        _stayingOwner = stayingOwner;
    }

    /// <summary>The names of the rules, in order.</summary>
    public IEnumerable<string> Names => _rules.Select(rule => rule.Name);

    /// <summary>Why no object of a kind ever travels, or null where some may. Such a kind is counted, not looked at.</summary>
    public static string? ReasonForWholeKind(SystemDescription system, string group, string kind)
    {
        foreach (var rule in system.Export.LeaveOut)
        {
            if (rule.ByKind && KindPattern.Matches(rule.Kinds, group, kind))
                return rule.Reason;
        }

        return ClusterKindsRule.Reason(group, kind);
    }

    /// <summary>Why no object of any kind of a group ever travels, or null where some may.</summary>
    public static string? ReasonForWholeGroup(SystemDescription system, string group) =>
        system.Export.LeaveOut.FirstOrDefault(rule => rule.ByKind && rule.Kinds.Contains($"*.{group}"))?.Reason ?? ClusterKindsRule.ReasonForGroup(group);

    /// <summary>Those rules that have something to say about a kind.</summary>
    public ManifestRules ForKind(string group, string kind) => new(Array.FindAll(_rules, rule => rule.AppliesTo(group, kind)), _stayingOwner);

    /// <summary>The rules without the one of a name.</summary>
    public ManifestRules Without(string name) => new(Array.FindAll(_rules, rule => rule.Name != name), _stayingOwner);

    /// <summary>Whether the owner that a reference names stays behind, so that the reference does too.</summary>
    public bool OwnerStays(JsonPart reference) => _stayingOwner.Stays(reference);

    /// <summary>Asks the rules about an object. Once one leaves it out, the others are not asked.</summary>
    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        outcome.Clear();
        foreach (var rule in _rules)
        {
            rule.Apply(o, outcome);
            if (outcome.LeftOutReason is not null)
                return;
        }
    }
}
