using System.Globalization;
using System.Text;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// Where in an object a field is: <c>spec.ports[0].nodePort</c>, <c>metadata.annotations['a.b/c']</c>. <c>[*]</c>
/// stands for every element of a list.
/// </summary>
public readonly struct FieldPath : IEquatable<FieldPath>
{
    private readonly FieldStep[]? _steps;

    private FieldPath(FieldStep[] steps) => _steps = steps;

    /// <summary>The steps from the object's root.</summary>
    internal ReadOnlySpan<FieldStep> Steps => _steps;

    /// <summary>The path of a field by the names on the way, none of them a list.</summary>
    public static FieldPath Of(params string[] names) => new(Array.ConvertAll(names, FieldStep.Named));

    /// <summary>The path of as many first steps of this one.</summary>
    internal FieldPath Parent(int steps) => new([.. Steps[..steps]]);

    /// <summary>The path of a member of what is here.</summary>
    public FieldPath Member(string name) => new([.. Steps, FieldStep.Named(name)]);

    /// <summary>The path of an element of the list that is here, counted from 0.</summary>
    public FieldPath Element(int index) => new([.. Steps, FieldStep.At(index)]);

    /// <summary>The path of every element of the list that is here.</summary>
    public FieldPath EveryElement() => new([.. Steps, FieldStep.Every]);

    /// <summary>What is at the path; nothing where there is none, or where a step stands for every element.</summary>
    internal JsonPart Find(JsonPart root)
    {
        foreach (var step in Steps)
            root = step.Name is { } name ? root.Member(name) : root.Elements().Skip(step.Index).FirstOrDefault();
        return root;
    }

    /// <summary>Reads a path as <see cref="ToString"/> writes it.</summary>
    /// <returns>False where the text is no path.</returns>
    public static bool TryParse(string text, out FieldPath path)
    {
        var steps = new List<FieldStep>();
        path = default;
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] == '[')
            {
                if (!TryParseBracket(text, ref at, out var step))
                    return false;
                steps.Add(step);
            }
            else
            {
                if (steps.Count > 0)
                {
                    if (text[at] != '.')
                        return false;
                    at++;
                }

                var end = text.AsSpan(at).IndexOfAny('.', '[') is var length and >= 0 ? at + length : text.Length;
                if (end == at)
                    return false;
                steps.Add(FieldStep.Named(text[at..end]));
                at = end;
            }
        }

        path = new FieldPath([.. steps]);
        return steps.Count > 0;
    }

    /// <inheritdoc/>
    public bool Equals(FieldPath other) => Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var step in Steps)
            hash.Add(step);
        return hash.ToHashCode();
    }

    /// <summary>Whether two paths lead to the same field.</summary>
    public static bool operator ==(FieldPath left, FieldPath right) => left.Equals(right);

    /// <summary>Whether two paths lead to different fields.</summary>
    public static bool operator !=(FieldPath left, FieldPath right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var step in Steps)
        {
            if (step.Name is null)
                text.Append('[').Append(step.Index < 0 ? "*" : step.Index.ToString(CultureInfo.InvariantCulture)).Append(']');
            else if (IsPlain(step.Name))
                text.Append(text.Length == 0 ? "" : ".").Append(step.Name);
            else
                text.Append("['").Append(step.Name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append("']");
        }

        return text.ToString();
    }

    // The bracket begins at the given place: [3], [*], ['a.b/c'].
    private static bool TryParseBracket(string text, ref int at, out FieldStep step)
    {
        step = default;
        if (at + 1 < text.Length && text[at + 1] == '\'')
        {
            var name = new StringBuilder();
            for (var i = at + 2; i < text.Length; i++)
            {
                if (text[i] == '\\' && i + 1 < text.Length)
                {
                    name.Append(text[++i]);
                }
                else if (text[i] == '\'')
                {
                    if (i + 1 >= text.Length || text[i + 1] != ']' || name.Length == 0)
                        return false;
                    at = i + 2;
                    step = FieldStep.Named(name.ToString());
                    return true;
                }
                else
                {
                    name.Append(text[i]);
                }
            }

            return false;
        }

        var close = text.IndexOf(']', at);
        if (close < 0)
            return false;
        var inner = text.AsSpan(at + 1, close - at - 1);
        at = close + 1;
        if (inner is "*")
        {
            step = FieldStep.Every;
            return true;
        }

        if (!int.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        step = FieldStep.At(index);
        return true;
    }

    private static bool IsPlain(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '$'))
                return false;
        }

        return name.Length > 0;
    }
}

/// <summary>One step of a path: a name, or the place in a list.</summary>
internal readonly record struct FieldStep
{
    private FieldStep(string? name, int index)
    {
        Name = name;
        Index = index;
        Utf8Name = name is null ? [] : Encoding.UTF8.GetBytes(name);
    }

    /// <summary>Every element of a list.</summary>
    public static FieldStep Every { get; } = new(null, -1);

    /// <summary>The member's name; null for a place in a list.</summary>
    public string? Name { get; }

    /// <summary>The place in the list; -1 for every.</summary>
    public int Index { get; }

    /// <summary>The member's name as it is compared with JSON.</summary>
    public byte[] Utf8Name { get; }

    /// <summary>A member.</summary>
    public static FieldStep Named(string name) => new(name, 0);

    /// <summary>An element, counted from 0.</summary>
    public static FieldStep At(int index) => new(null, index);

    /// <inheritdoc/>
    public bool Equals(FieldStep other) => Name == other.Name && Index == other.Index;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Index);
}
