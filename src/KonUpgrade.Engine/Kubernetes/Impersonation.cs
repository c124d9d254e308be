namespace KonUpgrade.Engine.Kubernetes;

/// <summary>On whose behalf requests are made (<c>as</c>, <c>as-uid</c>, <c>as-groups</c>, <c>as-user-extra</c> of a kubeconfig).</summary>
public sealed record Impersonation
{
    /// <summary>The user's name.</summary>
    public string? User { get; init; }

    /// <summary>The user's UID.</summary>
    public string? Uid { get; init; }

    /// <summary>The groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Extra values by key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Extra { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether nobody is impersonated.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(User) && string.IsNullOrEmpty(Uid) && Groups.Count == 0 && Extra.Count == 0;

    internal void AddTo(System.Net.Http.Headers.HttpRequestHeaders headers)
    {
        if (!string.IsNullOrEmpty(User))
            headers.TryAddWithoutValidation("Impersonate-User", User);
        if (!string.IsNullOrEmpty(Uid))
            headers.TryAddWithoutValidation("Impersonate-Uid", Uid);
        // A header a value: the server takes repeated headers, and no list in one.
        foreach (var group in Groups)
            headers.TryAddWithoutValidation("Impersonate-Group", group);
        foreach (var (key, values) in Extra)
        {
            // Keys travel in a header's name: lower case, and percent-encoded where a name can't hold the character.
            var name = "Impersonate-Extra-" + Uri.EscapeDataString(key.ToLowerInvariant());
            foreach (var value in values)
                headers.TryAddWithoutValidation(name, value);
        }
    }
}
