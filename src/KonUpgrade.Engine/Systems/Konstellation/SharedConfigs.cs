using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>
/// The shared configs of an import. Konstellation finds them by their labels but names the base and every
/// target's version of one alike, <c>shared-NAME</c>: on one cluster only the last that was written is left.
/// </summary>
internal sealed class SharedConfigs
{
    /// <summary>The label with a shared config's name.</summary>
    public const string NameLabel = "k11n.dev/sharedConfig";

    /// <summary>The label with the target that a config is for; empty for all.</summary>
    public const string TargetLabel = "k11n.dev/target";

    private readonly Dictionary<string, List<(string Object, string Target)>> _byName = new(StringComparer.Ordinal);

    /// <summary>Takes note of an AppConfig.</summary>
    public void Add(KubernetesObject appConfig)
    {
        if (NameOf(appConfig) is not { } name)
            return;
        if (!_byName.TryGetValue(name, out var list))
            _byName[name] = list = [];
        list.Add((appConfig.Name, appConfig.Label(TargetLabel) ?? ""));
    }

    /// <summary>Whether there is any version of a shared config.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>What is worth knowing about a shared config, or null.</summary>
    public string? NoteOn(KubernetesObject appConfig)
    {
        if (NameOf(appConfig) is not { } name)
            return null;
        var target = appConfig.Label(TargetLabel) ?? "";
        var all = _byName.GetValueOrDefault(name) ?? [];
        var twins = all.Where(c => c.Object != appConfig.Name && c.Target == target).Select(c => c.Object).ToList();
        if (twins.Count > 0)
            return $"{string.Join(", ", twins)} says to be the same shared config '{name}'{For(target)}: which of them an app gets is left to chance.";
        if (target.Length > 0 && !all.Any(c => c.Target.Length == 0))
        {
            return $"The shared config '{name}' is there for the target {target} alone. Its base has the same object name, shared-{name}, and the two can't be on one "
                + "cluster: if there was one, it was overwritten on the source. Apps on other targets that name it get nothing.";
        }
        return null;
    }

    /// <summary>Why an imported shared config must not take the place of the target's, or null.</summary>
    public static string? WhyNotOver(KubernetesObject imported, KubernetesObject live)
    {
        if (NameOf(imported) is not { } name || NameOf(live) is null)
            return null;
        var (wanted, there) = (imported.Label(TargetLabel) ?? "", live.Label(TargetLabel) ?? "");
        return wanted == there
            ? null
            : $"{imported.Name} is the shared config '{name}'{For(wanted)} here and{For(there)} on the target: one would overwrite the other, since both have the same object name.";
    }

    private static string For(string target) => target.Length == 0 ? " for all targets" : $" for the target {target}";

    private static string? NameOf(KubernetesObject appConfig) => appConfig.Label(NameLabel) is { Length: > 0 } name ? name : null;
}
