using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// The CustomResourceDefinitions of an import: each is final when the target serves it, and what could not be made
/// fails the objects of its kind.
/// </summary>
internal sealed class CustomResources(TargetServices services, TargetWaits waits, IReadOnlyList<ImportItem> items, PlannedKinds planned, ImportOptions options, IReporter reporter)
{
    private static readonly RetryPolicy s_discovery = new() { MaxAttempts = 1000, BaseDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromSeconds(1), Deadline = TimeSpan.FromSeconds(30) };

    // A definition's name is its plural, a dot and its group.
    private readonly HashSet<string> _groups = items.Where(i => IsDefinition(i.Key)).Select(i => GroupOf(i.Key.Name)).ToHashSet(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Group, string Kind), string> _failed = new();
    private readonly ConcurrentDictionary<(string Group, string Kind), IReadOnlyList<string>> _established = new();

    /// <summary>Whether an object's kind comes with this import.</summary>
    public bool ComesWithTheImport(ImportItem item) => _groups.Contains(item.Key.Group);

    /// <summary>Why the target can't serve an object's kind, where the definition of that failed.</summary>
    public Failure? WhyNotServed(ImportItem item) => _failed.TryGetValue((item.Key.Group, item.Key.Kind), out var reason)
        ? ImportFailures.KindNotServed(item, $"Its CustomResourceDefinition could not be imported: {reason}", "Import again when the CustomResourceDefinition is there.")
        : null;

