using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>Which kinds are listed of a selection, each once, in the version that the server prefers.</summary>
internal sealed class ListPlan
{
    // Kinds that servers of old serve in two groups: one object, two names. The newer group is taken.
    private static readonly Dictionary<(string Group, string Kind), string> s_elsewhere = new()
    {
        [("extensions", "Ingress")] = "networking.k8s.io",
        [("extensions", "NetworkPolicy")] = "networking.k8s.io",
        [("extensions", "Deployment")] = "apps",
        [("extensions", "DaemonSet")] = "apps",
        [("extensions", "ReplicaSet")] = "apps",
        [("extensions", "PodSecurityPolicy")] = "policy",
        [("", "Event")] = "events.k8s.io",
    };

    /// <summary>The kinds.</summary>
    public required IReadOnlyList<KindPlan> Kinds { get; init; }

    /// <summary>Groups that could not be asked what they serve, as far as they may belong to the selection.</summary>
    public required IReadOnlyList<Failure> Failures { get; init; }

    /// <summary>Makes a plan of what the server serves.</summary>
    /// <exception cref="UpgradeException">KindNotFound, GroupNotFound, KindNotInSystem, InvalidLabelSelector.</exception>
    public static ListPlan Make(ApiCatalog catalog, SystemDescription system, ClusterConfigSelection selection, SecretHandling secrets = SecretHandling.Skip)
    {
        _ = LabelSelector.Read(selection.LabelSelector);
        if (FoundNamespaces.HasNone(system, selection))
            throw NotItsNamespaces(system, selection);
        var groups = Groups(catalog, selection);
        var named = Named(catalog, selection);
        var rules = new ManifestRules(system, secrets, new HeldObjectsRule());
        var plans = new List<KindPlan>();
        var seen = new HashSet<(string, string)>();
        var outside = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var resource in catalog.Resources)
        {
            if (!resource.Verbs.Contains("list") || resource.Plural.Contains('/', StringComparison.Ordinal) || !seen.Add((resource.Group, resource.Kind)))
                continue;
            if (s_elsewhere.TryGetValue((resource.Group, resource.Kind), out var other) && catalog.FindPreferred(other, resource.Kind)?.Verbs.Contains("list") == true)
                continue;
            if ((groups is not null && !groups.Contains(resource.Group)) || (named is not null && !named.Contains((resource.Group, resource.Kind))))
                continue;
            var wholeKind = ManifestRules.ReasonForWholeKind(system, resource.Group, resource.Kind);
            if (!Belongs(system, resource, wholeKind is not null))
                continue;
            if (Lists(resource, selection) is not { Count: > 0 } lists)
            {
                if (wholeKind is null)
                    outside.Add(resource.KindAndGroup);
                continue;
            }
            var staysBehind = secrets == SecretHandling.Skip && resource is { Group: "", Kind: "Secret" };
            plans.Add(new KindPlan
            {
                Resource = resource,
                Rules = rules.ForKind(resource.Group, resource.Kind),
                MayBeSensitive = SecretKinds.Contains(system, resource.Group, resource.Kind),
                WholeKindReason = wholeKind,
                IsToldOnly = staysBehind && named is null,
                Narrowed = system.Export.Narrows(resource.KindAndGroup) ? system.Export : null,
                // No value of theirs leaves the server.
                Lists = staysBehind && !LooksInside(system, resource) ? [.. lists.Select(list => list with { MetadataOnly = true })] : lists,
                Folder = ManifestPath.KindFolder(resource.Group, resource.Kind),
            });
        }

        // An export of nothing would look complete, and a comparison of nothing equal. What is left out is nothing either,
        // where no namespace has what is not.
        List<Failure> failures = [.. catalog.Failures.Where(failure => Concerns(failure, system, groups))];
        var isOutside = outside.Count > 0 && plans.TrueForAll(plan => plan.WholeKindReason is not null);
        if (plans.Count == 0 || isOutside)
        {
            throw failures.Count > 0
                ? new UpgradeException(failures[0])
                : isOutside ? NotInNamespaces(system, outside)
                : Invalid("KindNotInSystem", $"No kind of the selection belongs to the system {system.Name} on this cluster.", "Select less narrowly, or name the system Kubernetes.", system.Name);
        }

