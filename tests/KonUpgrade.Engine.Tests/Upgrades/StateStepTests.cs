using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Iam;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>Steps that take care of stores and of who may reach them.</summary>
public sealed class StateStepTests : IAsyncDisposable
{
    private const string Role = "arn:aws:iam::123456789012:role/shop-s3";
    private const string Bucket = "arn:aws:s3:::shop-pictures";

    private UpgradeScene _scene = null!;

    [Fact]
    public async Task Roles_trust_green_and_an_undo_takes_out_what_was_added_and_no_more()
    {
        await StartAsync();
        var before = Policy();
        var plan = await _scene.PlanAsync() with { Steps = [Step("trust", StepKind.GrantRoleTrust)] };
        var ended = await _scene.InvokeAsync(plan);
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.Contains("1 granted", ended.Steps[0].Result, StringComparison.Ordinal);
        Assert.Contains("system:serviceaccount:shop:pictures", Policy(), StringComparison.Ordinal);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(before, Policy());
    }

    [Fact]
    public async Task What_a_role_trusted_before_stays_after_an_undo()
    {
        await StartAsync();
        var plan = await _scene.PlanAsync() with { Steps = [Step("trust", StepKind.GrantRoleTrust)] };
        await _scene.InvokeAsync(plan);
        var granted = Policy();
        // Another upgrade finds it as it should be.
        File.Delete(_scene.JournalFile);
        Assert.Contains("1 unchanged", (await _scene.InvokeAsync(plan)).Steps[0].Result, StringComparison.Ordinal);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(granted, Policy());
    }

    [Fact]
    public async Task A_cluster_without_roles_needs_no_login_to_AWS()
    {
        _scene = await UpgradeScene.StartAsync();
        _scene.Aws = new Engine.Aws.AwsOptions { Environment = _ => null };
        var ended = await _scene.InvokeAsync(await _scene.PlanAsync() with { Steps = [Step("trust", StepKind.GrantRoleTrust)] });
        Assert.Equal("no ServiceAccount of green names a role", ended.Steps[0].Result);
    }

    [Fact]
    public async Task Stores_are_backed_up_once_and_the_recovery_points_are_looked_for()
    {
        await StartAsync();
        var plan = await SnapshotAsync();
        var ended = await _scene.InvokeAsync(plan);
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.Equal("1 recovery points in before-green: 1 S3", ended.Steps[0].Result);
        Assert.StartsWith("blue-to-green-snapshot-", ended.Steps[0].Output["snapshot"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_made_only_where_the_plan_says_so()
    {
        await StartAsync();
        var plan = await SnapshotAsync(("createVault", "false"));
        Assert.Equal("BackupVaultNotFound", (await _scene.InvokeAsync(plan)).Failure!.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
            await _scene.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _scene = await UpgradeScene.StartAsync(with: options => options with { Backup = new BackupSettings { Speed = 600, Resources = [new BackupResource(Bucket)] } });
        _scene.Host.Iam!.Add(new IamRole("shop-s3"));
        _scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop"), """{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"pictures","namespace":"shop","annotations":{"eks.amazonaws.com/role-arn":"ROLE_"}}}""".Replace("ROLE_", Role, StringComparison.Ordinal)], "helm");
    }

    private string Policy() => _scene.Host.Iam!.Roles.Single(role => role.Name == "shop-s3").TrustPolicy;

    private async Task<UpgradePlan> SnapshotAsync(params (string Name, string Value)[] more)
    {
        var setting = new Dictionary<string, string>
        {
            ["vault"] = "before-green",
            ["createVault"] = "true",
            ["role"] = _scene.Host.Backup!.RoleArn,
            ["volumes"] = "false",
            ["resources"] = Bucket,
            ["interval"] = "50ms",
        };
        foreach (var (name, value) in more)
            setting[name] = value;
        return await _scene.PlanAsync() with { Steps = [Step("snapshot", StepKind.TakeSnapshot, target: UpgradeSide.Blue) with { Setting = setting }] };
    }
}
