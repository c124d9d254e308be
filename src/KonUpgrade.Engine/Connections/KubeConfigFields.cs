using KonUpgrade.Engine.Foundation.Yaml;

namespace KonUpgrade.Engine.Connections;

/// <summary>The fields of one mapping of a kubeconfig, taken by type; the wrong type is an error at its place.</summary>
internal sealed class KubeConfigFields
{
    private readonly string _file;
    private readonly YamlMapping _mapping;

    public KubeConfigFields(string file, YamlNode node, string what)
    {
        _file = file;
        _mapping = node as YamlMapping ?? throw KubeConfigErrors.Invalid(KubeConfigPlace.Of(file, node), $"{what} must be a mapping.");
        Place = KubeConfigPlace.Of(file, node);
    }

    public KubeConfigPlace Place { get; }

    public IEnumerable<string> Keys => _mapping.Entries.Select(e => e.Key);

    /// <summary>A string, or null where there is none or an empty one.</summary>
    public string? Text(string key) => Find(key) switch
    {
        null => null,
        YamlScalar { Kind: YamlScalarKind.String } scalar => scalar.Text.Length > 0 ? scalar.Text : null,
        // What a person left without quotes; Go's decoder would refuse it, but nothing else can be meant.
        YamlScalar scalar => scalar.Text,
        var node => throw Wrong(node, key, "a string"),
    };

    /// <summary>A path made absolute from the file's folder.</summary>
    public string? PathText(string key) => Text(key) is { } path ? Path.GetFullPath(path, Place.Folder) : null;

    public bool Flag(string key) => Find(key) switch
    {
        null => false,
        YamlScalar { Kind: YamlScalarKind.Boolean } scalar => scalar.Text == "true",
        var node => throw Wrong(node, key, "true or false"),
    };

    public IReadOnlyList<string> Texts(string key) => Find(key) switch
    {
        null => [],
        YamlSequence sequence => [.. sequence.Items.Select(i => i is YamlScalar scalar ? scalar.Text : throw Wrong(i, key, "a list of strings"))],
        var node => throw Wrong(node, key, "a list of strings"),
    };

    public KubeConfigFields? Fields(string key) => Find(key) is { } node ? new KubeConfigFields(_file, node, key) : null;

    /// <summary>The entries of a list of names with something each.</summary>
    public IEnumerable<(string Name, KubeConfigFields Entry)> Named(string key, string part)
    {
        foreach (var (name, node) in Pairs(key, "name", part))
            yield return (name, node is null ? new KubeConfigFields(_file, new YamlMapping(Place.Line, Place.Column), part) : new KubeConfigFields(_file, node, $"{part} '{name}'"));
    }

    public IEnumerable<(string Name, YamlNode? Value)> Pairs(string key, string nameKey, string valueKey)
    {
        switch (Find(key))
        {
            case null:
                yield break;
            case YamlSequence sequence:
                foreach (var item in sequence.Items)
                {
                    var fields = new KubeConfigFields(_file, item, $"an entry of {key}");
                    var name = fields.Text(nameKey) ?? throw KubeConfigErrors.Invalid(fields.Place, $"an entry of {key} has no {nameKey}.");
                    yield return (name, fields.Find(valueKey));
                }
                break;
            case var node:
                throw Wrong(node, key, "a list");
        }
    }

    private YamlNode? Find(string key) => _mapping.Find(key) is { } node and not YamlScalar { Kind: YamlScalarKind.Null } ? node : null;

    private Model.UpgradeException Wrong(YamlNode node, string key, string wanted) =>
        KubeConfigErrors.Invalid(KubeConfigPlace.Of(_file, node), $"{key} must be {wanted}.");
}
