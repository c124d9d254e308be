using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>The life of CRDs: what they become when they are stored, established and deleted.</summary>
internal sealed class CustomResourceDefinitions(SimulatedCluster cluster)
{
    public const string Finalizer = "customresourcecleanup.apiextensions.k8s.io";

    private readonly DefinedKinds _kinds = new(cluster);

    private ApiResource Kind => cluster.BuiltIn("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>The names that a server fills in itself.</summary>
    public static void FillNames(JsonObject definition)
    {
        if (definition["spec"] is not JsonObject spec || spec["names"] is not JsonObject names) return;
        string kind = Metadata.Text(names, "kind");
        if (kind.Length == 0) return;
        if (Metadata.Text(names, "singular").Length == 0) names["singular"] = kind.ToLowerInvariant();
        if (Metadata.Text(names, "listKind").Length == 0) names["listKind"] = $"{kind}List";
    }

    /// <param name="definition">In its storage version.</param>
    /// <param name="strict">It came as v1, which refuses what v1beta1 let pass.</param>
    public IReadOnlyList<StatusCause> PrepareCreate(JsonObject definition, bool strict)
    {
        IReadOnlyList<StatusCause> causes = DefinitionRules.Check(definition, strict, cluster.Version.Minor);
        definition["status"] ??= new JsonObject
        {
            ["acceptedNames"] = new JsonObject { ["kind"] = string.Empty, ["plural"] = string.Empty },
            ["conditions"] = new JsonArray(),
            ["storedVersions"] = new JsonArray(DefinitionFields.StorageVersion(definition)),
        };
        return causes;
    }

    public IReadOnlyList<StatusCause> PrepareUpdate(JsonObject before, JsonObject after, bool strict)
    {
        var causes = new List<StatusCause>(DefinitionRules.Check(after, strict, cluster.Version.Minor));
        if (causes.Count > 0) return causes;
        JsonObject old = (JsonObject)before["spec"]!, spec = (JsonObject)after["spec"]!;
        if (DefinitionFields.IsEstablished(before))
        {
            foreach (string field in (ReadOnlySpan<string>)["group", "scope"])
            {
                if (Metadata.Text(old, field) != Metadata.Text(spec, field))
                    causes.Add(new("FieldValueInvalid", $"Invalid value: \"{Metadata.Text(spec, field)}\": field is immutable", $"spec.{field}"));
            }
        }
        if (after["status"] is JsonObject status)
        {
            IReadOnlyList<string> stored = Metadata.Strings(status, "storedVersions");
            HashSet<string> present = [.. DefinitionFields.Versions(spec).Select(version => Metadata.Text(version, "name"))];
            for (int i = 0; i < stored.Count; i++)
            {
                if (!present.Contains(stored[i]))
                    causes.Add(new("FieldValueInvalid", $"Invalid value: \"{stored[i]}\": must appear in spec.versions", $"status.storedVersions[{i}]"));
            }
            string storage = DefinitionFields.StorageVersion(after);
            if (!stored.Contains(storage)) status["storedVersions"] = new JsonArray([.. stored.Append(storage).Select(version => (JsonNode?)version)]);
        }
        return causes;
    }

    /// <summary>A CRD was stored: establish it when that is still to be done, serve it when it has been.</summary>
    public void Changed(StoredObject stored, JsonObject definition)
    {
        cluster.RefreshCatalog();
        if (!DefinitionFields.IsEstablished(definition) && !stored.Terminating) cluster.Controllers.Establish(stored.Key);
    }

    /// <summary>A CRD is to go: it stays, marked, until its objects are gone.</summary>
    public static void Mark(JsonObject definition)
    {
        Metadata.AddFinalizer(definition, Finalizer);
        if (definition["status"] is not JsonObject status) definition["status"] = status = [];
        if (status["conditions"] is not JsonArray conditions) status["conditions"] = conditions = [];
        conditions.Add((JsonNode)Condition("Terminating", true, "InstanceDeletionPending", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"));
    }

    /// <summary>Accepts the names of a CRD and has it served.</summary>
    public void Establish(string name)
        // What the server writes into the status is its own, and shows among the managers.
        => cluster.Writes.ChangeStored(
            Kind,
            name,
            definition =>
            {
                if (Metadata.IsTerminating(definition) || DefinitionFields.IsEstablished(definition)) return false;
                if (IsRefused(definition) && !IsTrusted(definition)) return false;
                Accept(definition);
                return true;
            },
            statusManager: "kube-apiserver");

    /// <summary>For a seed, which is served as soon as it lies in the store.</summary>
    public void AcceptAtOnce(JsonObject definition)
    {
        if (Metadata.Text(definition, "apiVersion") != "apiextensions.k8s.io/v1" || definition["spec"]?["names"] is not JsonObject) return;
        FillNames(definition);
        Accept(definition);
    }

    /// <summary>Sets status and finalizer as the server's own controllers do.</summary>
    public void Accept(JsonObject definition)
    {
        JsonObject names = (JsonObject)definition["spec"]!["names"]!;
        if (definition["status"] is not JsonObject status) definition["status"] = status = [];
        string? rival = Rival(definition);
        if (rival is null)
        {
            status["acceptedNames"] = names.DeepClone();
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", true, "NoConflicts", "no conflicts found"),
                IsTrusted(definition)
                    ? Condition("Established", true, "InitialNamesAccepted", "the initial names have been accepted")
                    : Condition("Established", false, "InvalidCABundle", "The conversion webhook CABundle is invalid"));
        }
        else
        {
            status["acceptedNames"] ??= new JsonObject { ["kind"] = string.Empty, ["plural"] = string.Empty };
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", false, "KindConflict", $"\"{rival}\" is already in use"),
                Condition("Established", false, "NotAccepted", "not all names are accepted"));
        }
        string[] faults = [.. DefinitionFields.Versions((JsonObject)definition["spec"]!).SelectMany(version => DefinitionFields.SchemaOf(version, loose: true, "spec.validation.openAPIV3Schema", cluster.Version.Minor).Problems).Select(problem => problem.ToString()).Distinct()];
        if (faults.Length > 0)
            ((JsonArray)status["conditions"]!).Add((JsonNode)Condition("NonStructuralSchema", true, "Violations", string.Join(", ", faults)));
        if (Metadata.Strings(status, "storedVersions").Count == 0) status["storedVersions"] = new JsonArray(DefinitionFields.StorageVersion(definition));
    }

