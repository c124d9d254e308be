using KonUpgrade.Engine.ApiVersions.Schemas;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>What can keep an import, or one object of it, from being done.</summary>
internal static class ImportFailures
{
    public static Failure SameCluster(string target, string? source) => new()
    {
        Id = "SameCluster",
        Kind = FailureKind.Refused,
        Message = $"{target} is the cluster that was exported{(source is null || source == target ? "" : $" (as {source})")}: its kube-system namespace has the same UID. Nothing was changed.",
        Recommendation = "Name the cluster that the configuration is to move to.",
        Target = target,
    };

    public static Failure Unread(IReadOnlyList<Failure> failures) => new()
    {
        Id = "ConfigIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"What came down the pipeline is not complete: {string.Join("; ", failures.Take(3).Select(f => f.Message))}"
            + (failures.Count > 3 ? $" and {failures.Count - 3} more." : "") + " Nothing was changed.",
        Recommendation = failures[0].Recommendation ?? "Mend the cause and read again, or use -AllowPartial.",
        Target = failures[0].Target,
    };

    public static Failure SeveralClusters(IEnumerable<string> contexts) => new()
    {
        Id = "SeveralClusters",
        Kind = FailureKind.InvalidArgument,
        Message = $"The objects come from several clusters: {string.Join(", ", contexts)}. Nothing was changed.",
        Recommendation = "Import from one cluster after the other, a command each.",
    };

    public static Failure SeveralSystems(IEnumerable<string> systems) => new()
    {
        Id = "SeveralSystems",
        Kind = FailureKind.InvalidArgument,
        Message = $"The objects were read as several systems: {string.Join(", ", systems)}. Nothing was changed.",
        Recommendation = "Name the system as which they are imported (-System), or import them one after the other.",
    };

    public static Failure Altered(string path, IReadOnlyList<Failure> problems) => new()
    {
        Id = problems[0].Id,
        Kind = problems[0].Kind,
        Message = $"{problems.Count} file(s) of the export in {path} are not what was exported: {string.Join("; ", problems.Take(3).Select(p => p.Message))}"
            + (problems.Count > 3 ? $" and {problems.Count - 3} more. Nothing was changed." : " Nothing was changed."),
        Recommendation = "Export again, or use -AllowModified when the changes are wanted.",
        Target = path,
    };

    public static Failure KindNotServed(ImportItem item, string reason, string? recommendation = null) => new()
    {
        Id = "KindNotServed",
        Kind = FailureKind.NotSupported,
        Message = reason,
        Recommendation = recommendation ?? "Install what brings the kind on the target, or leave it out of the import.",
        Target = item.ToString(),
    };

    /// <param name="item">The object.</param>
    /// <param name="problems">What does not fit; empty where that is not to be shown.</param>
    public static Failure NotOfSchema(ImportItem item, IReadOnlyList<SchemaProblem> problems) => new()
    {
        Id = "SchemaMismatch",
        Kind = FailureKind.InvalidData,
        Message = $"{item} does not fit the schema of its kind{(problems.Count == 0 ? "." : $": {string.Join("; ", problems.Take(5))}{(problems.Count > 5 ? $" and {problems.Count - 5} more." : ".")}")}",
        Recommendation = "Correct the object, or import the definition of the kind that it was made for.",
        Target = item.ToString(),
    };

    public static Failure NoNamespace(ImportItem item) => new()
    {
        Id = "NamespaceMissing",
        Kind = FailureKind.InvalidData,
        Message = $"{item} names no namespace, and its kind lives in namespaces.",
        Recommendation = "Write metadata.namespace into the manifest.",
        Target = item.ToString(),
    };

    public static Failure NamespaceFailed(ImportItem item, string reason) => new()
    {
        Id = "NamespaceNotFound",
        Kind = FailureKind.NotFound,
        Message = $"Its namespace {item.Key.Namespace} could not be imported: {reason}",
        Recommendation = "Import again when the namespace is there.",
        Target = item.ToString(),
    };

    public static Failure NamespaceNotMade(ImportItem item, string maker, string reason) => new()
    {
        Id = "NamespaceNotMade",
        Kind = FailureKind.Timeout,
        Message = $"Its namespace {item.Key.Namespace} is to be made from {maker}, and {reason}.",
        Recommendation = $"Look at the status of {maker} on the target, and whether its controller runs there; then import again.",
        Target = item.ToString(),
    };

    public static Failure OwnerMissing(ImportItem item, string owner, string reason) => new()
    {
        Id = "OwnerMissing",
        Kind = FailureKind.NotFound,
        Message = $"Its owner {owner} {reason}. Without it, the target's garbage collector would delete the object.",
        Recommendation = "Import the owner too, or take the owner reference out of the manifest.",
        Target = item.ToString(),
    };

    public static Failure OwnerCircle(ImportItem item, IEnumerable<string> circle) => new()
    {
        Id = "OwnerCircle",
        Kind = FailureKind.InvalidData,
        Message = $"Its owners own each other in a circle: {string.Join(" → ", circle)}.",
        Recommendation = "Take one of the owner references out of the manifests.",
        Target = item.ToString(),
    };

    public static Failure Exists(ImportItem item, string differences) => new()
    {
        Id = "ObjectExists",
        Kind = FailureKind.AlreadyExists,
        Message = $"{item} is on the target already and differs in {differences}.",
        Recommendation = "Look at the differing fields; -Existing Apply changes them, -Existing Skip leaves them.",
        Target = item.ToString(),
    };

    public static Failure Terminating(ImportItem item, string reason) => new()
    {
        Id = "ObjectTerminating",
        Kind = FailureKind.Conflict,
        Message = $"{item} is being deleted on the target{reason}.",
        Recommendation = "Wait until it is gone (its finalizers tell what it waits for), then import again.",
        Target = item.ToString(),
    };

    public static Failure NotEstablished(ImportItem item, string reason) => new()
    {
        Id = "CrdNotEstablished",
        Kind = FailureKind.Unavailable,
        Message = $"{item} is on the target, which does not serve it: {reason}",
        Recommendation = "Look at the conditions of the CustomResourceDefinition on the target.",
        Target = item.ToString(),
    };

    /// <summary>What a trial says of a definition that the target would take and not serve.</summary>
    public static Failure WouldNotBeEstablished(ImportItem item, bool isThere, string reason) => new()
    {
        Id = "CrdNotEstablished",
        Kind = FailureKind.Unavailable,
        Message = isThere ? $"{item} would be changed on the target, which would not serve it: {reason}" : $"{item} is not on the target, which would take it and not serve it: {reason}",
        Recommendation = "Clear what stands in its way on the target, or correct the CustomResourceDefinition; then look again with -WhatIf.",
        Target = item.ToString(),
    };

    public static Failure BackEndNotReady(string what, string service, string reason, bool isHeld = false) => new()
    {
        Id = "WebhookBackEndNotReady",
        Kind = FailureKind.Unavailable,
        Message = $"{what} asks the Service {service} about the object, and {reason}.",
        Recommendation = isHeld ? "Resume it (Resume-ClusterWorkload), and import again when it is ready." : "Bring up what is behind the Service, then import again.",
    };

    public static Failure Unreadable(ImportItem item, Exception e) => new()
    {
        Id = "ManifestUnreadable",
        Kind = FailureKind.ReadError,
        Message = $"{item.File?.FilePath ?? item.ToString()} could not be read: {e.Message}",
        Target = item.ToString(),
    };
}
