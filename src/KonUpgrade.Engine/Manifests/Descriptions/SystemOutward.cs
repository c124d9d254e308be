using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// A rule of the part <c>outward</c>: objects that act on the world outside their cluster. What is named must fit
/// altogether; a list fits with one of its patterns.
/// </summary>
public sealed record SystemOutward
{
    private const string Resource = "Manifests/outward.yaml";

    /// <summary>The rules for every system.</summary>
    public static IReadOnlyList<SystemOutward> BuiltIn { get; } = ReadBuiltIn();

    /// <summary>The kinds, each by itself: <c>Service</c>, <c>TargetGroupBinding.elbv2.k8s.aws</c>.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Annotations with their values, with <c>*</c>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Fields that must have a value; <c>[*]</c> stands for any element of a list.</summary>
    public IReadOnlyList<FieldPath> Present { get; init; } = [];

    /// <summary>Images of which one of the Pods' containers runs one, without registry's tag and digest, with <c>*</c>; empty for any.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Images of which one must run on the target for the rule to count; empty where it always does.</summary>
    public IReadOnlyList<string> ReadBy { get; init; } = [];

    /// <summary>What it would do outside, in words for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether an object fits, whoever runs on the target.</summary>
    public bool Fits(string group, string kind, KubernetesObject o) =>
        KindPattern.Matches(Kinds, group, kind)
        && Annotations.All(a => o.Annotation(a.Key) is { } value && TextPattern.Matches(a.Value, value))
        && Present.All(path => Has(o.Root, path.Steps))
        && (Images.Count == 0 || ImagesOf(o).Any(image => TextPattern.Matches(Images, image)));

    /// <summary>The images that a workload's containers run, without tag and digest.</summary>
    public static IEnumerable<string> ImagesOf(KubernetesObject workload) =>
        workload.Root.Member("spec").Member("template").Member("spec").Objects("containers").Select(c => Repository(c.Text("image") ?? ""));

    /// <summary>An image without tag and digest: <c>registry:5000/team/name:tag@sha256:…</c> is <c>registry:5000/team/name</c>.</summary>
    internal static string Repository(string image)
    {
        if (image.IndexOf('@', StringComparison.Ordinal) is > 0 and var digest)
            image = image[..digest];
        return image.LastIndexOf(':') is > 0 and var tag && image.IndexOf('/', tag) < 0 ? image[..tag] : image;
    }

    internal static SystemOutward Read(DescriptionNode node)
    {
        var rule = new SystemOutward
        {
            Kinds = node.Texts("kinds"),
            Annotations = node.TextMap("annotations"),
            Present = [.. node.Texts("present").Select(text => FieldPath.TryParse(text, out var path) ? path : throw node.Error("present", $"'{text}' is no field's path, such as spec.acme or spec.rules[*].host."))],
            Images = node.Texts("images"),
            ReadBy = node.Texts("readBy"),
            Reason = node.RequiredText("reason"),
        };
        if (rule.Kinds.Count == 0)
            throw node.Error("kinds", "The rule names no kinds.");
        return rule.Kinds.FirstOrDefault(kind => kind.Contains('*', StringComparison.Ordinal)) is { } pattern
            ? throw node.Error("kinds", $"'{pattern}' is no kind: what acts outside is allowed by its kind, so each is named by itself.")
            : rule;
    }

    private static bool Has(JsonPart part, ReadOnlySpan<FieldStep> steps)
    {
        if (steps.IsEmpty)
            return part.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !part.Is(""u8) && (part.ValueKind != JsonValueKind.Array || part.HasContent);
        if (steps[0].Name is { } name)
            return Has(part.Member(name), steps[1..]);
        var at = 0;
        foreach (var element in part.Elements())
        {
            if ((steps[0].Index < 0 || steps[0].Index == at++) && Has(element, steps[1..]))
                return true;
        }
        return false;
    }

    private static List<SystemOutward> ReadBuiltIn()
    {
        using var stream = typeof(SystemOutward).Assembly.GetManifestResourceStream(Resource)!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        var root = DescriptionNode.Root(YamlReader.ReadNodes(buffer.ToArray(), Resource)[0], Resource);
        return [.. root.Items("outward").Select(Read)];
    }
}
