using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace KonUpgrade.Pipeline;

/// <summary>
/// Brings what an operation says on worker threads to the pipeline thread, in order. Results are held to a bounded
/// number, so that a slow consumer slows the operation down; messages are too small and too few to wait for.
/// </summary>
internal sealed class PipelineBridge(EngineCmdlet cmdlet, PipelineStreams streams) : IPipelineHost, IDisposable
{
    private const int ResultLimit = 256;

    // A result that carries a manifest counts for as many as fit into its place, so that what waits has a few megabytes
    // whatever the objects are.
    private const int ResultBytes = 16 * 1024;

    // Beyond so many waiting messages only warnings and errors are kept: nobody reads that fast, and memory is short.
    private const int MessageLimit = 20_000;

    private readonly BlockingCollection<Action> _queue = new(new ConcurrentQueue<Action>());
    private readonly SemaphoreSlim _room = new(ResultLimit);
    private readonly ProgressBoard _progress = new();
    private int _dropped;

    /// <summary>Hands a result to the pipeline thread, and waits while too many are waiting there.</summary>
    /// <param name="result">The result. One at a time is put.</param>
    /// <param name="write">What is done with it there.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task PutAsync(object? result, Action write, CancellationToken cancellationToken)
    {
        var places = result is ClusterConfigItem { Manifest: { } manifest } ? Math.Clamp(manifest.Json.Length / ResultBytes, 1, ResultLimit) : 1;
        for (var place = 0; place < places; place++)
            await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        Post(() =>
        {
            _room.Release(places);
            write();
        });
    }

    /// <summary>Says that nothing more will come.</summary>
    public void Complete() => _queue.CompleteAdding();

    /// <summary>
    /// Runs on the pipeline thread what the operation says, until <see cref="Complete"/> or until the token is
    /// cancelled. Whatever the pipeline throws comes out of here.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Pump(CancellationToken cancellationToken)
    {
        var lastProgress = Environment.TickCount64;
        while (!_queue.IsCompleted)
        {
            if (_queue.TryTake(out var action, (int)ProgressBoard.Interval.TotalMilliseconds, cancellationToken))
                action();
            if (Environment.TickCount64 - lastProgress < (long)ProgressBoard.Interval.TotalMilliseconds)
                continue;
            lastProgress = Environment.TickCount64;
            WriteProgress(_progress.Take());
        }

        if (_dropped > 0)
            cmdlet.WriteVerbose($"{_dropped} messages were left out because they came faster than they were read.");
    }

    /// <summary>Ends every activity that was shown. Runs on the pipeline thread.</summary>
    public void EndProgress() => WriteProgress(_progress.TakeEnds());

    /// <inheritdoc/>
    public void Progress(ProgressReport report) => _progress.Post(report);

    /// <inheritdoc/>
    public void Verbose(string message)
    {
        if (streams.Verbose)
            PostMessage(() => cmdlet.WriteVerbose(message));
    }

    /// <inheritdoc/>
    public void Debug(string message)
    {
        if (streams.Debug)
            PostMessage(() => cmdlet.WriteDebug(message));
    }

    /// <inheritdoc/>
    public void Warning(string message) => Post(() => cmdlet.WriteWarning(message));

    /// <inheritdoc/>
    public void Information(string message)
    {
        // Some runbook hosts keep the verbose stream and no other.
        if (streams.Verbose)
            PostMessage(() => cmdlet.WriteVerbose(message));
        PostMessage(() => cmdlet.WriteInformation(message, ["KonUpgrade"]));
    }

    /// <inheritdoc/>
    public void Error(Failure failure, Exception? exception = null, object? target = null) =>
        Post(() => cmdlet.WriteError(FailureRecord.For(failure, exception, target)));

    /// <inheritdoc/>
    public async Task<bool> ShouldProcessAsync(string target, string action, CancellationToken cancellationToken) =>
        await AskToProcessAsync(target, action, cancellationToken).ConfigureAwait(false) == ProcessAnswer.Yes;

    /// <inheritdoc/>
    public Task<ProcessAnswer> AskToProcessAsync(string target, string action, CancellationToken cancellationToken) =>
        OnPipelineAsync(() => Ask(target, action).Answer, cancellationToken);

    /// <inheritdoc/>
    public Task<ProcessAnswer> AskToRemoveAsync(string target, string action, CancellationToken cancellationToken) => OnPipelineAsync(
        () =>
        {
            // An impact belongs to a cmdlet and not to a call of it: what ConfirmImpact.High would do is done here.
            var (answer, text) = Ask(target, action);
            return answer == ProcessAnswer.Yes && !cmdlet.HasConfirmed && !Answered(text, () => cmdlet.ShouldContinue(text, "Confirm")) ? ProcessAnswer.No : answer;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsTrueAsync(ScriptBlock script, object item, CancellationToken cancellationToken) =>
        OnPipelineAsync(() => ScriptAnswer.IsTrue(cmdlet, script, item, cancellationToken), cancellationToken);

    // The words are those of ShouldProcess(target, action), which does not tell -WhatIf from a no.
    private (ProcessAnswer Answer, string Text) Ask(string target, string action)
    {
        var text = $"Performing the operation \"{action}\" on target \"{target}\".";
        var reason = ShouldProcessReason.None;
        var may = Answered(text, () => cmdlet.ShouldProcess(text, null, null, out reason));
        return (may ? ProcessAnswer.Yes : reason.HasFlag(ShouldProcessReason.WhatIf) ? ProcessAnswer.WhatIf : ProcessAnswer.No, text);
    }

    // A session without anybody to ask says so in words that name neither what was asked nor the way on.
    private static bool Answered(string text, Func<bool> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception exception) when (exception is PSInvalidOperationException or HostException or PSNotImplementedException)
        {
            throw new UpgradeException(NobodyToAsk(text, exception), exception);
        }
    }

    private static Failure NobodyToAsk(string text, Exception exception) => new()
    {
        Id = "ConfirmationNotPossible",
        Kind = FailureKind.Refused,
        Message = $"{text} It is to be confirmed, and nobody can be asked here: {exception.Message}",
        Recommendation = "Confirm it with -Confirm:$false; -WhatIf shows what would be done.",
    };

    private async Task<T> OnPipelineAsync<T>(Func<T> ask, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken)).ConfigureAwait(false);
        Post(() =>
        {
            // Nobody waits for it any more.
            if (answer.Task.IsCompleted)
                return;
            try
            {
                answer.TrySetResult(ask());
            }
            catch (UpgradeException exception)
            {
                answer.TrySetException(exception);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Whoever waited for it has heard of it.
                answer.TrySetCanceled(cancellationToken);
            }
            catch (Exception exception)
            {
                // The pipeline's own answer, such as a stop, goes its way; the operation only has to end.
                answer.TrySetException(exception);
                throw;
            }
        });
        return await answer.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _room.Dispose();
    }

    private void PostMessage(Action write)
    {
        if (_queue.Count < MessageLimit)
            Post(write);
        else
            Interlocked.Increment(ref _dropped);
    }

    private void Post(Action action)
    {
        try
        {
            _queue.Add(action);
        }
        catch (InvalidOperationException)
        {
            // A straggler of an operation that has ended, or whose pipeline is gone (ObjectDisposedException is one
            // of these): nobody is there to hear it.
        }
    }

    private void WriteProgress(IReadOnlyList<ProgressRecord> records)
    {
        foreach (var record in records)
            cmdlet.WriteProgress(record);
    }
}
