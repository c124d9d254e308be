namespace KonUpgrade.Sandbox.Access;

/// <summary>A right that is taken from a user. What is null matches everything.</summary>
public sealed record DeniedAccess
{
    /// <summary>A user's name, such as <c>blue-viewer</c> or <c>blue-admin</c>.</summary>
    public string? User { get; init; }

    /// <summary>get, list, watch, create, update, patch, delete, deletecollection.</summary>
    public string? Verb { get; init; }

    /// <summary>The API group; empty for the core group.</summary>
    public string? Group { get; init; }

    /// <summary>The plural; or a path that is no resource, such as <c>/metrics</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>A namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>For an authorizer that failed, and denied nothing: what went wrong, as a review of access tells it.</summary>
    public string? EvaluationError { get; init; }
}
