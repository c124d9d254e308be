using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>What came of reading a number of files, in their order.</summary>
internal sealed class FileOutcome
{
    /// <summary>What was found.</summary>
    public List<DeprecatedApi> Found { get; } = [];

    /// <summary>Files that could not be read.</summary>
    public List<Failure> Unread { get; } = [];

    /// <summary>Templates that nobody has rendered.</summary>
    public List<string> Templates { get; } = [];

    /// <summary>Custom kinds of which the target serves nothing.</summary>
    public HashSet<(string Group, string Kind)> UnknownCustom { get; } = [];

    /// <summary>The groups of definitions of custom kinds that came.</summary>
    public HashSet<string> DefinedGroups { get; } = [];

    /// <summary>How many objects there were.</summary>
    public long Objects { get; set; }

    /// <summary>How many files were something else than manifests, or empty.</summary>
    public long PassedOver { get; private set; }

    /// <summary>The first of these.</summary>
    public string? FirstPassedOver { get; private set; }

    /// <summary>How many files there were.</summary>
    public long Files { get; set; }

    /// <summary>A file is something else than a manifest, or empty.</summary>
    public void PassOver(string file)
    {
        PassedOver++;
        FirstPassedOver ??= file;
    }

    /// <summary>Adds what another one counted; what it found is given on, and not kept.</summary>
    public void Add(FileOutcome other)
    {
        Unread.AddRange(other.Unread);
        Templates.AddRange(other.Templates);
        UnknownCustom.UnionWith(other.UnknownCustom);
        DefinedGroups.UnionWith(other.DefinedGroups);
        Objects += other.Objects;
        PassedOver += other.PassedOver;
        FirstPassedOver ??= other.FirstPassedOver;
        Files += other.Files;
    }
}
