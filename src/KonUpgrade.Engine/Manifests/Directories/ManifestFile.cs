using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// One object of a directory of manifests: what it is and where, without its content, so that a whole cluster's worth
/// can be put in order in little memory.
/// </summary>
public sealed class ManifestFile
{
    private readonly IManifestContent _content;

    internal ManifestFile(IManifestContent content) => _content = content;

    /// <summary>The file, as a full path.</summary>
    public required string FilePath { get; init; }

    /// <summary>The line that the object begins on.</summary>
    public int Line { get; init; } = 1;

    /// <summary>Group and version.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The namespace, or null.</summary>
    public string? Namespace { get; init; }

    /// <summary>The name; empty where the file does not tell (see <see cref="Problem"/>).</summary>
    public required string Name { get; init; }

    /// <summary>The API group; empty for the core group.</summary>
    public string Group => ApiResource.GroupOf(ApiVersion);

    /// <summary>The field manager and operation that owned most of the object on the source, or null where that is not known.</summary>
    public FieldOwner? Owner { get; init; }

    /// <summary>Who else owned fields of it on the source.</summary>
    public IReadOnlyList<FieldOwner> OtherOwners { get; init; } = [];

    /// <summary>The objects that own this one on the source, by their names.</summary>
    public IReadOnlyList<OwnerReference> OwnerReferences { get; init; } = [];

    /// <summary>The SHA-256 of the object's canonical YAML, in small hexadecimal digits, where an export tells it; null otherwise.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the file is encrypted.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Whether the file is encrypted and nothing was given that could open it.</summary>
    public bool IsClosed { get; init; }

    /// <summary>What is wrong with the file: ModifiedFile, MissingFile, SymbolicLink, a syntax error …; null where nothing is.</summary>
    public Failure? Problem { get; init; }

    /// <summary>Whether the file is of something else than Kubernetes; then its <see cref="Problem"/> says so.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Why it is left alone, though it is there; null where it is not.</summary>
    public string? SkipReason { get; init; }

    /// <summary>How many bytes are read for the object; 0 where it is in memory already, or nobody can tell.</summary>
    internal long Length => _content.LengthOf(this);

    /// <summary>Reads the object. A file that was changed since it was checked is refused; one whose problem is known to be ModifiedFile is read as it is.</summary>
    /// <exception cref="UpgradeException">The file's <see cref="Problem"/>, or what went wrong since.</exception>
    public Task<KubernetesObject> LoadAsync(CancellationToken cancellationToken) =>
        Problem is { } problem && problem.Id != ManifestFailures.ModifiedFile
            ? Task.FromException<KubernetesObject>(new UpgradeException(problem))
            : _content.LoadAsync(this, cancellationToken);

    /// <inheritdoc/>
    public override string ToString() => Namespace is { } ns ? $"{ApiVersion} {Kind} {ns}/{Name}" : $"{ApiVersion} {Kind} {Name}";
}

/// <summary>A reference to an owner by name: UIDs mean nothing on another cluster.</summary>
/// <param name="ApiVersion">The owner's group and version.</param>
/// <param name="Kind">The owner's kind.</param>
/// <param name="Name">The owner's name.</param>
/// <param name="Controller">Whether it is the managing owner.</param>
public sealed record OwnerReference(string ApiVersion, string Kind, string Name, bool Controller = false);

/// <summary>Where a manifest's content comes from.</summary>
internal interface IManifestContent
{
    /// <summary>How many bytes are read for it; 0 where it is in memory already, or nobody can tell.</summary>
    long LengthOf(ManifestFile file) => 0;

    Task<KubernetesObject> LoadAsync(ManifestFile file, CancellationToken cancellationToken);
}
