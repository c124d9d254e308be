using System.Globalization;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>A plan as a text that a person may read and edit: YAML in a file, and as JSON, which is YAML too, in a journal.</summary>
public static class PlanFile
{
    private const string ErrorId = "InvalidPlan";
    private const string Kind = "UpgradePlan";

    private static readonly WrittenFile s_file = new()
    {
        Content = "a plan",
        NotFoundId = "PlanFileNotFound",
        UnreadableId = "PlanFileUnreadable",
        Remedy = "Name the file that Export-UpgradePlan wrote.",
    };

    /// <summary>Reads a plan's file and checks it.</summary>
    /// <exception cref="UpgradeException">PlanFileNotFound, PlanFileUnreadable; InvalidPlan, UnknownFormat or a syntax error, with file, line and column.</exception>
    public static async Task<UpgradePlan> LoadAsync(string path, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reporter);
        var (plan, unknown) = Read(await s_file.ReadAsync(path, cancellationToken).ConfigureAwait(false), path);
        if (unknown.Count > 0)
            reporter.Warning($"{path}: nothing knows {string.Join(", ", unknown)}; about_KonUpgrade_Upgrades has the fields that are known.");
        return plan;
    }

    /// <summary>Checks a plan that is no file: one that a script made, or that came back from a job.</summary>
    /// <returns>The plan as its file would be read.</returns>
    /// <exception cref="UpgradeException">InvalidPlan, which names the field.</exception>
    public static UpgradePlan Check(UpgradePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Read(JsonTree.Write(PlanJson.Of(plan)), $"the plan {plan.Name}").Plan;
    }

    /// <summary>Writes a plan, whole or not at all.</summary>
    /// <exception cref="UpgradeException">DiskFull or WriteFailed.</exception>
    public static Task SaveAsync(UpgradePlan plan, string path, CancellationToken cancellationToken) =>
        WholeFile.WriteAsync(path, YamlOf(plan), cancellationToken);

    /// <summary>The plan as YAML.</summary>
    internal static byte[] YamlOf(UpgradePlan plan) => YamlFromJson.Write(PlanJson.Of(plan));

    /// <summary>Reads a plan and checks it.</summary>
    /// <param name="text">UTF-8 YAML or JSON.</param>
    /// <param name="file">What errors call the text.</param>
    /// <returns>The plan, and the fields that nothing knows of what is below it: of the plan itself, of its selection and its steps each is an error.</returns>
    internal static (UpgradePlan Plan, IReadOnlyList<string> UnknownFields) Read(ReadOnlyMemory<byte> text, string file)
    {
        var documents = YamlReader.ReadNodes(text, file);
        if (documents.Count != 1)
            throw YamlErrors.At(ErrorId, file, 1, 1, $"A plan is one document; here are {documents.Count}.", null);
        var root = DescriptionNode.Root(documents[0], file, ErrorId);
        var apiVersion = root.RequiredText("apiVersion");
        if (root.RequiredText("kind") != Kind || !apiVersion.StartsWith("konupgrade.dev/", StringComparison.Ordinal))
            throw root.Error("kind", $"The text is no plan: it needs apiVersion {SystemDescription.ApiVersion} and kind {Kind}.");
        if (apiVersion != SystemDescription.ApiVersion)
            throw new UpgradeException(ManifestFailures.UnknownFormat(file, apiVersion));
        var metadata = root.RequiredMember("metadata");
        var name = metadata.RequiredText("name");
        if (!StepText.IsName(name))
            throw metadata.Error("name", $"'{name}' is no plan's name: small letters, digits and hyphens, at most 63, beginning and ending with a letter or digit.");
        var nodes = root.Items("steps");
        if (nodes.Count == 0)
            throw root.Error("steps", "The plan has no steps.");
        var steps = nodes.Select(StepText.Read).ToList();
        var way = StepText.Choice(root, "way", UpgradeWay.BlueGreen);
        if (way == UpgradeWay.InPlace && root.Member("green") is not null)
            throw root.Error("green", "An upgrade in place has one cluster, which is called blue: green is one too many, or way is not InPlace.");
        if (PlanCheck.Of(steps, way) is { } problem)
            throw nodes[steps.FindLastIndex(step => step.Id == problem.StepId)].Error(problem.Field, problem.Reason);
        var plan = new UpgradePlan
        {
            Name = name,
            CreatedAt = DateOf(metadata),
            System = root.RequiredText("system"),
            Blue = ClusterOf(root, "blue"),
            Green = way == UpgradeWay.InPlace ? null : ClusterOf(root, "green"),
            TargetVersion = root.Text("targetVersion"),
            Selection = SelectionOf(root),
            Secret = StepText.Choice(root, "secret", SecretHandling.Skip),
            Volume = StepText.Choice(root, "volume", VolumeHandling.Skip),
            AllowOutward = root.Texts("allowOutward"),
            Steps = PlanCheck.Ordered(steps),
        };
        // A field that is mistyped would leave what it is to say at its default.
        root.RefuseUnknown();
        if (plan.Blue.ClusterUid == plan.Green?.ClusterUid)
            throw root.Error("green", "Blue and green are the same cluster: their clusterUid is one.");
        return (plan, root.UnknownFields());
    }

    private static UpgradeCluster ClusterOf(DescriptionNode root, string name)
    {
        var node = root.RequiredMember(name);
        return new UpgradeCluster
        {
            Context = node.RequiredText("context"),
            KubeConfigPath = node.Text("kubeConfigPath"),
            ClusterUid = node.RequiredText("clusterUid"),
            ServerVersion = node.Text("serverVersion"),
        };
    }

    // A selection that says nothing would be everything: nobody writes it for that.
    private static ClusterConfigSelection SelectionOf(DescriptionNode root)
    {
        var node = root.Member("selection");
        var selection = node is null ? new() : new ClusterConfigSelection
        {
            Group = node.Texts("group"),
            Kind = node.Texts("kind"),
            Namespace = node.Texts("namespace"),
            LabelSelector = node.Text("labelSelector"),
        };
        node?.RefuseUnknown();
        if (node?.Names.FirstOrDefault(name => IsEmpty(node, name)) is { } empty)
            throw node.Error(empty, $"selection.{empty} is there and says nothing. Leave it out where all is meant.");
        return selection.IsEverything() && root.Names.Contains("selection") ? throw root.Error("selection", "selection is there and says nothing. Leave it out where all is meant.") : selection;
    }

    private static bool IsEmpty(DescriptionNode selection, string name) =>
        name == "labelSelector" ? string.IsNullOrWhiteSpace(selection.Text(name)) : selection.Texts(name) is var texts && (texts.Count == 0 || texts.Any(string.IsNullOrWhiteSpace));

    private static DateTimeOffset DateOf(DescriptionNode metadata)
    {
        if (metadata.Text("creationTimestamp") is not { } text)
            return default;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : throw metadata.Error("creationTimestamp", $"'{text}' is no time, such as 2027-01-31T22:30:00Z.");
    }
}
