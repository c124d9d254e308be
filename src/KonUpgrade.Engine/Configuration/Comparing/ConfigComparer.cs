using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Comparison;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>
/// Compares the configuration of two clusters, of two exports, or of one with another. Of every object only its name and
/// a checksum are kept; contents are read again where the checksums differ. What a server's version writes by itself is
/// no difference (<see cref="ServerDefaults"/>), nor is the apiVersion, which says how an object was read. Where one side is
/// what people wrote, what it does not name is no difference either: a server adds its defaults, and controllers their fields.
/// </summary>
public sealed class ConfigComparer
{
    private static readonly FieldComparisonOptions s_fields = new() { IgnoreServerDefaults = true };
    private static readonly FieldComparisonOptions s_named = s_fields with { OnlyReferenceFields = true };
    private readonly IConfigSource _reference;
    private readonly IConfigSource _difference;
    private readonly CompareOptions _options;
    private readonly IReporter _reporter;
    private readonly CompareProblems _ofReference = new();
    private readonly CompareProblems _ofDifference = new();
    private long _seen;
    private long _leftOutFields;
    private long _leftOutObjects;

    /// <summary>Makes a comparer. Nothing is read yet.</summary>
    public ConfigComparer(IConfigSource reference, IConfigSource difference, CompareOptions options, IReporter reporter)
    {
        _reference = reference;
        _difference = difference;
        _options = options with
        {
            Secrets = reference.Secrets != SecretSight.None && difference.Secrets != SecretSight.None && (reference.Secrets == SecretSight.Full || difference.Secrets == SecretSight.Full),
        };
        _reporter = reporter;
    }

    /// <summary>
    /// What could not be read on either side. Nothing is told about such kinds, so that the comparison says less than it
    /// should. Complete when the stream has ended.
    /// </summary>
    public IReadOnlyList<Failure> Failures => [.. _ofReference.Failures, .. _ofDifference.Failures];

    /// <summary>How many objects were compared, those of one side alone included. Complete when the stream has ended.</summary>
    public long ObjectCount => Interlocked.Read(ref _seen);

    private string Activity => $"Comparing {_reference.Name} with {_difference.Name}";

