using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>A create that nobody answered is never done twice and never taken for somebody else's.</summary>
public sealed class CreateTests : IAsyncLifetime
{
    private SandboxHost _host = null!;
    private ClusterConnection _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxFixture.StartAsync();
        _cluster = await SandboxFixture.ConnectAsync(
            _host, "blue", new ConnectionOptions { Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(50), MaxAttempts = 5 } });
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_lost_after_the_server_created_it_is_found_again()
    {
        // The server stores the object, then the connection is torn within its answer.
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "create", Resource = "configmaps", AfterBytes = 0 });
        using var made = await CreateAsync("lost");
        Assert.Equal("lost", made.Name);
        Assert.Equal(1, _host.Faults.Struck(id));
        Assert.Equal(made.Uid, (await _cluster.Client.GetAsync(TestResources.ConfigMaps, "default", "lost", Token))!.Uid);
    }

    [Fact]
    public async Task An_apply_that_may_only_create_finds_its_own_object_after_a_lost_answer()
    {
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "patch", Resource = "configmaps", AfterBytes = 0 });
        using var made = await CreateByApplyAsync("lost");
        Assert.Equal(("lost", 1), (made.Name, _host.Faults.Struck(id)));
        // Its first try was torn before it arrived, and the second one is the first that the server sees.
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "patch", Resource = "configmaps" });
        using var second = await CreateByApplyAsync("never");
        Assert.Equal("never", second.Name);
    }

    [Fact]
    public async Task An_apply_that_may_only_create_does_not_take_somebody_elses_object_for_its_own()
    {
        using (await CreateAsync("theirs", "argocd"))
        {
        }
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => CreateByApplyAsync("theirs"));
        Assert.Equal((409, "Conflict"), (e.StatusCode, e.Reason));
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 504, Verb = "patch", Resource = "configmaps" });
        e = await Assert.ThrowsAsync<KubernetesApiException>(() => CreateByApplyAsync("theirs"));
        Assert.Equal((409, "AlreadyExists"), (e.StatusCode, e.Reason));
    }

    [Fact]
    public async Task A_try_that_never_arrived_is_made_again()
    {
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "create", Resource = "configmaps" });
        using var made = await CreateAsync("never");
        Assert.Equal("never", made.Name);
        Assert.Equal(1, _host.Faults.Struck(id));
    }

    [Fact]
    public async Task Somebody_elses_object_is_not_taken_for_ours()
    {
        using (await CreateAsync("theirs", "helm"))
        {
        }
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 504, Verb = "create", Resource = "configmaps" });
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => CreateAsync("theirs"));
        Assert.Equal(("AlreadyExists", 409), (e.Failure.Id, e.StatusCode));
    }

    [Fact]
    public async Task A_throttled_create_is_simply_repeated()
    {
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, RetryAfterSeconds = 0, Verb = "create", Resource = "configmaps", Count = 3 });
        using var made = await CreateAsync("throttled");
        Assert.Equal(3, _host.Faults.Struck(id));
    }

    [Fact]
    public async Task A_refusal_is_final()
    {
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "create", Resource = "configmaps", Count = null });
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => CreateAsync("refused"));
        Assert.Equal("AdmissionDenied", e.Failure.Id);
        Assert.Equal(1, _host.Faults.Struck(id));
    }

    [Fact]
    public async Task An_update_without_a_version_is_not_repeated_blindly()
    {
        using (await CreateAsync("updated"))
        {
        }
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "update", Resource = "configmaps", Count = null });
        await Assert.ThrowsAsync<KubernetesApiException>(() =>
            _cluster.Client.UpdateAsync(TestResources.ConfigMaps, "default", "updated", TestResources.ConfigMap("updated", "2"), new WriteOptions(), Token));
        Assert.Equal(1, _host.Faults.Struck(id));
    }

    [Fact]
    public async Task A_deletion_is_repeated_where_a_uid_makes_it_safe()
    {
        using var made = await CreateAsync("gone");
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "delete", Resource = "configmaps" });
        Assert.True(await _cluster.Client.DeleteAsync(TestResources.ConfigMaps, "default", "gone", new DeleteOptions { Uid = made.Uid }, Token));
        Assert.Equal(1, _host.Faults.Struck(id));
        using var again = await CreateAsync("gone");
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "delete", Resource = "configmaps" });
        await Assert.ThrowsAsync<KubernetesApiException>(() => _cluster.Client.DeleteAsync(TestResources.ConfigMaps, "default", "gone", new DeleteOptions(), Token));
    }

    private Task<KubernetesObject> CreateByApplyAsync(string name) =>
        _cluster.Client.CreateByApplyAsync(TestResources.ConfigMaps, "default", TestResources.ConfigMap(name), new WriteOptions { FieldManager = "argocd" }, Token);

    private Task<KubernetesObject> CreateAsync(string name, string manager = "konupgrade") =>
        _cluster.Client.CreateAsync(TestResources.ConfigMaps, "default", TestResources.ConfigMap(name), new WriteOptions { FieldManager = manager }, Token);
}
