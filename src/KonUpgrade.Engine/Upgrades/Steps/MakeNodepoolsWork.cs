using System.Globalization;
using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>
/// Makes node pools for green like blue's, under the same names, and waits for their nodes. What is to be made is written
/// down before it is ordered, and each pool has a tag of the upgrade from its creation on: a run that goes on knows its own
/// pools, and the way back removes no other ones.
/// </summary>
internal sealed class MakeNodepoolsWork : IStepWork
{
    /// <summary>The tag that says which upgrade made a pool: its name, and its id.</summary>
    public const string UpgradeTag = "konupgrade.dev/upgrade";

    private const string MadeNote = "pools";

    /// <inheritdoc/>
    public string Kind => StepKind.MakeNodepools;

    /// <inheritdoc/>
    public bool HasRest => true;

    // It must be the plan's green.
    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => new(UpgradeSide.Green, WorkloadClass.None, Resumes: false);

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) =>
        removeImported ? [] : [$"{step.Title}: the pools that it made stay, with their nodes. -RemoveImported removes them, or Remove-Nodepool."];

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var greens = await OpenAsync(run, UpgradeSide.Green, cancellationToken).ConfigureAwait(false);
        var keeper = KeeperOf(run, greens);
        var pools = await WantedAsync(run, cancellationToken).ConfigureAwait(false);
        var noted = NotedIn(run);
        var there = new List<Nodepool>();
        var (made, unchanged) = (0, 0);
        var waiter = new NodepoolWaiter(run.Green, run.Reporter, run.Time);
        var options = new NodepoolWaitOptions { Timeout = run.Duration("timeout"), Interval = run.Duration("interval") };
        foreach (var like in pools)
        {
            var found = await keeper.FindAsync(like.Name, cancellationToken).ConfigureAwait(false);
            if (found is not null && !IsOurs(run, found, noted.GetValueOrDefault(like.Name)))
            {
                noted.Remove(like.Name);
                unchanged++;
                there.Add(found);
                continue;
            }

            if (found is { Status: NodegroupStatus.CreateFailed })
            {
                // It will never be: what stood in its way is gone, or fails this attempt as well.
                run.Session.Guard();
                await keeper.RemoveAsync(found, cancellationToken).ConfigureAwait(false);
                await waiter.RemovedAsync(keeper, found, options, cancellationToken).ConfigureAwait(false);
                run.Reporter.Information($"{run.Step.Id}: the pool {like.Name}, whose creation failed, is removed and made anew");
                found = null;
            }

            // One of Konstellation that was announced, and not ordered any more, is ordered.
            if (found is null or { Status: KonstellationNodepools.GroupMissing })
                found = await MakeAsync(run, keeper, like, noted, cancellationToken).ConfigureAwait(false);
            noted[like.Name] = found.Id;
            made++;
            there.Add(found);
        }

        await NoteAsync(run, noted).ConfigureAwait(false);
        var ready = 0;
        // All are being made by now: who waits for one waits for the others, too.
        foreach (var pool in there)
            ready += (await waiter.ReadyAsync(keeper, pool, options, cancellationToken).ConfigureAwait(false)).ReadyCount;
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{made} made, {unchanged} there already ({string.Join(", ", there.Select(pool => pool.Name))}); {ready} nodes ready"));
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var greens = await OpenAsync(run, UpgradeSide.Green, cancellationToken).ConfigureAwait(false);
        var keeper = KeeperOf(run, greens);
        var words = new List<string>();
        foreach (var like in await WantedAsync(run, cancellationToken).ConfigureAwait(false))
        {
            if (await keeper.FindAsync(like.Name, cancellationToken).ConfigureAwait(false) is not null)
            {
                words.Add($"{like.Name} is there already");
                continue;
            }

            var shape = await keeper.CompleteAsync(like.Name, Given(run), like, cancellationToken).ConfigureAwait(false);
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{like.Name} would be made: {shape.MinSize} to {shape.MaxSize} nodes{(shape.InstanceType is { Count: > 0 } types ? $" of {string.Join(", ", types)}" : "")}"));
        }

        return new StepResult(string.Join("; ", words));
    }

    /// <inheritdoc/>
    public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken) =>
        Task.FromResult(new StepResult(NotedIn(run) is { Count: > 0 } made ? $"stay with their nodes: {string.Join(", ", made.Keys)}" : "No pool was made."));

    // Nothing of green has to run any more by then.
    /// <inheritdoc/>
    public async Task<StepResult> UndoRestAsync(StepRun run, CancellationToken cancellationToken)
    {
        var noted = NotedIn(run);
        if (!run.Options.RemoveImported || noted.Count == 0)
            return new StepResult("");
        using var greens = await OpenAsync(run, UpgradeSide.Green, cancellationToken).ConfigureAwait(false);
        var keeper = KeeperOf(run, greens);
        var going = new List<Nodepool>();
        foreach (var (name, id) in noted)
        {
            // Another one may have the name since.
            if (await keeper.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } pool || !IsOurs(run, pool, id))
                continue;
            run.Session.Guard();
            await keeper.RemoveAsync(pool, cancellationToken).ConfigureAwait(false);
            going.Add(pool);
        }

        var waiter = new NodepoolWaiter(run.Green, run.Reporter, run.Time);
        foreach (var pool in going)
            await waiter.RemovedAsync(keeper, pool, new NodepoolWaitOptions { Timeout = run.Duration("timeout"), Interval = run.Duration("interval") }, cancellationToken).ConfigureAwait(false);
        return new StepResult(going.Count == 0 ? "none of them is there any more" : $"removed: {string.Join(", ", going.Select(pool => pool.Name))}");
    }

    private static async Task<Nodepool> MakeAsync(StepRun run, INodepoolKeeper keeper, Nodepool like, SortedDictionary<string, string?> noted, CancellationToken cancellationToken)
    {
        var completed = await keeper.CompleteAsync(like.Name, Given(run), like, cancellationToken, mayExist: noted.ContainsKey(like.Name)).ConfigureAwait(false);
        var shape = ShapeTags.With(completed, UpgradeTag, run.Mark);
        noted[like.Name] = null;
        await NoteAsync(run, noted).ConfigureAwait(false);
        run.Session.Guard();
        try
        {
            await keeper.CreateAsync(like.Name, shape, Token(run, like.Name, shape), cancellationToken).ConfigureAwait(false);
        }
        catch (EksException e) when (e.IsRefusal)
        {
            noted.Remove(like.Name);
            await NoteAsync(run, noted).ConfigureAwait(false);
            throw;
        }

        run.Reporter.Information($"{run.Step.Id}: the pool {like.Name} is being made");
        return await keeper.FindAsync(like.Name, cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(NodepoolFailures.NameNotFound(run.Green.Context.Name, like.Name, []));
    }

    // By its tag; one that is on its way out may tell no tags any more, and has its id.
    private static bool IsOurs(StepRun run, Nodepool pool, string? id) =>
        pool.Shape?.Tag?.GetValueOrDefault(UpgradeTag) == run.Mark || (id is not null && pool.Id == id);

    private static Task<NodepoolProviders> OpenAsync(StepRun run, UpgradeSide side, CancellationToken cancellationToken) =>
        NodepoolProviders.OpenAsync(run.Session.Of(side), new NodepoolSource { Aws = run.Aws }, run.Reporter, cancellationToken);

    private static INodepoolKeeper KeeperOf(StepRun run, NodepoolProviders providers) =>
        providers.Keeper ?? throw new UpgradeException(NodepoolFailures.NotOffered(run.Green.Context.Name, run.Step.Id));

    // Blue's pools by name, * and ? for parts of one; those that are labels alone can't be copied.
    private static async Task<IReadOnlyList<Nodepool>> WantedAsync(StepRun run, CancellationToken cancellationToken)
    {
        using var blues = await OpenAsync(run, UpgradeSide.Blue, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Nodepool> all = [.. (await blues.ListAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false)).Select(kept => kept.Pool)];
        var wanted = new List<Nodepool>();
        foreach (var name in run.Texts("pools"))
        {
            var isWild = name.Contains('*', StringComparison.Ordinal) || name.Contains('?', StringComparison.Ordinal);
            var found = all.Where(pool => FileSystemName.MatchesSimpleExpression(name, pool.Name, ignoreCase: false) && (!isWild || pool.Shape is not null)).ToList();
            if (found.Count == 0)
                throw new UpgradeException(NodepoolFailures.NameNotFound(run.Session.Blue.Context.Name, name, all));
            wanted.AddRange(found.Where(pool => !wanted.Contains(pool)));
        }

        return wanted;
    }

    private static NodepoolShape Given(StepRun run) => new()
    {
        MinSize = Number(run, "minSize"),
        MaxSize = Number(run, "maxSize"),
        DesiredSize = Number(run, "desiredSize"),
        InstanceType = List(run, "instanceType"),
        AmiType = run.Value("amiType"),
        CapacityType = run.Value("capacityType"),
        DiskSize = Number(run, "diskSize"),
        NodeRole = run.Value("nodeRole"),
        Subnet = List(run, "subnet"),
        SourceSecurityGroup = List(run, "sourceSecurityGroup"),
        Ec2SshKey = run.Value("ec2SshKey"),
        LaunchTemplateId = run.Value("launchTemplateId"),
        LaunchTemplateName = run.Value("launchTemplateName"),
        LaunchTemplateVersion = run.Value("launchTemplateVersion"),
    };

    private static int? Number(StepRun run, string field) => run.Value(field) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static IReadOnlyList<string>? List(StepRun run, string field) => run.Value(field) is null ? null : run.Texts(field);

    // The same attempt orders the same pool, whoever goes on with it; one that failed is not ordered by the same call.
    private static string Token(StepRun run, string name, NodepoolShape shape)
    {
        var parts = new[] { run.Mark, run.Step.Id, name, run.Step.Attempt.ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(shape) };
        return new Guid(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts))[..16]).ToString();
    }

    private static SortedDictionary<string, string?> NotedIn(StepRun run) =>
        new((run.Notes[MadeNote] as JsonObject ?? []).ToDictionary(pool => pool.Key, pool => pool.Value?.GetValue<string>(), StringComparer.Ordinal), StringComparer.Ordinal);

    private static Task NoteAsync(StepRun run, SortedDictionary<string, string?> pools) =>
        run.NoteAsync(new JsonObject { [MadeNote] = new JsonObject(pools.Select(pool => KeyValuePair.Create(pool.Key, (JsonNode?)pool.Value))) });
}
