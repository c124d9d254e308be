using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>What the rules say about one object. It is used again for the next one, by one thread at a time.</summary>
public sealed class RuleOutcome
{
    private readonly List<ManifestEdit> _edits = [];
    private readonly List<string> _leftOutParts = [];

    /// <summary>The changes, in the order in which the rules told them; for one path the last one counts.</summary>
    public IReadOnlyList<ManifestEdit> Edits => _edits;

    /// <summary>Why the object is left out, or null where it travels.</summary>
    public string? LeftOutReason { get; private set; }

    /// <summary>What the object is counted under when it is left out together with others; null for a line of its own.</summary>
    public LeftOutGroup? LeftOutGroup { get; private set; }

    /// <summary>Which parts of the object stay behind and why, in words for people, where the object travels.</summary>
    public IReadOnlyList<string> LeftOutParts => _leftOutParts;

    /// <summary>Whether the object holds what only some may see: where it travels it is not written like others, and where it stays behind that is said of it alone.</summary>
    public bool IsSensitive { get; private set; }

    /// <summary>Says that the object holds what only some may see.</summary>
    public void MarkSensitive() => IsSensitive = true;

    /// <summary>Leaves a part of the object out, such as one webhook of several.</summary>
    /// <param name="path">The part.</param>
    /// <param name="reason">What it is and why, in words for people.</param>
    public void LeaveOutPart(FieldPath path, string reason)
    {
        Drop(path);
        _leftOutParts.Add(reason);
    }

    /// <summary>Says of an object that travels what stays behind, where fields that were told already are the part.</summary>
    public void Note(string reason) => _leftOutParts.Add(reason);

    /// <summary>Drops a field.</summary>
    public void Drop(FieldPath path) => _edits.Add(new ManifestEdit(path, null));

    /// <summary>Makes a change that was prepared before.</summary>
    public void Edit(ManifestEdit edit) => _edits.Add(edit);

    /// <summary>Puts a value in a field's place, or adds it.</summary>
    /// <param name="path">The field.</param>
    /// <param name="json">The value as UTF-8 JSON.</param>
    public void Replace(FieldPath path, ReadOnlyMemory<byte> json) => _edits.Add(new ManifestEdit(path, json));

    /// <summary>Leaves the object out. The first reason given counts.</summary>
    /// <param name="reason">Why, in words for people.</param>
    /// <param name="group">What it is counted under, or null for a line of its own.</param>
    public void LeaveOut(string reason, LeftOutGroup? group = null)
    {
        if (LeftOutReason is not null)
            return;
        LeftOutReason = reason;
        LeftOutGroup = group;
    }

    /// <summary>Forgets everything, for the next object.</summary>
    public void Clear()
    {
        _edits.Clear();
        _leftOutParts.Clear();
        LeftOutReason = null;
        LeftOutGroup = null;
        IsSensitive = false;
    }
}

/// <summary>Objects that are left out together are counted in one line.</summary>
/// <param name="OwnerKind">The kind of the owner that makes them anew; null where they are counted by their kind.</param>
/// <param name="Namespace">The owner's namespace, or null.</param>
/// <param name="OwnerName">The owner's name, or null.</param>
public sealed record LeftOutGroup(string? OwnerKind = null, string? Namespace = null, string? OwnerName = null)
{
    /// <summary>All objects of the kind that stay behind for the same reason.</summary>
    public static LeftOutGroup WholeKind { get; } = new();
}
