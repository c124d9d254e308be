using System.Management.Automation;
using System.Text;
using KonUpgrade.Engine.Manifests.Objects;

namespace KonUpgrade.Parameters;

/// <summary>What PowerShell shows of an item beside its own properties.</summary>
public static class ItemText
{
    /// <summary>
    /// The property Json: the manifest as a text, with what scripts edited in it; null where there is none, or where it is
    /// no manifest any more. An item goes through jobs, sessions and CliXml with it.
    /// </summary>
    /// <param name="instance">The item.</param>
    public static object? Json(PSObject instance)
    {
        if (instance?.BaseObject is not ClusterConfigItem { Manifest: { } manifest })
            return null;
        if (!manifest.IsSeen)
            return Encoding.UTF8.GetString(manifest.Json.Span);
        using var writer = new ObjectWriter(ScriptValue.Unwrap);
        return Encoding.UTF8.GetString(writer.ToJson(manifest.Object, manifest.Json).Span);
    }
}
