using System.Text.Json;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Takes objects through the rules into files. One thread at a time; its buffers are used again for each object.</summary>
internal sealed class ExportWorker(ExportTarget target, LineSorter files, ExportTally tally, SealingKey? sealing) : IDisposable
{
    // How many different groups are added up in memory before their lines are handed on.
    private const int MaxGroups = 1024;

    private readonly ManifestWriter _writer = new();
    private readonly RuleOutcome _outcome = new();
    private readonly FileLine _fileLine = new();
    private readonly LeftOutLine _leftOutLine = new();
    private readonly Dictionary<(KindPlan Plan, string Reason, LeftOutGroup Group), long> _groups = [];
    private (KindPlan? Plan, string? Namespace, string Folder) _folder;

    /// <summary>Takes the objects of a batch.</summary>
    public void Take(ObjectBatch batch, CancellationToken cancellationToken)
    {
        foreach (var o in batch.Objects)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                Take(batch.Plan, o);
            }
            catch (UpgradeException exception) when (exception.Failure.Kind != FailureKind.WriteError)
            {
                // What is wrong with one object keeps no other one from its file.
                tally.Failed(exception.Failure with { Target = o.ToString(), Message = $"{o}: {exception.Failure.Message}" }, PathOf(batch.Plan, o.Namespace, o.Name));
            }
            catch (Exception exception) when (exception is InvalidOperationException or FormatException or JsonException or KeyNotFoundException)
            {
                // A field of another type than its schema promises: a server takes some of those.
                tally.Failed(SelectionFailures.OddObject(o, batch.Plan.MayBeSensitive ? null : exception), PathOf(batch.Plan, o.Namespace, o.Name));
            }
        }
    }

    /// <summary>Hands on what was added up.</summary>
    public void Flush()
    {
        foreach (var ((plan, reason, group), count) in _groups)
            tally.LeftOut(_leftOutLine.Of(plan.Resource, group.Namespace, null, group, reason, count), count);
        _groups.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _fileLine.Dispose();
        _leftOutLine.Dispose();
    }

    private void Take(KindPlan plan, KubernetesObject o)
    {
        var name = o.Name;
        if (!plan.Includes(o))
            return;
        plan.Rules.Apply(o, _outcome);
        if (_outcome.LeftOutReason is { } reason)
        {
            LeaveOut(plan, o, name, reason);
            return;
        }

        var ns = o.Namespace;
        var path = PathOf(plan, ns, name);
        var content = _writer.ToYaml(o, _outcome.Edits);
        var isSealed = _outcome.IsSensitive && sealing is not null;
        if (isSealed)
            path += ManifestPath.Encrypted;
        var source = isSealed ? SealedSource.Of(o, _outcome.Edits) : "";
        if (isSealed && target.FindSealed(path, sealing!, source) is { } known)
            content = known;
        else if (isSealed)
            content = sealing!.Seal(content.Span, o.ToString(), source);
        // What may hold such things in fields that nobody names is nobody else's to read either.
        if (!target.Write(path, content.Span, _outcome.IsSensitive || plan.MayBeSensitive))
        {
            tally.Failed(ExportFailures.ForeignFile(target.FullPath(path), o), ManifestPath.WithoutEncryption(path));
            return;
        }

        files.Add(_fileLine.Of(path, content.Span, o, ns, name, plan.Rules));
        foreach (var part in _outcome.LeftOutParts)
            tally.LeftOut(_leftOutLine.Of(plan.Resource, ns, name, null, part, 1), 1);
        tally.Wrote();
    }

    private void LeaveOut(KindPlan plan, KubernetesObject o, string name, string reason)
    {
        if (_outcome.LeftOutGroup is not { } group)
        {
            tally.LeftOut(_leftOutLine.Of(plan.Resource, o.Namespace, name, null, reason, 1, _outcome.IsSensitive), 1);
            return;
        }

        var key = (plan, reason, group);
        _groups[key] = _groups.GetValueOrDefault(key) + 1;
        if (_groups.Count >= MaxGroups)
            Flush();
    }

    private string PathOf(KindPlan plan, string? ns, string name) => string.Concat(Folder(plan, ns), "/", ManifestPath.FileName(name));

    private string Folder(KindPlan plan, string? ns)
    {
        if (_folder.Plan != plan || _folder.Namespace != ns)
            _folder = (plan, ns, ManifestPath.Folder(plan.Resource.Group, plan.Resource.Kind, ns));
        return _folder.Folder;
    }
}
