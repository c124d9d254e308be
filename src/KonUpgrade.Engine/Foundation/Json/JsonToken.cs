using System.Text.Json;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>A token of a JSON text. A member is a PropertyName, followed by its value.</summary>
internal struct JsonToken
{
    /// <summary>What it is; the ends of objects and arrays have no token.</summary>
    public JsonTokenType Type { get; set; }

    /// <summary>Whether a string or name has escapes in it.</summary>
    public bool Escaped { get; set; }

    /// <summary>Where it begins, behind the quote of a string.</summary>
    public int Start { get; set; }

    /// <summary>How long it is: a string without its quotes, objects and arrays with their brackets.</summary>
    public int Length { get; set; }

    /// <summary>The token that follows it and all that is in it.</summary>
    public int Next { get; set; }
}
