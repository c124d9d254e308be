namespace KonUpgrade.Engine.Manifests;

/// <summary>What tells one object of a cluster from all others, in whatever version it is written.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace, or null.</param>
/// <param name="Name">The name.</param>
public readonly record struct ObjectKey(string Group, string Kind, string? Namespace, string Name)
{
    /// <summary>Kind and group as people write them: <c>ConfigMap</c>, <c>App.k11n.dev</c>.</summary>
    public string KindAndGroup => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>As people write it: <c>Deployment.apps shop/web</c>.</summary>
    public override string ToString() => Namespace is null ? $"{KindAndGroup} {Name}" : $"{KindAndGroup} {Namespace}/{Name}";
}
