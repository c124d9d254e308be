using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>What every check wants to know of an object.</summary>
internal record ObjectFact
{
    /// <param name="o">The object; nothing of it is kept but what is read here.</param>
    public ObjectFact(KubernetesObject o)
    {
        ApiVersion = string.Intern(o.ApiVersion);
        Kind = string.Intern(o.Kind);
        Namespace = o.Namespace is { } ns ? string.Intern(ns) : null;
        Name = o.Name;
        CreatedAt = o.Metadata.Time("creationTimestamp");
        DeletedAt = o.Metadata.Time("deletionTimestamp");
    }

    public string ApiVersion { get; }

    public string Kind { get; }

    public string? Namespace { get; }

    public string Name { get; }

    public DateTimeOffset? CreatedAt { get; }

    /// <summary>When it was to be gone, where it was deleted.</summary>
    public DateTimeOffset? DeletedAt { get; }

    /// <summary>As people write it: <c>Deployment shop/web</c>.</summary>
    public sealed override string ToString() => Namespace is { } ns ? $"{Kind} {ns}/{Name}" : $"{Kind} {Name}";

    /// <summary>A finding about it.</summary>
    public ReadinessFinding Finding(string message, ReadinessSeverity severity = ReadinessSeverity.Blocking, DateTimeOffset? since = null, string? remedy = null) => new()
    {
        Target = ToString(),
        ApiVersion = ApiVersion,
        Kind = Kind,
        Namespace = Namespace,
        Name = Name,
        Message = message,
        Severity = severity,
        Since = since,
        Remedy = remedy,
    };
}
