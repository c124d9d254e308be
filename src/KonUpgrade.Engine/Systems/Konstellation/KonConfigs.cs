using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>What kon's import makes of a config's file: its name and labels follow from where it lies.</summary>
internal static class KonConfigs
{
    /// <summary>The AppConfig of a file.</summary>
    /// <param name="type"><c>app</c> or <c>shared</c>.</param>
    /// <param name="target">The target that it is for; empty for all.</param>
    /// <param name="name">The app's name, or the shared config's.</param>
    /// <param name="content">The file.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] AppConfig(string type, string target, string name, ReadOnlySpan<byte> content)
    {
        var isShared = type == "shared";
        return JsonTree.Write(new JsonObject
        {
            ["apiVersion"] = $"{KonManifests.Group}/v1alpha1",
            ["kind"] = "AppConfig",
            ["metadata"] = new JsonObject
            {
                // Of a shared config every target's version has the same name, and one cluster can have but one of them.
                ["name"] = isShared ? $"shared-{name}" : target.Length == 0 ? $"app-{name}" : $"app-{name}-{target}",
                ["labels"] = new JsonObject { [isShared ? SharedConfigs.NameLabel : "k11n.dev/app"] = name, [SharedConfigs.TargetLabel] = target },
            },
            ["type"] = type,
            ["config"] = Convert.ToBase64String(content),
        });
    }
}
