using System.Diagnostics.CodeAnalysis;

namespace KonUpgrade.Engine.Foundation.Texts;

/// <summary>
/// Of equal values one alone: in a list of thousands of objects the same few kinds, namespaces and owners come over and
/// over. For one thread; what is kept goes with it.
/// </summary>
/// <typeparam name="T">What is never changed, and equal by its value.</typeparam>
internal sealed class Shared<T>
    where T : class
{
    private readonly Dictionary<T, T> _values = [];

    /// <summary>The first value that was equal to this one.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public T? Of(T? value)
    {
        if (value is null || _values.TryAdd(value, value))
            return value;
        return _values[value];
    }
}