    /// <summary>Waits until the target serves a definition that was just brought in. Objects of other kinds pass.</summary>
    public async Task<ClusterConfigChange> SettleAsync(
        ImportItem item, ApiResource resource, ClusterConfigChange change, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!IsDefinition(item.Key) || change.Action == ClusterConfigChangeAction.Failed)
            return change;
        if (options.DryRun && change.Action is ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated)
            return await PlanAsync(item, resource, change, body, cancellationToken).ConfigureAwait(false);
        // What is there as it is is waited for as in earnest, which writes nothing, unless it is served as everybody can see.
        if (options.DryRun && IsServed(item.Key.Name))
            return change;
        (string Group, string Kind) served = default;
        var versions = new List<string>();
        string? reason;
        string? final = null;
        string? told = null;
        try
        {
            reason = await waits.UntilAsync(
                resource, null, item.Key.Name,
                definition =>
                {
                    if (definition is null)
                        return "it is gone";
                    Read(definition.Root, out served, versions);
                    final = WhyNeverEstablished(definition.Root, isChanged: change.Action == ClusterConfigChangeAction.Updated);
                    if (final is not null || WhyNotEstablished(definition.Root) is not { } lack)
                        return null;
                    if (lack != told)
                        reporter.Verbose($"{item}: waiting until the target serves it: {lack}");
                    told = lack;
                    return lack;
                },
                cancellationToken).ConfigureAwait(false) ?? final;
        }
        catch (UpgradeException e)
        {
            // It is there all the same, under its UID; whether it is served is not known.
            return change with { Action = ClusterConfigChangeAction.Failed, Reason = e.Failure.Message, Failure = e.Failure };
        }
        if (reason is null)
        {
            if (!options.DryRun)
                _established[served] = versions;
            return change;
        }
        var failure = ImportFailures.NotEstablished(item, reason);
        if (served.Kind is not null)
            _failed[served] = failure.Message;
        return change with { Action = ClusterConfigChangeAction.Failed, Reason = failure.Message, Failure = failure };
    }

    // What comes, or is changed, is served unless its names are taken.
    private async Task<ClusterConfigChange> PlanAsync(
        ImportItem item, ApiResource resource, ClusterConfigChange change, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var definition = KubernetesObject.Parse(body);
        var names = definition.Root.Member("spec").Member("names");
        var (group, kind, plural) = (GroupOf(item.Key.Name), names.Text("kind") ?? "", names.Text("plural") ?? "");
        var other = services.Catalog.Resources.FirstOrDefault(r => r.Group == group && r.Kind == kind && r.Plural != plural)?.Plural ?? planned.OtherPlural(group, kind, plural);
        var reason = other is not null ? $"the kind {kind} is taken by {other}.{group}"
            : WhoHasName(group, plural, names) is { } taken ? taken
            : !IsTrustReadable(definition.Root) ? "the caBundle of its conversion webhook holds no certificate"
            : change.Action == ClusterConfigChangeAction.Updated && !IsServed(item.Key.Name) ? await WhyStillRefusedAsync(resource, item.Key.Name, names, cancellationToken).ConfigureAwait(false)
            : null;
        if (reason is null)
        {
            planned.Add(definition.Json.ToArray(), isNew: change.Action == ClusterConfigChangeAction.Created);
            return change;
        }
        var failure = ImportFailures.WouldNotBeEstablished(item, isThere: change.Action == ClusterConfigChangeAction.Updated, reason);
        _failed[(group, kind)] = failure.Message;
        return change with { Action = ClusterConfigChangeAction.Failed, Reason = failure.Message, Failure = failure };
    }

    // Plurals, singulars and short names of a group are one set of words, each for one definition. Seen on 1.33.
    private string? WhoHasName(string group, string plural, JsonPart names)
    {
        string[] words = [plural, names.Text("singular") ?? names.Text("kind")?.ToLowerInvariant() ?? "", .. names.Texts("shortNames")];
        foreach (var other in services.Catalog.Resources.Where(r => r.Group == group && r.Plural != plural && !r.Plural.Contains('/', StringComparison.Ordinal)))
        {
            if (words.FirstOrDefault(word => word.Length > 0 && (word == other.Plural || word == other.Singular || other.ShortNames.Contains(word))) is { } taken)
                return $"the name {taken} is taken by {other.Plural}.{group}";
        }
        return null;
    }

    private bool IsServed(string name) => services.Catalog.Resources.Any(r => $"{r.Plural}.{r.Group}" == name);

    // Names that are refused stay so when anything else of the definition is changed.
    private async Task<string?> WhyStillRefusedAsync(ApiResource resource, string name, JsonPart names, CancellationToken cancellationToken)
    {
        string? refused = null;
        await waits.UntilAsync(
            resource, null, name,
            live =>
            {
                if (live is not null && Condition(live.Root, "NamesAccepted").Text("status") == "False" && HoldsAll(live.Root.Member("spec").Member("names"), names))
                    refused = WhyNotEstablished(live.Root);
                return null;
            },
            cancellationToken).ConfigureAwait(false);
        return refused;
    }

    // The server fills in what the names leave open.
    private static bool HoldsAll(JsonPart live, JsonPart names) =>
        names.ValueKind == JsonValueKind.Object && names.EnumerateObject().All(member => live.TryGetProperty(member.Name, out var there) && FieldComparison.Same(there, member.Value));

    // A server stores a definition whose webhook it can't trust, and never serves it. Seen on 1.33.
    private static bool IsTrustReadable(JsonPart definition)
    {
        if (definition.Member("spec").Member("conversion").Member("webhook").Member("clientConfig").Text("caBundle") is not { Length: > 0 } bundle)
            return true;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(bundle)));
            return certificates.Count > 0;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Takes note of a definition that could not be brought in.</summary>
    public async Task NoteFailureAsync(ImportItem item, ClusterConfigChange change, CancellationToken cancellationToken)
    {
        if (!IsDefinition(item.Key) || change.Action != ClusterConfigChangeAction.Failed || item.File is not { Problem: null })
            return;
        (string Group, string Kind) served;
        try
        {
            using var definition = await item.File.LoadAsync(cancellationToken).ConfigureAwait(false);
            Read(definition.Root, out served, []);
        }
        catch (UpgradeException)
        {
            // The definition failed because it can't be read. Its objects are told that the target does not serve their kind.
            return;
        }

        // A target that serves the kind already, from an older definition, goes on doing so.
        if (served.Kind is not null && services.Catalog.FindPreferred(served.Group, served.Kind) is null)
            _failed[served] = change.Reason ?? "it failed";
    }

    /// <summary>Asks the target for what it serves until that includes every definition that was established.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (options.DryRun)
            services.Plan(planned.Resources);
        if (_established.IsEmpty)
            return;
        var backoff = new Backoff(s_discovery, TimeProvider.System);
        while (true)
        {
            await services.RefreshAsync(cancellationToken).ConfigureAwait(false);
            var missing = _established.Any(entry => entry.Value.Any(v => services.Catalog.Find(entry.Key.Group, v, entry.Key.Kind) is null));
            if (!missing || !backoff.TryNext(null, out var delay))
                return;
            await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsDefinition(ObjectKey key) => key is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" };

    private static string GroupOf(string name) => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private static void Read(JsonPart root, out (string Group, string Kind) served, List<string> versions)
    {
        versions.Clear();
        served = default;
        if (!root.TryGetProperty("spec"u8, out var spec) || spec.ValueKind != JsonValueKind.Object)
            return;
        served = (spec.Text("group") ?? "", spec.TryGetProperty("names"u8, out var names) ? names.Text("kind")! : null!);
        if (!spec.TryGetProperty("versions"u8, out var list) || list.ValueKind != JsonValueKind.Array)
            return;
        versions.AddRange(list.EnumerateArray()
            .Where(v => v.TryGetProperty("served"u8, out var on) && on.ValueKind == JsonValueKind.True).Select(v => v.Text("name")).OfType<string>());
    }

    // Names that are taken stay taken, and a bundle that is none stays none. What a server said of a definition before
    // that was changed may not hold any more, unless it can be seen.
    private static string? WhyNeverEstablished(JsonPart root, bool isChanged)
    {
        var isRefused = !isChanged && Condition(root, "NamesAccepted").Text("status") == "False";
        var isUntrusted = Condition(root, "Established") is var established && established.Text("status") == "False" && established.Text("reason") == "InvalidCABundle"
            && (!isChanged || !IsTrustReadable(root));
        return isRefused || isUntrusted ? WhyNotEstablished(root) : null;
    }

    private static JsonPart Condition(JsonPart root, string type) =>
        root.Member("status").Objects("conditions").FirstOrDefault(c => c.Text("type") == type);

    private static string? WhyNotEstablished(JsonPart root)
    {
        foreach (var type in new[] { "NamesAccepted", "Established" })
        {
            var condition = Condition(root, type);
            if (condition.ValueKind == JsonValueKind.Undefined)
                return $"its condition {type} is not there";
            if (condition.Text("status") != "True")
                return $"{type} is {condition.Text("status")}: {condition.Text("reason")}: {condition.Text("message")}";
        }
        return null;
    }
}
