using System.Reflection;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Velero.Definitions;

/// <summary>The kinds of Velero's API, as far as its clients need them: the files beside this one.</summary>
internal static class VeleroDefinitions
{
    private const string Folder = "Velero/";

    public static IEnumerable<JsonObject> All()
    {
        Assembly assembly = typeof(VeleroDefinitions).Assembly;
        foreach (string file in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            JsonObject definition = YamlTree.Read(reader.ReadToEnd()) ?? throw new InvalidOperationException($"{file} is empty.");
            Metadata.Of(definition)["labels"] = new JsonObject { ["component"] = "velero" };
            yield return definition;
        }
    }
}