    /// <inheritdoc cref="DefinedKinds.Served"/>
    public IReadOnlyList<ApiResource> Served() => _kinds.Served(Kind);

    /// <summary>Where the objects of a CRD lie.</summary>
    public Collection Objects(string name) => cluster.Store.Collection(name);

    // It has been told so already.
    private static bool IsRefused(JsonObject definition)
        => definition["status"]?["conditions"] is JsonArray conditions
        && conditions.OfType<JsonObject>().Any(condition => Metadata.Text(condition, "reason") == "InvalidCABundle");

    // From 1.31 a definition whose conversion webhook can't be trusted is stored and never served. Seen on 1.33.
    private bool IsTrusted(JsonObject definition)
    {
        if (cluster.Version.Minor < 31
            || definition["spec"]?["conversion"]?["webhook"]?["clientConfig"] is not JsonObject client
            || Metadata.Text(client, "caBundle") is not { Length: > 0 } bundle)
            return true;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(bundle)));
            return certificates.Count > 0;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static JsonObject Condition(string type, bool holds, string reason, string message) => new()
    {
        ["lastTransitionTime"] = Metadata.Time(DateTimeOffset.UtcNow),
        ["message"] = message,
        ["reason"] = reason,
        ["status"] = holds ? "True" : "False",
        ["type"] = type,
    };

    // Two CRDs of one group cannot share a kind or a plural.
    private string? Rival(JsonObject definition)
    {
        JsonObject spec = (JsonObject)definition["spec"]!, names = (JsonObject)spec["names"]!;
        string group = Metadata.Text(spec, "group"), kind = Metadata.Text(names, "kind"), own = Metadata.Name(definition);
        return cluster.Catalog.Resources.FirstOrDefault(other => other.Group == group && other.Kind == kind && $"{other.Plural}.{other.Group}" != own)?.Kind;
    }
}
