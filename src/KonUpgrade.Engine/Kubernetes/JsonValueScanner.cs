using System.Buffers;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Finds where a JSON value ends, over as many pieces of text as it takes. It only counts brackets and strings: whether
/// the value is good JSON is for whoever parses it.
/// </summary>
internal struct JsonValueScanner
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(",]} \t\r\n"u8);

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
                    var next = text[at..].IndexOfAny(Structure);
                    if (next < 0)
                    {
                        at = text.Length;
                        break;
                    }
                    at += next + 1;
                    switch (text[at - 1])
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
                    var end = text[at..].IndexOfAny(InString);
                    if (end < 0)
                    {
                        at = text.Length;
                        break;
                    }
                    at += end + 1;
                    if (text[at - 1] == (byte)'\\')
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
                    var stop = text[at..].IndexOfAny(AfterScalar);
                    if (stop >= 0)
                    {
                        consumed = at + stop;
                        return true;
                    }
                    at = text.Length;
                    break;
            }
        }
        consumed = at;
        return false;
    }
}
