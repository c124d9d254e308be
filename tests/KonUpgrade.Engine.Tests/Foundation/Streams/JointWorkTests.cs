using KonUpgrade.Engine.Foundation.Streams;

namespace KonUpgrade.Engine.Tests.Foundation.Streams;

public sealed class JointWorkTests
{
    [Fact]
    public async Task The_first_failure_stops_the_others_and_is_the_one_that_is_told()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var ended = 0;
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => JointWork.RunAsync([WaitAsync, () => Task.FromException(new InvalidDataException("first")), WaitAsync], stop));
        Assert.Equal(("first", 2), (failure.Message, ended));

        async Task WaitAsync()
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stop.Token);
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }
    }

    [Fact]
    public async Task What_is_stopped_from_outside_is_cancelled()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = JointWork.RunAsync([() => Task.Delay(Timeout.Infinite, stop.Token)], stop);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
