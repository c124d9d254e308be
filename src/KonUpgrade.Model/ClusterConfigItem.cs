using System.Collections;

namespace KonUpgrade.Model;

/// <summary>One object of a cluster's configuration, or a group of objects that were left out together.</summary>
public sealed record ClusterConfigItem
{
    /// <summary>The object's group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The object's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name; null for a line that stands for several.</summary>
    public string? Name { get; init; }

    /// <summary>What was done with it.</summary>
    public required ClusterConfigItemAction Action { get; init; }

    /// <summary>Why it was left out, or what could not be read.</summary>
    public string? Reason { get; init; }

    /// <summary>How many objects the item stands for; one unless they were left out together.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The file, as a full path; null for what was left out, and for what comes from a cluster.</summary>
    public string? Path { get; init; }

    /// <summary>The field manager that owns most of the object on the source, with its operation, or null.</summary>
    public string? FieldManager { get; init; }

    /// <summary>The context of the cluster that it comes from, as its reader called it, or null.</summary>
    public string? Context { get; init; }

    /// <summary>
    /// The identity of the cluster that it comes from: the UID of its kube-system namespace. Null where that is not known,
    /// as for plain manifests.
    /// </summary>
    public string? ClusterUid { get; init; }

    /// <summary>The UID of the object on the cluster that it was read from; null where that is not known, as of what was exported.</summary>
    public string? Uid { get; init; }

    /// <summary>The system whose rules it was read by, or null.</summary>
    public string? System { get; init; }

    /// <summary>What was converted in it; null where nothing was.</summary>
    public ClusterConfigConversion? Conversion { get; init; }

    /// <summary>What went wrong, when <see cref="Action"/> is Failed.</summary>
    public Failure? Failure { get; init; }

    /// <summary>
    /// The manifest, to be looked at and edited: ordered dictionaries by name (case counts), lists, texts, truth values,
    /// null, and numbers without loss (<see cref="int"/>, <see cref="long"/>, <see cref="decimal"/>, and
    /// <see cref="JsonNumber"/> for what fits none of them). It is made when it is first asked for. Null where the item
    /// stands for no object.
    /// </summary>
    public IDictionary? Object
    {
        get => Manifest?.Object;
        set
        {
            IsEmptied = value is null && (IsEmptied || Manifest is not null);
            Manifest = value is null ? null : new ItemManifest(value);
        }
    }

    /// <summary>Whether it had a manifest, and a script took that away.</summary>
    internal bool IsEmptied { get; private set; }

    /// <summary>The manifest as it was read, or as it was put in.</summary>
    internal ItemManifest? Manifest { get; set; }

    /// <summary>As people write it: <c>apps/v1 Deployment shop/web</c>.</summary>
    public override string ToString() => $"{ApiVersion} {Kind} {(Namespace is null ? Name : $"{Namespace}/{Name}")}".Trim();
}

/// <summary>What was done with an object of a cluster's configuration.</summary>
public enum ClusterConfigItemAction
{
    /// <summary>It was written to a file.</summary>
    Exported,

    /// <summary>It was left out, for the reason given; then it has no manifest.</summary>
    LeftOut,

    /// <summary>It was read from a cluster or a directory.</summary>
    Read,

    /// <summary>It was read, and converted to what another version takes.</summary>
    Converted,

    /// <summary>It could not be read or converted; without a name, none of its kind could.</summary>
    Failed,
}
