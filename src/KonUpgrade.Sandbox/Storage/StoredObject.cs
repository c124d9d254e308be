namespace KonUpgrade.Sandbox.Storage;

/// <summary>
/// One object as it lies in the store: its bytes, and the few facts that lists, watches and the garbage collector
/// ask for without parsing. Never changed; a write puts a new one in its place.
/// </summary>
internal sealed class StoredObject
{
    /// <summary><c>namespace/name</c>, or <c>name</c> for what lives in the cluster: the order of lists, as in etcd.</summary>
    public required string Key { get; init; }

    /// <summary>UTF-8 JSON in the storage version, which begins with its <c>kind</c> and <c>apiVersion</c>.</summary>
    public required byte[] Json { get; init; }

    /// <summary>How many of the first bytes hold <c>{"kind":…,"apiVersion":…,</c>. Lists of built-in kinds leave them out.</summary>
    public required int TypeLength { get; init; }

    /// <summary>The apiVersion these bytes are in. A CRD's storage version may change while older objects stay.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The cluster's revision at which this state was written; equals <c>metadata.resourceVersion</c>.</summary>
    public required long Revision { get; init; }

    /// <summary>metadata.uid.</summary>
    public required string Uid { get; init; }

    /// <summary>metadata.ownerReferences, empty for most.</summary>
    public OwnerLink[] Owners { get; init; } = [];

    /// <summary>Has a metadata.deletionTimestamp.</summary>
    public bool Terminating { get; init; }

    /// <summary>The namespace part of the key; empty for what lives in the cluster.</summary>
    public ReadOnlySpan<char> Namespace
    {
        get
        {
            int slash = Key.IndexOf('/', StringComparison.Ordinal);
            return slash < 0 ? [] : Key.AsSpan(0, slash);
        }
    }

    /// <summary>The name part of the key.</summary>
    public ReadOnlySpan<char> Name => Key.AsSpan(Key.IndexOf('/', StringComparison.Ordinal) + 1);

    /// <summary>The key of an object.</summary>
    public static string KeyOf(string @namespace, string name) => @namespace.Length == 0 ? name : $"{@namespace}/{name}";
}

/// <summary>One entry of metadata.ownerReferences.</summary>
internal sealed record OwnerLink(string Uid, bool BlocksDeletion);
