using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.CustomResourceDefinitions;

/// <summary>CustomResourceDefinitions on their way to v1, from v1beta1 and from what v1 keeps of it.</summary>
internal sealed class DefinitionConverter : IObjectConverter
{
    /// <inheritdoc/>
    public string Group => "apiextensions.k8s.io";

    /// <inheritdoc/>
    public string Kind => "CustomResourceDefinition";

    /// <inheritdoc/>
    public string To => "v1";

    /// <inheritdoc/>
    public bool IsNeeded(JsonObject o) => CrdConverter.IsNeeded(o);

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o) => CrdConverter.Convert(o);
}
