using System.Buffers;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Writing;

/// <summary>Goes through a manifest's JSON in the order in which it is written, with edits applied on the way.</summary>
internal sealed class ManifestWalk : IDisposable
{
    private readonly JsonIndex _values = new();
    private readonly List<int> _matched = [];
    private List<ManifestEdit> _edits = [];
    private int[] _members = new int[64];
    private int _memberCount;
    private byte[] _text = [];

    /// <summary>Writes a manifest.</summary>
    public void Write<TSink>(TSink sink, JsonIndex manifest, List<ManifestEdit> edits)
        where TSink : struct, IManifestSink
    {
        _edits = edits;
        _memberCount = 0;
        _matched.Clear();
        for (var i = 0; i < edits.Count; i++)
            _matched.Add(i);
        Value(sink, manifest, 0, 0, edits.Count, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    // Writes the value at a token. Of the edits, those in [from, to) of the matched ones lead into it, so many steps deep.
    private void Value<TSink>(TSink sink, JsonIndex source, int index, int from, int to, int depth)
        where TSink : struct, IManifestSink
    {
        ref readonly var token = ref source[index];
        switch (token.Type)
        {
            case JsonTokenType.StartObject:
                Mapping(sink, source, index, from, to, depth);
                break;
            case JsonTokenType.StartArray:
                Sequence(sink, source, index, from, to, depth);
                break;
            case JsonTokenType.String:
                sink.String(Text(source, token));
                break;
            default:
                sink.Raw(source.Bytes(token));
                break;
        }
    }

    private void Mapping<TSink>(TSink sink, JsonIndex source, int index, int from, int to, int depth)
        where TSink : struct, IManifestSink
    {
        sink.StartMapping();
        var first = _memberCount;
        Collect(source, index, from, to, depth);
        var last = _memberCount;
        for (var i = first; i < last; i++)
        {
            var member = _members[i];
            if (member < 0)
            {
                var edit = _edits[~member];
                sink.Key(edit.Path.Steps[depth].Utf8Name);
                Replacement(sink, edit);
                continue;
            }

            var start = _matched.Count;
            var terminal = from == to ? null : Match(source, member, from, to, depth);
            var end = _matched.Count;
            if (terminal is { Value: null } || (terminal is null && end > start && IsEmptied(source, member + 1, start, end, depth + 1)))
            {
                _matched.RemoveRange(start, end - start);
                continue;
            }

            sink.Key(Text(source, source[member]));
            if (terminal is not null)
                Replacement(sink, terminal);
            else
                Value(sink, source, member + 1, start, end, depth + 1);
            _matched.RemoveRange(start, end - start);
        }

        _memberCount = first;
        sink.EndMapping();
    }

    private void Sequence<TSink>(TSink sink, JsonIndex source, int index, int from, int to, int depth)
        where TSink : struct, IManifestSink
    {
        sink.StartSequence();
        var place = 0;
        for (var i = index + 1; i < source[index].Next; i = source[i].Next, place++)
        {
            var start = _matched.Count;
            var terminal = from == to ? null : MatchElement(place, from, to, depth);
            var end = _matched.Count;
            if (terminal is { Value: not null })
                Replacement(sink, terminal);
            else if (terminal is null)
                Value(sink, source, i, start, end, depth + 1);
            _matched.RemoveRange(start, end - start);
        }

        sink.EndSequence();
    }

    private void Replacement<TSink>(TSink sink, ManifestEdit edit)
        where TSink : struct, IManifestSink
    {
        _values.Read(edit.Value!.Value);
        Value(sink, _values, 0, 0, 0, 0);
    }

    // Puts the members of a mapping on the stack of members, in order: tokens of names, and edits that add one as ~index.
    private void Collect(JsonIndex source, int index, int from, int to, int depth)
    {
        var first = _memberCount;
        var sorted = true;
        for (var i = index + 1; i < source[index].Next; i = source[i + 1].Next)
        {
            Push(i);
            sorted = sorted && (_memberCount - first < 2 || Compare(source, _members[_memberCount - 2], i, depth) < 0);
        }

        for (var e = from; e < to; e++)
        {
            var edit = _edits[_matched[e]];
            if (edit.Value is null || edit.Path.Steps.Length != depth + 1 || edit.Path.Steps[depth].Name is null || Has(source, index, edit, depth))
                continue;
            if (IsAdded(first, edit, depth) is var added and >= 0)
            {
                _members[added] = ~_matched[e];
                continue;
            }

            Push(~_matched[e]);
            sorted = false;
        }

        if (!sorted)
            Sort(source, first, depth);
    }

    // A method of its own: its closure would cost memory for each mapping that is in order already.
    private void Sort(JsonIndex source, int first, int depth) =>
        _members.AsSpan(first, _memberCount - first).Sort((left, right) => Compare(source, left, right, depth));

    private void Push(int member)
    {
        if (_memberCount == _members.Length)
            Array.Resize(ref _members, _memberCount * 2);
        _members[_memberCount++] = member;
    }

    private bool Has(JsonIndex source, int index, ManifestEdit edit, int depth)
    {
        for (var i = index + 1; i < source[index].Next; i = source[i + 1].Next)
        {
            if (NameIs(source, i, edit.Path.Steps[depth].Utf8Name))
                return true;
        }

        return false;
    }

    private int IsAdded(int first, ManifestEdit edit, int depth)
    {
        for (var i = first; i < _memberCount; i++)
        {
            if (_members[i] < 0 && _edits[~_members[i]].Path.Steps[depth].Name == edit.Path.Steps[depth].Name)
                return i;
        }

        return -1;
    }

    // The last edit that ends at a member; edits that lead further are put on the stack of matched ones.
    private ManifestEdit? Match(JsonIndex source, int member, int from, int to, int depth)
    {
        ManifestEdit? terminal = null;
        for (var e = from; e < to; e++)
        {
            var edit = _edits[_matched[e]];
            var steps = edit.Path.Steps;
            if (steps[depth].Name is null || !NameIs(source, member, steps[depth].Utf8Name))
                continue;
            if (steps.Length == depth + 1)
                terminal = edit;
            else
                _matched.Add(_matched[e]);
        }

        return terminal;
    }

    private ManifestEdit? MatchElement(int place, int from, int to, int depth)
    {
        ManifestEdit? terminal = null;
        for (var e = from; e < to; e++)
        {
            var edit = _edits[_matched[e]];
            var steps = edit.Path.Steps;
            if (steps[depth].Name is not null || (steps[depth].Index >= 0 && steps[depth].Index != place))
                continue;
            if (steps.Length == depth + 1)
                terminal = edit;
            else
                _matched.Add(_matched[e]);
        }

        return terminal;
    }

    // Whether edits take away every member of a mapping that has some.
    private bool IsEmptied(JsonIndex source, int index, int from, int to, int depth)
    {
        if (source[index].Type != JsonTokenType.StartObject || source[index].Next == index + 1)
            return false;
        for (var i = index + 1; i < source[index].Next; i = source[i + 1].Next)
        {
            var start = _matched.Count;
            var terminal = Match(source, i, from, to, depth);
            var end = _matched.Count;
            var gone = terminal is { Value: null } || (terminal is null && end > start && IsEmptied(source, i + 1, start, end, depth + 1));
            _matched.RemoveRange(start, end - start);
            if (!gone)
                return false;
        }

        for (var e = from; e < to; e++)
        {
            var edit = _edits[_matched[e]];
            if (edit.Value is not null && edit.Path.Steps.Length == depth + 1)
                return false;
        }

        return true;
    }

    private int Compare(JsonIndex source, int left, int right, int depth)
    {
        if (left == right)
            return 0;
        if (left >= 0 && right >= 0)
        {
            ref readonly var a = ref source[left];
            ref readonly var b = ref source[right];
            if (!a.Escaped && !b.Escaped)
                return source.Bytes(a).SequenceCompareTo(source.Bytes(b));
        }

        return Name(source, left, depth).AsSpan().SequenceCompareTo(Name(source, right, depth));
    }

    private byte[] Name(JsonIndex source, int member, int depth) =>
        member < 0 ? _edits[~member].Path.Steps[depth].Utf8Name : Text(source, source[member]).ToArray();

    private bool NameIs(JsonIndex source, int member, ReadOnlySpan<byte> name) => Text(source, source[member]).SequenceEqual(name);

    // A string without its escapes; valid until the next one.
    private ReadOnlySpan<byte> Text(JsonIndex source, in JsonToken token)
    {
        var text = source.Bytes(token);
        if (!token.Escaped)
            return text;
        if (_text.Length < text.Length)
        {
            if (_text.Length > 0)
                ArrayPool<byte>.Shared.Return(_text);
            _text = ArrayPool<byte>.Shared.Rent(text.Length);
        }

        return _text.AsSpan(0, JsonStrings.Unescape(text, _text));
    }
}
