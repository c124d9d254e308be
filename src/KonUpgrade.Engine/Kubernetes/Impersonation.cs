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

    /// <summary>Whether a header must be sent several times.</summary>
    internal bool Repeats => Groups.Count > 1 || Extra.Values.Any(v => v.Count > 1);

    internal void AddTo(System.Net.Http.Headers.HttpRequestHeaders headers, RepeatedHeaders? repeated)
    {
        if (!string.IsNullOrEmpty(User))
            headers.TryAddWithoutValidation("Impersonate-User", User);
        if (!string.IsNullOrEmpty(Uid))
            headers.TryAddWithoutValidation("Impersonate-Uid", Uid);
        // A header a value: the server takes repeated headers, and no list in one.
        Add("Impersonate-Group", Groups);
        foreach (var (key, values) in Extra)
        {
            // Keys travel in a header's name: lower case, and percent-encoded where a name can't hold the character.
            Add("Impersonate-Extra-" + Uri.EscapeDataString(key.ToLowerInvariant()), values);
        }

        void Add(string name, IReadOnlyList<string> values)
        {
            if (values.Count == 1)
                headers.TryAddWithoutValidation(name, values[0]);
            else if (values.Count > 1)
                repeated!.Add(headers, name, values);
        }
    }
}
