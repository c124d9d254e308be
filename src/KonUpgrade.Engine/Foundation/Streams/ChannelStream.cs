using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace KonUpgrade.Engine.Foundation.Streams;

/// <summary>
/// What a piece of work tells, as a stream: the work goes no faster than its reader, and when the reader stops, however
/// that comes about, the work is cancelled and waited for.
/// </summary>
internal static class ChannelStream
{
    private const int Ahead = 64;

    /// <summary>Runs the work and gives what it writes.</summary>
    /// <param name="work">The work; it need not complete the writer.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <param name="ahead">How much may wait for the reader; little where each is large.</param>
    public static async IAsyncEnumerable<T> RunAsync<T>(
        Func<ChannelWriter<T>, CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancellationToken, int ahead = Ahead)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(ahead) { SingleReader = true });
        var running = Task.Run(() => CompleteAsync(work, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task CompleteAsync<T>(Func<ChannelWriter<T>, CancellationToken, Task> work, ChannelWriter<T> writer, CancellationToken cancellationToken)
    {
        try
        {
            await work(writer, cancellationToken).ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception e)
        {
            // The reader throws it.
            writer.Complete(e);
        }
    }
}
