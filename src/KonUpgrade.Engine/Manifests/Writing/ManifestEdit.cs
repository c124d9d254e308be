using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Writing;

/// <summary>A change that is made to a manifest while it is written.</summary>
/// <param name="Path">The field.</param>
/// <param name="Value">
/// The new value as JSON; null to drop the field. A value for a member that is not there is added to the mapping that
/// it belongs to. A mapping that edits leave without any member is dropped with them.
/// </param>
public sealed record ManifestEdit(FieldPath Path, ReadOnlyMemory<byte>? Value);
