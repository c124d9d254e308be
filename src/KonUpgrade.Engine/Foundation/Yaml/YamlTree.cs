using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>Makes trees of YamlDotNet's parser events, within limits. One text, one use.</summary>
internal sealed class YamlTree
{
    private readonly string _file;
    private readonly YamlLimits _limits;
    private readonly Parser _parser;
    private readonly bool _keysAsWritten;
    private readonly Dictionary<AnchorName, YamlNode?> _anchors = [];
    private int _merged;
    private int _line = 1;
    private int _column = 1;

    private YamlTree(string text, string file, YamlLimits limits, bool keysAsWritten)
    {
        _keysAsWritten = keysAsWritten;
        _file = file;
        _limits = limits;
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The documents of a text, empty ones left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What errors call it.</param>
    /// <param name="limits">What to refuse.</param>
    /// <param name="keysAsWritten">Whether a key such as <c>y</c> or <c>0x10</c> is that text, and not the truth value or number that kubectl takes it for.</param>
    public static List<(YamlNode Root, int Line)> Read(string text, string file, YamlLimits limits, bool keysAsWritten = false)
    {
        var tree = new YamlTree(text, file, limits, keysAsWritten);
        try
        {
            return tree.Documents();
        }
        catch (YamlException exception)
        {
            // The parser gives the text's beginning where it does not know better.
            var (line, column) = exception.Start.Index > 0 ? Place(exception.Start) : (tree._line, tree._column);
            if (exception.Message.Contains(" tab", StringComparison.Ordinal))
                (line, column) = IndentingTab(text, line) ?? (line, column);
            throw YamlErrors.Syntax(file, line, column, Reason(exception), exception);
        }
        catch (Exception exception) when (exception is not KonUpgrade.Model.UpgradeException and not OutOfMemoryException)
        {
            // The parser lets its own slips out as InvalidOperationException and the like, without a place.
            throw YamlErrors.Syntax(file, tree._line, tree._column, "The text is not valid YAML from here on.", exception);
        }
    }

    private List<(YamlNode Root, int Line)> Documents()
    {
        var documents = new List<(YamlNode, int)>();
        while (Next())
        {
            switch (_parser.Current)
            {
                case StreamStart or StreamEnd or DocumentEnd:
                    break;
                case DocumentStart:
                    _anchors.Clear();
                    _merged = 0;
                    Require();
                    var line = _line;
                    var root = Node(0);
                    if (root is YamlScalar { Kind: YamlScalarKind.Null })
                        break;
                    if (documents.Count == _limits.MaxDocuments)
                        throw YamlErrors.TooLarge(_file, line, $"more than {_limits.MaxDocuments} documents");
                    documents.Add((root, root.Line));
                    break;
                default:
                    throw YamlErrors.Syntax(_file, _line, _column, "A document was expected here.");
            }
        }

        return documents;
    }

    private bool Next()
    {
        if (!_parser.MoveNext())
            return false;
        (_line, _column) = Place(_parser.Current!.Start);
        return true;
    }

    private void Require()
    {
        if (!Next())
            throw YamlErrors.Syntax(_file, _line, _column, "The text ends too early.");
    }

    // The current event begins the node; when it returns, the current event is the node's last.
    private YamlNode Node(int depth)
    {
        var (line, column) = (_line, _column);
        switch (_parser.Current)
        {
            case AnchorAlias alias:
                // Its name is not told: a password that nobody put in quotes may begin with an asterisk.
                if (!_anchors.TryGetValue(alias.Value, out var target))
                    throw YamlErrors.Syntax(_file, line, column, "An alias (*) has no anchor before it. A text that begins with * is written in quotes.");
                return target ?? throw YamlErrors.Syntax(_file, line, column, "An alias (*) stands within its own anchor.");
            case Scalar scalar:
                var node = Resolve(scalar, line, column);
                Anchor(scalar, node);
                return node;
            case SequenceStart start:
                Deeper(depth, line, column);
                Anchor(start, null);
                var sequence = new YamlSequence(line, column);
                for (Require(); _parser.Current is not SequenceEnd; Require())
                    sequence.Items.Add(Node(depth + 1));
                Anchor(start, sequence);
                return sequence;
            case MappingStart start:
                Deeper(depth, line, column);
                Anchor(start, null);
                var mapping = Mapping(depth, line, column);
                Anchor(start, mapping);
                return mapping;
            default:
                throw YamlErrors.Syntax(_file, line, column, "A value was expected here.");
        }
    }

    private YamlMapping Mapping(int depth, int line, int column)
    {
        var mapping = new YamlMapping(line, column);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        List<YamlMapping>? merges = null;
        for (Require(); _parser.Current is not MappingEnd; Require())
        {
            var (keyLine, keyColumn) = (_line, _column);
            var isMerge = _parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain } merge && (merge.Tag.IsEmpty || merge.Tag.Value == "tag:yaml.org,2002:merge");
            var written = _keysAsWritten && _parser.Current is Scalar { Style: ScalarStyle.Plain, Tag.IsEmpty: true } plain ? plain.Value : null;
            var name = Node(depth + 1);
            var key = written ?? Key(name);
            Require();
            var value = Node(depth + 1);
            if (isMerge)
            {
                Merge(value, merges ??= [], keyLine, keyColumn);
                continue;
            }

            if (!seen.Add(key))
                throw YamlErrors.DuplicateKey(_file, keyLine, keyColumn, key);
            mapping.Entries.Add(new YamlEntry(key, value, keyLine, keyColumn));
        }

        // A key of the mapping itself goes before a merged one, an earlier merge before a later one,
        // as the definition of the merge key has it.
        foreach (var source in merges ?? [])
        {
            foreach (var entry in source.Entries)
            {
                if (!seen.Add(entry.Key))
                    continue;
                mapping.Entries.Add(entry);
                if (++_merged > _limits.MaxAliasedNodes)
                    throw YamlErrors.Explodes(_file, line, column, _limits.MaxAliasedNodes);
            }
        }

        return mapping;
    }

