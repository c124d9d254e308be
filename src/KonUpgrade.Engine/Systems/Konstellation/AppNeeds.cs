using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>What an App needs on the cluster that it is to run on.</summary>
internal sealed record AppNeeds
{
    /// <summary>The targets that it names and runs on.</summary>
    public required IReadOnlyList<string> Running { get; init; }

    /// <summary>The targets that it names and is halted on.</summary>
    public required IReadOnlyList<string> Halted { get; init; }

    /// <summary>The linked service account that it runs as, or null.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>The shared configs that it names.</summary>
    public IReadOnlyList<string> Configs { get; init; } = [];

    /// <summary>The image that it runs; without a tag where it takes the newest.</summary>
    public required AppImage Image { get; init; }

    /// <summary>Reads an App.</summary>
    public static AppNeeds Read(KubernetesObject app)
    {
        var spec = app.Root.Member("spec");
        var targets = spec.Objects("targets")
            .Select(t => (Name: t.Text("name") ?? "", Halted: t.Text("deployMode") == "halt")).ToList();
        return new AppNeeds
        {
            Running = [.. targets.Where(t => !t.Halted).Select(t => t.Name)],
            Halted = [.. targets.Where(t => t.Halted).Select(t => t.Name)],
            ServiceAccount = spec.Text("serviceAccount") is { Length: > 0 } account ? account : null,
            Configs = [.. spec.Texts("configs")],
            Image = AppImage.Read(spec, "imageTag"),
        };
    }

    /// <summary>
    /// Which targets keep the App from being imported. The operator runs an App on those of its targets that the
    /// cluster has and says nothing about the others, so an App that would silently run on fewer targets than before is
    /// refused. A target on which it is halted runs nothing: one such may be missing, unless none is there at all.
    /// </summary>
    /// <returns>Empty where the App may be imported.</returns>
    public IReadOnlyList<string> MissingTargets(IReadOnlyCollection<string> onCluster)
    {
        var missing = Running.Where(t => !onCluster.Contains(t)).ToList();
        if (missing.Count > 0 || Running.Count > 0 || Halted.Count == 0)
            return missing;
        return Halted.Any(onCluster.Contains) ? [] : Halted;
    }

    /// <summary>The targets that are missing and may be.</summary>
    public IReadOnlyList<string> MissingHaltedTargets(IReadOnlyCollection<string> onCluster) => [.. Halted.Where(t => !onCluster.Contains(t))];
}
