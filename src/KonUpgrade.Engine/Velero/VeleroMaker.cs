using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>
/// Makes Backups and Restores, each request once: the object carries the hash of its request, and its name is its lock. A
/// second run finds what the first one began, whether that was killed or still runs.
/// </summary>
internal sealed partial class VeleroMaker<T>(
    ClusterConnection cluster, string veleroNamespace, ApiResource resource, Func<KubernetesObject, VeleroPlace, T> view, string clusterUid, IReporter reporter)
    where T : VeleroOperation
{
    private const int LongestName = 253;

    private readonly VeleroPlace _place = new(cluster.Context.Name, clusterUid);

    /// <summary>Finds what the same request made before, and how it is called or is to be.</summary>
    /// <param name="name">The name that it is to have; null for one by its request.</param>
    /// <param name="prefix">How such a name begins.</param>
    /// <param name="key">The request.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">VeleroNameInvalid; VeleroBackupExists or VeleroRestoreExists: the name is that of another request.</exception>
    public async Task<(string Name, T? Existing)> FindAsync(string? name, string prefix, string key, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            if (name.Length > LongestName || !NameText().IsMatch(name))
                throw new UpgradeException(VeleroFailures.NameInvalid(name, What));
            return (name, await SameAsync(name, key, cancellationToken).ConfigureAwait(false));
        }

        var last = 0;
        T? running = null;
        var options = new ListOptions { Namespace = veleroNamespace, LabelSelector = $"{VeleroKeys.Request}={key}" };
        await foreach (var found in cluster.Client.ListAsync(resource, options, cancellationToken).ConfigureAwait(false))
        {
            using (found)
            {
                last = Math.Max(last, VeleroSpecs.Number(found.Name, prefix, key));
                var one = view(found, _place);
                if (!one.HasEnded && one.Phase != "Deleting")
                    running = one;
            }
        }

        // What has ended is no answer to one that has no name: it is asked for anew.
        return running is not null ? (running.Name, running) : (VeleroSpecs.Name(prefix, key, last + 1), null);
    }

    /// <summary>Lets the server check it, without making it.</summary>
    /// <exception cref="UpgradeException">VeleroFieldNotKnown; or what the server says of it.</exception>
    public async Task CheckAsync(string name, JsonObject spec, string key, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        var json = Json(name, spec, key, labels, new Dictionary<string, string>());
        try
        {
            var options = new WriteOptions { DryRun = true, FieldValidation = FieldValidation.Strict };
            using var tried = await cluster.Client.CreateAsync(resource, veleroNamespace, json, options, cancellationToken).ConfigureAwait(false);
            // Servers before 1.25 drop without a word what the definitions do not know.
            var dropped = Dropped(spec, JsonNode.Parse(tried.Root.Member("spec"u8).ToString() is { Length: > 0 } text ? text : "{}"), "spec").ToList();
            if (dropped.Count > 0)
                throw new UpgradeException(VeleroFailures.FieldsUnknown(_place.Context, What, dropped));
        }
        catch (KubernetesApiException e) when (UnknownField().Matches(e.Failure.Message) is { Count: > 0 } fields)
        {
            throw new UpgradeException(VeleroFailures.FieldsUnknown(_place.Context, What, [.. fields.Select(field => field.Groups[1].Value).Distinct(StringComparer.Ordinal)]), e);
        }
    }

    /// <summary>Makes it, or finds that somebody with the same request was faster.</summary>
    /// <exception cref="UpgradeException">VeleroBackupExists or VeleroRestoreExists; or what the server says of it.</exception>
    public async Task<T> MakeAsync(VeleroPrepared<T> prepared, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        if (prepared.Existing is { } existing)
            return Found(existing);
        try
        {
            var options = new WriteOptions { FieldValidation = FieldValidation.Strict };
            using var made = await cluster.Client.CreateAsync(
                resource, veleroNamespace, Json(prepared.Name, prepared.Spec, prepared.Key, prepared.Labels, annotations), options, cancellationToken).ConfigureAwait(false);
            reporter.Information($"{_place.Context}: the {What} {prepared.Name} was asked for.");
            return (T)((VeleroOperation)view(made, _place) with { IsExisting = false });
        }
        catch (KubernetesApiException e) when (e.Reason == "AlreadyExists")
        {
            if (await SameAsync(prepared.Name, prepared.Key, cancellationToken).ConfigureAwait(false) is { } same)
                return Found(same);
            throw;
        }
    }

    private string What => resource.Singular;

    // The one of this name, where it is of this request; null where there is none.
    private async Task<T?> SameAsync(string name, string key, CancellationToken cancellationToken)
    {
        using var found = await cluster.Client.GetAsync(resource, veleroNamespace, name, cancellationToken).ConfigureAwait(false);
        if (found is null)
            return null;
        var one = view(found, _place);
        return one.RequestKey == key && one.Phase != "Deleting" ? one : throw new UpgradeException(VeleroFailures.Exists(one, What));
    }

    private T Found(T existing)
    {
        if (!existing.HasEnded)
        {
            reporter.Information($"{_place.Context}: the {What} {existing.Name} was asked for before, and is {existing.Phase}.");
            return existing;
        }

        if (VeleroFailures.Of(existing) is { } failure)
            return (T)((VeleroOperation)existing with { Failure = failure with { Recommendation = $"{failure.Recommendation} It was made by the same command before; another -Name, or none, makes a new one." } });
        reporter.Warning($"{_place.Context}: the {What} {existing.Name} was made before, at {existing.CreationTimestamp?.UtcDateTime:u}, and is not made again. Another name makes a new one.");
        return existing;
    }

    private byte[] Json(string name, JsonObject spec, string key, IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations) =>
        VeleroSpecs.Object(resource, veleroNamespace, name, spec, new Dictionary<string, string>(labels) { [VeleroKeys.Request] = key }, annotations);

    private static IEnumerable<string> Dropped(JsonNode? sent, JsonNode? kept, string path) => (sent, kept) switch
    {
        (JsonObject fields, _) => fields.SelectMany(field =>
            kept is JsonObject there && there.ContainsKey(field.Key) ? Dropped(field.Value, there[field.Key], $"{path}.{field.Key}") : [$"{path}.{field.Key}"]),
        (JsonArray items, JsonArray there) when items.Count == there.Count => items.SelectMany((item, i) => Dropped(item, there[i], $"{path}[{i}]")),
        _ => [],
    };

    [GeneratedRegex("""^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$""")]
    private static partial Regex NameText();

    [GeneratedRegex(@"unknown field ""([^""]+)""")]
    private static partial Regex UnknownField();
}