        // The kinds that hold most come first where that is known, so that the longest list does not begin last.
        plans.Sort((left, right) => Weight(right).CompareTo(Weight(left)));
        return new ListPlan { Kinds = plans, Failures = failures };
    }

    // Custom kinds and Pods tend to be many; everything else keeps the server's order.
    private static int Weight(KindPlan plan) =>
        plan.Resource is { Group: "", Kind: "Pod" } ? 2 : BuiltInGroups.Contains(plan.Resource.Group) ? 0 : 1;

    private static bool Belongs(SystemDescription system, ApiResource resource, bool isWholeKind)
    {
        if (system.Export.HasKind(resource.Group, resource.Kind, resource.Namespaced))
            return true;

        // A kind that the system names only to leave it out is counted.
        return isWholeKind && system.Export.LeaveOut.Any(rule => rule.ByKind && KindPattern.Matches(rule.Kinds, resource.Group, resource.Kind));
    }

    private static bool LooksInside(SystemDescription system, ApiResource resource) =>
        system.Export.LeaveOut.Any(rule => rule.Fields.Count > 0 && (rule.Kinds.Count == 0 || KindPattern.Matches(rule.Kinds, resource.Group, resource.Kind)));

    private static HashSet<string>? Groups(ApiCatalog catalog, ClusterConfigSelection selection)
    {
        if (selection.Group.Count == 0)
            return null;
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in selection.Group)
        {
            var group = ApiGroup.Of(name);
            if (!catalog.Resources.Any(resource => resource.Group == group))
                throw Invalid("GroupNotFound", $"The cluster serves no API group '{name}'.{NearWords.Hint(name, catalog.Resources.Select(r => ApiGroup.Word(r.Group)))}", "kubectl api-resources shows the groups; the core group is written core.", name);
            groups.Add(group);
        }

        return groups;
    }

    private static HashSet<(string, string)>? Named(ApiCatalog catalog, ClusterConfigSelection selection)
    {
        if (selection.Kind.Count == 0)
            return null;
        var kinds = new HashSet<(string, string)>();
        foreach (var name in selection.Kind)
        {
            var matches = catalog.Match(name);
            if (matches.Count == 0)
                throw Invalid("KindNotFound", $"The cluster serves no kind '{name}'.{NearWords.Hint(name, SelectedNames.KindsOf(catalog, name))}", "kubectl api-resources shows the kinds; where several groups have one, write App.k11n.dev.", name);
            foreach (var match in matches)
            {
                kinds.Add((match.Group, match.Kind));
                if (s_elsewhere.TryGetValue((match.Group, match.Kind), out var other))
                    kinds.Add((other, match.Kind));
            }
        }

        return kinds;
    }

    private static IReadOnlyList<ListOptions> Lists(ApiResource resource, ClusterConfigSelection selection)
    {
        var selector = selection.LabelSelector is { Length: > 0 } text ? text : null;
        if (selection.Namespace.Count == 0)
            return [new ListOptions { LabelSelector = selector }];
        var namespaces = selection.Namespace.Distinct(StringComparer.Ordinal);
        if (resource.Namespaced)
            return [.. namespaces.Select(ns => new ListOptions { Namespace = ns, LabelSelector = selector })];
        return resource is { Group: "", Kind: "Namespace" }
            ? [.. namespaces.Select(ns => new ListOptions { FieldSelector = $"metadata.name={ns}", LabelSelector = selector })]
            : [];
    }

    // A group that does not answer matters only where the selection could have something of it that travels. Measured
    // groups, whose servers are down most often of all, are none of these.
    private static bool Concerns(Failure failure, SystemDescription system, HashSet<string>? groups)
    {
        var group = ApiCatalog.GroupOf(failure);
        if ((groups is not null && !groups.Contains(group)) || ManifestRules.ReasonForWholeGroup(system, group) is not null)
            return false;
        return system.Export.Kinds.Count == 0
            || system.Export.Kinds.Any(pattern => pattern == "*" || (pattern.IndexOf('.', StringComparison.Ordinal) is var dot && (dot < 0 ? "" : pattern[(dot + 1)..]) == group));
    }

    private static UpgradeException NotInNamespaces(SystemDescription system, SortedSet<string> kinds)
    {
        const int Shown = 5;
        var of = NameList.Some(kinds, Shown);
        return Invalid(
            "KindNotInSystem",
            $"No namespace has anything of the selection that belongs to the system {system.Name}: its kinds are without one ({of}).",
            system.Export.Kinds.Count == 0
                ? "Leave -Namespace away."
                : "Leave -Namespace away; or take the namespaces as a whole with -System Kubernetes.",
            system.Name);
    }

    private static UpgradeException NotItsNamespaces(SystemDescription system, ClusterConfigSelection selection)
    {
        const int Shown = 5;
        var found = system.Export.Within!.Found!.Order(StringComparer.Ordinal).ToList();
        var those = found.Count == 0 ? "it has none on this cluster" : $"its namespaces are {string.Join(", ", found.Take(Shown))}{(found.Count > Shown ? $" and {found.Count - Shown} more" : "")}";
        return Invalid(
            "KindNotInSystem",
            $"None of the namespaces {string.Join(", ", selection.Namespace)} belongs to the system {system.Name}: {those}.",
            "Name namespaces of the system; or take these as a whole with -System Kubernetes.",
            system.Name);
    }

    private static UpgradeException Invalid(string id, string message, string recommendation, string target) => new(new Failure
    {
        Id = id,
        Kind = FailureKind.InvalidArgument,
        Message = message,
        Recommendation = recommendation,
        Target = target,
    });
}
