using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class PlaneLoopTests : LivePlay
{
    [Fact]
    public async Task What_fails_within_the_loop_does_not_end_all_other_work()
    {
        Cluster.Simulated.Plane!.Post(() => throw new InvalidOperationException("a fault of the sandbox"));
        await NodesAsync(Node("one"));
        await ApplyAsync(Pods, Pod("web"));
        await AdvanceAsync(5);
        Assert.Equal("Running", Phase(await GetAsync($"{Pods}/web")));
    }

    [Fact]
    public async Task Nobody_waits_for_a_data_plane_that_has_ended()
    {
        SandboxDataPlane plane = Plane;
        await Host.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => plane.SettleAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => plane.AdvanceAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
    }
}