    private void Merge(YamlNode value, List<YamlMapping> merges, int line, int column)
    {
        if (value is YamlMapping one)
            merges.Add(one);
        else if (value is YamlSequence several && several.Items.TrueForAll(item => item is YamlMapping))
            merges.AddRange(several.Items.Cast<YamlMapping>());
        else
            throw YamlErrors.Syntax(_file, line, column, "A merge key takes a mapping or a sequence of mappings.");
    }

    private string Key(YamlNode node) => node is YamlScalar { Kind: not YamlScalarKind.Null } scalar
        ? scalar.Text
        : throw YamlErrors.Syntax(_file, node.Line, node.Column, "A key must be a string, a number or a boolean, since JSON knows no other.");

    private void Deeper(int depth, int line, int column)
    {
        if (depth >= _limits.MaxDepth)
            throw YamlErrors.TooDeep(_file, line, column, _limits.MaxDepth);
    }

    private void Anchor(NodeEvent start, YamlNode? node)
    {
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor] = node;
    }

    private YamlScalar Resolve(Scalar scalar, int line, int column)
    {
        var value = scalar.Value;
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        if (tag.Length == 0)
        {
            if (scalar.Style != ScalarStyle.Plain)
                return new YamlScalar(YamlScalarKind.String, value, line, column);
            var (kind, text) = YamlCoreSchema.Resolve(value);
            return new YamlScalar(
                kind ?? throw YamlErrors.Syntax(_file, line, column, "JSON has no number for infinity and no value for not-a-number."),
                text, line, column);
        }

        var resolved = YamlCoreSchema.Resolve(value);
        YamlScalarKind? wanted = tag switch
        {
            "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" => YamlScalarKind.Number,
            "tag:yaml.org,2002:bool" => YamlScalarKind.Boolean,
            "tag:yaml.org,2002:null" => YamlScalarKind.Null,
            _ => null,
        };
        if (wanted is not null)
        {
            var fits = resolved.Kind == wanted
                && (tag != "tag:yaml.org,2002:int" || resolved.Text.AsSpan().IndexOfAny('.', 'e', 'E') < 0);
            return fits
                ? new YamlScalar(wanted.Value, resolved.Text, line, column)
                : throw YamlErrors.Syntax(_file, line, column, $"The value is not what its tag !!{tag["tag:yaml.org,2002:".Length..]} says.");
        }

        return new YamlScalar(YamlScalarKind.String, tag == "tag:yaml.org,2002:binary" ? Binary(value, line, column) : value, line, column);
    }

    private string Binary(string value, int line, int column)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Convert.FromBase64String(value));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw YamlErrors.Syntax(_file, line, column, "The value is not base64 of UTF-8 text, as its tag !!binary says.", exception);
        }
    }

    // The first tab that indents something, from a line on.
    private static (int Line, int Column)? IndentingTab(string text, int from)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var indented = line.TrimStart(" \t");
            var tab = line[..(line.Length - indented.Length)].IndexOf('\t');
            if (number >= from && tab >= 0 && !indented.IsEmpty && indented[0] != '#')
                return (number, tab + 1);
        }

        return null;
    }

    private static (int Line, int Column) Place(Mark mark) => ((int)mark.Line, (int)mark.Column);

    private static string Reason(YamlException exception)
    {
        // YamlDotNet puts the place before its message in some cases and the inner reason behind it in others.
        var reason = exception.Message;
        return reason.Length == 0 ? "The text is not valid YAML." : reason.TrimEnd();
    }
}
