using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>The version of Kubernetes that an image is of.</summary>
internal static class ImageVersion
{
    /// <summary>The version that the image's tag names; null where it names none.</summary>
    public static ServerVersion? Of(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? TargetVersion.TryParse(name[(colon + 1)..]) : null;
    }
}
