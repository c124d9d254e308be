using System.Runtime.CompilerServices;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Finds where a JSON value ends, over as many pieces of text as it takes. It only counts brackets and strings: whether
/// the value is good JSON is for whoever parses it. Its pieces are short, so plain loops serve better than vectors; they
/// are compiled for speed at their first call, since every byte of a listing goes through them.
/// </summary>
internal struct JsonValueScanner
{
    private State _state;
    private int _depth;

    private enum State : byte
    {
        Before,
        Between,
        String,
        Escape,
        Scalar,
    }

    /// <summary>Takes in the next piece of the text, which begins (the first time) with the value itself.</summary>
    /// <param name="text">The text that has not been scanned yet.</param>
    /// <param name="consumed">How much of it belongs to the value.</param>
    /// <returns>True when the value has ended.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Scan(ReadOnlySpan<byte> text, out int consumed)
    {
        var at = 0;
        while (at < text.Length)
        {
            switch (_state)
            {
                case State.Before:
                    switch (text[at])
                    {
                        case (byte)'{' or (byte)'[':
                            _depth = 1;
                            _state = State.Between;
                            break;
                        case (byte)'"':
                            _state = State.String;
                            break;
                        default:
                            _state = State.Scalar;
                            break;
                    }
                    at++;
                    break;
                case State.Between:
                    while ((uint)at < (uint)text.Length && text[at] is not ((byte)'"' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']'))
                        at++;
                    if (at == text.Length)
                        break;
                    switch (text[at++])
                    {
                        case (byte)'"':
                            _state = State.String;
                            break;
                        case (byte)'{' or (byte)'[':
                            _depth++;
                            break;
                        default:
                            if (--_depth == 0)
                            {
                                consumed = at;
                                return true;
                            }
                            break;
                    }
                    break;
                case State.String:
                    while ((uint)at < (uint)text.Length && text[at] is not ((byte)'"' or (byte)'\\'))
                        at++;
                    if (at == text.Length)
                        break;
                    if (text[at++] == (byte)'\\')
                    {
                        _state = State.Escape;
                    }
                    else if (_depth == 0)
                    {
                        consumed = at;
                        return true;
                    }
                    else
                    {
                        _state = State.Between;
                    }
                    break;
                case State.Escape:
                    at++;
                    _state = State.String;
                    break;
                default:
                    while ((uint)at < (uint)text.Length && text[at] is not ((byte)',' or (byte)']' or (byte)'}' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                        at++;
                    if (at == text.Length)
                        break;
                    consumed = at;
                    return true;
            }
        }
        consumed = at;
        return false;
    }
}
