using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>An image as Apps name it and Builds stand for it.</summary>
/// <param name="Registry">The registry; empty for Docker Hub.</param>
/// <param name="Image">The image.</param>
/// <param name="Tag">The tag; null for any.</param>
internal sealed record AppImage(string Registry, string Image, string? Tag)
{
    /// <summary>Reads what App and Build say.</summary>
    /// <param name="spec">The object's spec.</param>
    /// <param name="tag">The field that it has the tag in.</param>
    public static AppImage Read(JsonPart spec, string tag) => new(spec.Text("registry") ?? "", spec.Text("image") ?? "", spec.Text(tag) is { Length: > 0 } text ? text : null);

    /// <summary>Whether an App that names this image runs a Build of that one.</summary>
    public bool Means(AppImage build) => Registry == build.Registry && Image == build.Image && (Tag is null || Tag == build.Tag);
}
