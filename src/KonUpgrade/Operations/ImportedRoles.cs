namespace KonUpgrade.Operations;

/// <summary>
/// The clusters of one system that a command has brought into its target. A target takes the place of one of them: with a
/// second one it would be two clusters at once.
/// </summary>
internal sealed class ImportedRoles
{
    private ClusterConfigExport? _first;

    /// <summary>Why an export may not be brought in after those before it, or null.</summary>
    public Failure? WhyNot(ClusterConfigExport export, string target)
    {
        if (export.Role is null)
            return null;
        _first ??= export;
        // Of one that has no identity nobody can tell that it is the same.
        return ReferenceEquals(_first, export) || (export.ClusterUid is not null && _first.ClusterUid == export.ClusterUid) ? null : new Failure
        {
            Id = "TargetTaken",
            Kind = FailureKind.Refused,
            Message = $"{target} took the export of {_first.Context}, a {_first.Role}, already; {export.Context} is another {export.Role}.",
            Recommendation = $"Import {export.Path} into a cluster of its own.",
            Target = export.Path,
        };
    }
}