    /// <summary>Compares. Every object that is not the same on both sides comes out once.</summary>
    public async IAsyncEnumerable<ClusterConfigDifference> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var difference in ChannelStream.RunAsync<ClusterConfigDifference>(CompareAsync, cancellationToken).ConfigureAwait(false))
                yield return difference;
        }
        finally
        {
            _reporter.Progress(new ProgressReport { Activity = Activity, Done = ObjectCount, Completed = true });
        }
    }

    private async Task CompareAsync(ChannelWriter<ClusterConfigDifference> found, CancellationToken cancellationToken)
    {
        // A side that was written in certain versions is read first, so that the other can be read in the same ones.
        var turned = _reference.ChoosesVersions && !_difference.ChoosesVersions;
        var (first, second) = turned ? (_difference, _reference) : (_reference, _difference);
        var (ofFirst, ofSecond) = turned ? (_ofDifference, _ofReference) : (_ofReference, _ofDifference);
        if (!_options.Secrets && (_reference.Secrets == SecretSight.Full || _difference.Secrets == SecretSight.Full))
            _reporter.Verbose($"{Activity}: Secrets are not compared, since one side can't tell of them.");
        var names = new SelectedNames(_options.Selection);
        await first.TellNamesAsync(names, cancellationToken).ConfigureAwait(false);
        await second.TellNamesAsync(names, cancellationToken).ConfigureAwait(false);
        // Clusters have told by now what they know; a directory tells while it is read.
        if (first.ChoosesVersions && second.ChoosesVersions)
            names.Check(_reference.Name, _difference.Name);
        var table = new Dictionary<ObjectKey, ConfigEntry>();
        var versions = new Dictionary<(string, string), string>();
        await foreach (var entry in first.ReadAsync(_options, names, versions, ofFirst, cancellationToken).ConfigureAwait(false))
        {
            table[entry.Key] = entry;
            versions.TryAdd((entry.Key.Group, entry.Key.Kind), ApiResource.VersionOf(entry.ApiVersion));
            Tell(table.Count);
        }
        _seen = table.Values.LongCount(entry => !entry.ComesByItself);
        if (second.ChoosesVersions)
            names.Check(_reference.Name, _difference.Name);
        var differing = Channel.CreateBounded<(ConfigEntry First, ConfigEntry Second)>(64);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Repeat(() => WorkAsync(first, second, turned, differing.Reader, found, stop.Token), Math.Max(1, _options.ThrottleLimit));
        var reading = () => ReadSecondAsync(second, table, names, versions, ofFirst, ofSecond, turned, differing.Writer, found, stop.Token);
        await JointWork.RunAsync([reading, .. workers], stop).ConfigureAwait(false);
        foreach (var side in new[] { _reference, _difference })
        {
            if (side.Unlisted is { } unlisted)
                _reporter.Warning(unlisted);
        }

        names.Check(_reference.Name, _difference.Name);
        // Two sides that have nothing of what is compared are not the same for that.
        if (ObjectCount == 0 && (_ofReference.Nothing ?? _ofDifference.Nothing) is { } nothing)
            throw new UpgradeException(nothing);
        if (ObjectCount == 0 && Failures.Count == 0)
            _reporter.Warning(Nothing());
        // What is left is on the first side alone.
        foreach (var entry in table.Values.Where(e => !e.ComesByItself && ofSecond.IsKnown(e.Key.Group, e.Key.Kind)))
            await found.WriteAsync(Only(entry, inReference: !turned), cancellationToken).ConfigureAwait(false);
        if (_leftOutFields > 0)
            _reporter.Verbose($"{Activity}: {_leftOutFields} fields and elements of lists in {_leftOutObjects} objects are left out, since the manifests do not name them.");
    }

    // Nothing on either side is no difference, and yet rarely what somebody wanted to see compared.
    private string Nothing()
    {
        var selection = _options.Selection;
        List<string> words = [];
        if (selection.Kind.Count > 0)
            words.Add($"of {string.Join(", ", selection.Kind)}");
        if (selection.Group.Count > 0)
            words.Add($"of the API groups {string.Join(", ", selection.Group)}");
        if (selection.Namespace.Count > 0)
            words.Add($"in the namespaces {string.Join(", ", selection.Namespace)}");
        if (selection.LabelSelector is { Length: > 0 } labels)
            words.Add($"with the labels {labels}");
        return $"Nothing was compared: neither {_reference.Name} nor {_difference.Name} has anything of the system {_options.System.Description.Name} that was looked for{(words.Count > 0 ? $" ({string.Join(", ", words)})" : "")}.";
    }

    private async Task ReadSecondAsync(
        IConfigSource second, Dictionary<ObjectKey, ConfigEntry> table, SelectedNames names, Dictionary<(string, string), string> versions, CompareProblems ofFirst, CompareProblems ofSecond, bool turned,
        ChannelWriter<(ConfigEntry, ConfigEntry)> differing, ChannelWriter<ClusterConfigDifference> found, CancellationToken cancellationToken)
    {
        try
        {
            long read = 0;
            await foreach (var entry in second.ReadAsync(_options, names, versions, ofSecond, cancellationToken).ConfigureAwait(false))
            {
                Tell(++read);
                if (table.Remove(entry.Key, out var other))
                {
                    if (other.ComesByItself && !entry.ComesByItself)
                        Interlocked.Increment(ref _seen);
                    if (other.Sha256 != entry.Sha256)
                        await differing.WriteAsync((other, entry), cancellationToken).ConfigureAwait(false);
                    continue;
                }
                if (entry.ComesByItself)
                    continue;
                Interlocked.Increment(ref _seen);
                if (ofFirst.IsKnown(entry.Key.Group, entry.Key.Kind))
                    await found.WriteAsync(Only(entry, inReference: turned), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            differing.Complete();
        }
    }

    private async Task WorkAsync(
        IConfigSource first, IConfigSource second, bool turned, ChannelReader<(ConfigEntry First, ConfigEntry Second)> differing, ChannelWriter<ClusterConfigDifference> found,
        CancellationToken cancellationToken)
    {
        await foreach (var pair in differing.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            var (inReference, inDifference) = turned ? (pair.Second, pair.First) : (pair.First, pair.Second);
            try
            {
                if (await LookAsync(turned ? second : first, inReference, turned ? first : second, inDifference, cancellationToken).ConfigureAwait(false) is { } difference)
                    await found.WriteAsync(difference, cancellationToken).ConfigureAwait(false);
            }
            catch (UpgradeException e)
            {
                _ofDifference.Add(e.Failure with { Target = e.Failure.Target ?? inDifference.Key.ToString() });
            }
        }
    }

    private async Task<ClusterConfigDifference?> LookAsync(
        IConfigSource reference, ConfigEntry inReference, IConfigSource difference, ConfigEntry inDifference, CancellationToken cancellationToken)
    {
        using var wanted = await reference.LoadAsync(inReference, cancellationToken).ConfigureAwait(false);
        using var there = await difference.LoadAsync(inDifference, cancellationToken).ConfigureAwait(false);
        if (wanted is null || there is null)
        {
            // One was deleted while the two were being compared.
            return wanted is null && there is null ? null : Only(wanted is null ? inDifference : inReference, inReference: there is null);
        }
        var hide = SecretKinds.Contains(_options.System.Description, inReference.Key.Group, inReference.Key.Kind);
        var fields = Compare(wanted, inReference.IsWritten, there, inDifference.IsWritten, hide);
        return fields.Count == 0 ? null : new ClusterConfigDifference
        {
            ApiVersion = inReference.ApiVersion,
            Kind = inReference.Key.Kind,
            Namespace = inReference.Key.Namespace,
            Name = inReference.Key.Name,
            State = ClusterConfigDifferenceState.Different,
            Fields = fields,
        };
    }

    private IReadOnlyList<FieldDifference> Compare(KubernetesObject reference, bool referenceIsWritten, KubernetesObject difference, bool differenceIsWritten, bool hide)
    {
        if (referenceIsWritten == differenceIsWritten)
            return FieldComparison.Compare(reference.Root, difference.Root, s_fields with { HideValues = hide });
        var (written, live) = referenceIsWritten ? (reference, difference) : (difference, reference);
        var fields = FieldComparison.Compare(written.Root, live.Root, s_named with { HideValues = hide }, out var leftOut);
        if (leftOut > 0)
        {
            Interlocked.Add(ref _leftOutFields, leftOut);
            Interlocked.Increment(ref _leftOutObjects);
        }

        return referenceIsWritten ? fields : [.. fields.Select(field => field with { Reference = field.Difference, Difference = field.Reference })];
    }

    private static ClusterConfigDifference Only(ConfigEntry entry, bool inReference) => new()
    {
        ApiVersion = entry.ApiVersion,
        Kind = entry.Key.Kind,
        Namespace = entry.Key.Namespace,
        Name = entry.Key.Name,
        State = inReference ? ClusterConfigDifferenceState.Missing : ClusterConfigDifferenceState.Extra,
    };

    private void Tell(long done)
    {
        if (done % 100 == 0)
            _reporter.Progress(new ProgressReport { Activity = Activity, Done = done });
    }
}
