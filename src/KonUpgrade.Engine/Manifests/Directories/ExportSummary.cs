using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>What <c>export.yaml</c> says, with the checksums of the lists beside it.</summary>
internal sealed record ExportSummary
{
    /// <summary>The part that users see.</summary>
    public required ClusterConfigExport Export { get; init; }

    /// <summary>The SHA-256 of <c>files.jsonl</c>.</summary>
    public string? FilesSha256 { get; init; }

    /// <summary>The SHA-256 of <c>left-out.jsonl</c>.</summary>
    public string? LeftOutSha256 { get; init; }

    /// <summary>How many files of an earlier export of the same cluster stayed, since their kinds could not be listed or their objects could not be exported.</summary>
    public long KeptCount { get; init; }

    /// <summary>Whether a directory has a summary of ours; another file of that name is none.</summary>
    public static async Task<ExportSummary?> FindAsync(string directory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, ExportLayout.Summary);
        if (!File.Exists(path))
            return null;
        if (ExportCommit.IsLink(path))
            throw new UpgradeException(ManifestFailures.SymbolicLink(path));
        try
        {
            return Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path, directory);
        }
        catch (UpgradeException exception) when (exception.Failure.Kind == FailureKind.ParserError && File.Exists(Path.Combine(directory, ExportLayout.Files)))
        {
            // Beside a list of files it is a summary, whatever became of it.
            if (exception.Failure.Id == ManifestFailures.ExportDamaged)
                throw;
            var where = exception.Failure.Message;
            var damaged = ManifestFailures.Damaged(path, $"it is no YAML: {(where.StartsWith($"{path}, ", StringComparison.Ordinal) ? where[(path.Length + 2)..] : where)}");
            throw new UpgradeException(damaged with { Kind = FailureKind.ParserError }, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UpgradeException(ManifestFailures.Unreadable(path, exception), exception);
        }
    }

    /// <summary>Reads a summary.</summary>
    /// <exception cref="UpgradeException">A syntax error, UnknownFormat, ExportDamaged.</exception>
    public static ExportSummary? Read(ReadOnlyMemory<byte> yaml, string file, string directory)
    {
        var documents = YamlReader.Read(yaml, file);
        if (documents.Count > 1 && documents.Any(IsSummary))
            throw new UpgradeException(ManifestFailures.Damaged(file, $"line {documents[1].Line}, column {documents[1].Column}: here a second document begins, and a summary is one document.") with { Kind = FailureKind.ParserError });
        if (documents.Count != 1)
            return null;
        using var document = JsonIndex.Parse(documents[0].Json);
        var root = document.Root;
        var apiVersion = root.Member("apiVersion"u8).Text() ?? "";
        if (!IsSummary(root))
            return null;
        if (apiVersion != ExportLayout.ApiVersion)
            throw new UpgradeException(ManifestFailures.UnknownFormat(file, apiVersion));
        var cluster = root.Member("cluster"u8);
        var selection = root.Member("selection"u8);
        var complete = root.Member("complete"u8);
        if (complete.ValueKind is not (JsonValueKind.True or JsonValueKind.False) || root.Member("system"u8).Text() is not { } system)
            throw new UpgradeException(ManifestFailures.Damaged(file, "complete or system is missing."));
        // Without the identity an export could be imported into the very cluster that it is of.
        if (cluster.Member("uid"u8).ValueKind is not (JsonValueKind.String or JsonValueKind.Undefined or JsonValueKind.Null))
            throw new UpgradeException(ManifestFailures.Damaged(file, "cluster.uid is no text."));
        return new ExportSummary
        {
            Export = new ClusterConfigExport
            {
                Path = directory,
                Context = cluster.Member("context"u8).Text(),
                ClusterUid = cluster.Member("uid"u8).Text(),
                ServerVersion = cluster.Member("serverVersion"u8).Text(),
                System = system,
                Role = root.Member("role"u8).Text(),
                Selection = new ClusterConfigSelection
                {
                    Group = Texts(selection.Member("groups"u8)),
                    Kind = Texts(selection.Member("kinds"u8)),
                    Namespace = Texts(selection.Member("namespaces"u8)),
                    LabelSelector = selection.Member("labelSelector"u8).Text(),
                },
                Secret = ReadHandling(root.Member("secrets"u8).Text(), file),
                EncryptionKeyId = root.Member("encryptionKeyId"u8).Text(),
                Complete = complete.ValueKind == JsonValueKind.True,
                ObjectCount = Number(root.Member("objects"u8)),
                LeftOutCount = Number(root.Member("leftOut"u8)),
                Failures = [.. root.Member("failures"u8).Elements().Select(ReadFailure)],
                ExportedAt = root.Time("exportedAt") ?? default,
            },
            FilesSha256 = root.Member("checksums"u8).Member("files"u8).Text(),
            LeftOutSha256 = root.Member("checksums"u8).Member("leftOut"u8).Text(),
            KeptCount = Number(root.Member("kept"u8)),
        };
    }

    private static bool IsSummary(YamlDocument document)
    {
        using var index = JsonIndex.Parse(document.Json);
        return IsSummary(index.Root);
    }

    private static bool IsSummary(JsonPart root) =>
        root.Member("kind"u8).Is("ClusterConfigExport"u8) && root.Member("apiVersion"u8).Text()?.StartsWith("konupgrade.dev/", StringComparison.Ordinal) == true;

    /// <summary>The summary as YAML.</summary>
    public byte[] ToYaml()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer);
        using var o = KubernetesObject.Parse(buffer.WrittenMemory);
        using var manifest = new ManifestWriter();
        return manifest.ToYaml(o, []).ToArray();
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion", ExportLayout.ApiVersion);
        writer.WriteString("kind", ExportLayout.SummaryKind);
        writer.WriteStartObject("cluster");
        WriteText(writer, "context", Export.Context);
        WriteText(writer, "uid", Export.ClusterUid);
        WriteText(writer, "serverVersion", Export.ServerVersion);
        writer.WriteEndObject();
        writer.WriteString("system", Export.System);
        WriteText(writer, "role", Export.Role);
        writer.WriteStartObject("selection");
        WriteTexts(writer, "groups", Export.Selection.Group);
        WriteTexts(writer, "kinds", Export.Selection.Kind);
        WriteTexts(writer, "namespaces", Export.Selection.Namespace);
        WriteText(writer, "labelSelector", Export.Selection.LabelSelector);
        writer.WriteEndObject();
        writer.WriteString("secrets", Export.Secret.ToString());
        WriteText(writer, "encryptionKeyId", Export.EncryptionKeyId);
        writer.WriteBoolean("complete", Export.Complete);
        writer.WriteNumber("objects", Export.ObjectCount);
        writer.WriteNumber("leftOut", Export.LeftOutCount);
        if (KeptCount > 0)
            writer.WriteNumber("kept", KeptCount);
        writer.WriteStartObject("checksums");
        WriteText(writer, "files", FilesSha256);
        WriteText(writer, "leftOut", LeftOutSha256);
        writer.WriteEndObject();
        writer.WriteString("exportedAt", Export.ExportedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.WriteNumber("durationSeconds", Math.Round(Export.Duration.TotalSeconds, 3));
        writer.WriteStartArray("failures");
        foreach (var failure in Export.Failures)
            WriteFailure(writer, failure);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter writer, Failure failure)
    {
        writer.WriteStartObject();
        writer.WriteString("id", failure.Id);
        writer.WriteString("kind", failure.Kind.ToString());
        writer.WriteString("message", failure.Message);
        WriteText(writer, "recommendation", failure.Recommendation);
        WriteText(writer, "target", failure.Target);
        writer.WriteEndObject();
    }

    private static Failure ReadFailure(JsonPart element) => new()
    {
        Id = element.Member("id"u8).Text() ?? "Unspecified",
        Kind = Enum.TryParse<FailureKind>(element.Member("kind"u8).Text(), out var kind) ? kind : FailureKind.Unspecified,
        Message = element.Member("message"u8).Text() ?? "",
        Recommendation = element.Member("recommendation"u8).Text(),
        Target = element.Member("target"u8).Text(),
    };

    // Exports of before it was told had none.
    private static SecretHandling ReadHandling(string? text, string file) => text switch
    {
        null or nameof(SecretHandling.Skip) => SecretHandling.Skip,
        nameof(SecretHandling.Encrypt) => SecretHandling.Encrypt,
        nameof(SecretHandling.Include) => SecretHandling.Include,
        _ => throw new UpgradeException(ManifestFailures.Damaged(file, "what it says of secrets is none of Skip, Encrypt and Include.")),
    };

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    private static string[] Texts(JsonPart element) => [.. element.Elements().Select(item => item.Text() ?? "")];

    private static long Number(JsonPart element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) ? value : 0;
}
