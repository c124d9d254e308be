using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// What is particular about a system, as its <c>system.yaml</c> says it: what is exported, what stays behind and why,
/// which fields are cleared. An unknown field in the file is kept out of harm's way: it is ignored and named in
/// <see cref="UnknownFields"/>.
/// </summary>
public sealed record SystemDescription
{
    /// <summary>The format that this version reads.</summary>
    public const string ApiVersion = "konupgrade.dev/v1";

    /// <summary>The name that <c>-System</c> takes.</summary>
    public required string Name { get; init; }

    /// <summary>The full name.</summary>
    public required string Title { get; init; }

    /// <summary>What it is and what of it moves.</summary>
    public string? Description { get; init; }

    /// <summary>Where the system's own documentation of an upgrade is.</summary>
    public string? Documentation { get; init; }

    /// <summary>The kinds by which the system is known, as <c>App.k11n.dev</c>: a cluster that serves all of them has it; empty where it is never found by itself.</summary>
    public IReadOnlyList<string> Detect { get; init; } = [];

    /// <summary>What is exported.</summary>
    public SystemExport Export { get; init; } = new();

    /// <summary>How it is imported.</summary>
    public SystemImport Import { get; init; } = new();

    /// <summary>By what its own kinds of workload are held back, beside those of Kubernetes itself.</summary>
    public IReadOnlyList<SystemHold> Hold { get; init; } = [];

    /// <summary>Which of its own kinds act on the world outside the cluster, beside those that do on every cluster.</summary>
    public IReadOnlyList<SystemOutward> Outward { get; init; } = [];

    /// <summary>What of it Velero moves in the place of an import; null where that is nothing.</summary>
    public SystemVelero? Velero { get; init; }

    /// <summary>By what it is known that it is well, beside what is known of every cluster.</summary>
    public IReadOnlyList<SystemHealth> Health { get; init; } = [];

    /// <summary>What is worth knowing of it.</summary>
    public IReadOnlyList<SystemAdvice> Advice { get; init; } = [];

    /// <summary>How its way from blue to green differs from that of every system; null where it does not.</summary>
    public SystemUpgrade? Upgrade { get; init; }

    /// <summary>What an upgrade of it in its place is made of; null where it is not upgraded so.</summary>
    public SystemInPlace? InPlace { get; init; }

    /// <summary>Fields of the file that nothing here knows, with their places: <c>export.kinda (line 7)</c>.</summary>
    public IReadOnlyList<string> UnknownFields { get; init; } = [];

    /// <summary>Whether the system has to do with a kind: it exports it, or leaves it out on purpose.</summary>
    public bool Knows(string group, string kind) =>
        Export.Kinds.Count == 0
        || KindPattern.Matches(Export.Kinds, group, kind)
        || Export.LeaveOut.Any(rule => KindPattern.Matches(rule.Kinds, group, kind));

    /// <summary>Reads a description.</summary>
    /// <param name="yaml">UTF-8 YAML.</param>
    /// <param name="file">What errors call the text.</param>
    /// <exception cref="KonUpgrade.Model.UpgradeException">A syntax error, a missing or wrong field (with file, line and column), an unknown format.</exception>
    public static SystemDescription Load(ReadOnlyMemory<byte> yaml, string file)
    {
        var documents = YamlReader.ReadNodes(yaml, file);
        if (documents.Count != 1)
            throw YamlErrors.At("InvalidSystem", file, 1, 1, $"A system's description is one document; here are {documents.Count}.", null);
        var root = DescriptionNode.Root(documents[0], file);
        var apiVersion = root.RequiredText("apiVersion");
        var kind = root.RequiredText("kind");
        if (kind != "UpgradeSystem" || !apiVersion.StartsWith("konupgrade.dev/", StringComparison.Ordinal))
            throw root.Error("kind", "The text is no description of a system: it needs apiVersion konupgrade.dev/v1 and kind UpgradeSystem.");
        if (apiVersion != ApiVersion)
            throw new KonUpgrade.Model.UpgradeException(ManifestFailures.UnknownFormat(file, apiVersion));
        var metadata = root.RequiredMember("metadata");
        var description = new SystemDescription
        {
            Name = metadata.RequiredText("name"),
            Title = root.RequiredText("title"),
            Description = root.Text("description"),
            Documentation = root.Text("documentation"),
            Detect = ReadDetect(root),
            Export = root.Member("export") is { } export ? SystemExport.Read(export) : new SystemExport(),
            Import = root.Member("import") is { } import ? SystemImport.Read(import) : new SystemImport(),
            Hold = [.. root.Items("hold").Select(SystemHold.Read)],
            Outward = [.. root.Items("outward").Select(SystemOutward.Read)],
            Velero = root.Member("velero") is { } velero ? SystemVelero.Read(velero) : null,
            Health = SystemHealth.ReadAll(root),
            Advice = [.. root.Items("advice").Select(SystemAdvice.Read)],
            Upgrade = root.Member("upgrade") is { } upgrade ? SystemUpgrade.Read(upgrade) : null,
            InPlace = root.Member("inPlace") is { } inPlace ? SystemInPlace.Read(inPlace) : null,
        };
        return description with { UnknownFields = root.UnknownFields() };
    }

    private static IReadOnlyList<string> ReadDetect(DescriptionNode root)
    {
        if (root.Member("detect") is not { } detect)
            return [];
        var kinds = detect.Texts("kinds");
        if (kinds.Count == 0)
            throw detect.Error("kinds", "detect names no kinds.");
        if (kinds.FirstOrDefault(kind => kind.Contains('*', StringComparison.Ordinal) || !kind.Contains('.', StringComparison.Ordinal)) is { } wrong)
            throw detect.Error("kinds", $"'{wrong}' is no custom kind with its group, such as App.k11n.dev: every cluster serves Kubernetes' own kinds.");
        return kinds;
    }
}
