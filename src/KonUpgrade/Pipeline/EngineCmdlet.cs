using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace KonUpgrade.Pipeline;

/// <summary>
/// The base of every cmdlet that lets the engine work: runs the operation on the thread pool, brings its results and
/// messages to the pipeline thread, and makes one cancellation of Ctrl+C, <c>Select-Object -First</c> and an error
/// further down the pipeline.
/// </summary>
public abstract class EngineCmdlet : PSCmdlet, IDisposable
{
    // How long a cancelled operation may take to let go before the pipeline goes on without it.
    private static readonly TimeSpan LettingGo = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancels whatever runs, and lets go of it.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Cancels whatever runs.</summary>
    /// <param name="disposing">Whether this is a call of <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        // After Select-Object -First neither StopProcessing nor EndProcessing runs: this is the only word of it.
        Cancel();
        _stop.Dispose();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => Cancel();

    /// <summary>Runs an operation and writes each of its results as it comes.</summary>
    /// <param name="operation">Makes the stream of results. Runs on the thread pool; disposes of what it opens.</param>
    /// <param name="options">How long it may take, and what becomes of a failure.</param>
    private protected void Run<T>(Func<IPipelineHost, CancellationToken, IAsyncEnumerable<T>> operation, RunOptions options)
    {
        var timeLimit = options.TimeLimit;
        var bridge = new PipelineBridge(this, Streams());
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (timeLimit is { } limit)
            cancel.CancelAfter(limit);

        var worker = Task.Run(
            async () =>
            {
                try
                {
                    await foreach (var result in operation(bridge, cancel.Token).WithCancellation(cancel.Token).ConfigureAwait(false))
                        await bridge.PutAsync(result, () => WriteObject(result), cancel.Token).ConfigureAwait(false);
                }
                finally
                {
                    bridge.Complete();
                }
            },
            CancellationToken.None);

        // What waits for the system (a file on a server that is gone, a pipe) hears of no cancellation: it is left behind.
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        if (timeLimit is { } most)
            giveUp.CancelAfter(most + LettingGo);
        var stuck = false;
        ExceptionDispatchInfo? thrown = null;
        try
        {
            bridge.Pump(giveUp.Token);
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            stuck = true;
        }
        catch (Exception exception)
        {
            // An exception of the pipeline itself (it ends early, or something downstream failed) goes on as it is,
            // but not before the operation has let go.
            thrown = ExceptionDispatchInfo.Capture(exception);
            cancel.Cancel();
        }

        var ended = ((IAsyncResult)worker).AsyncWaitHandle.WaitOne(stuck ? TimeSpan.Zero : LettingGo);
        var timedOut = cancel.IsCancellationRequested && !_stop.IsCancellationRequested && thrown is null;
        var failure = ended ? worker.Exception?.InnerException ?? (worker.IsCanceled ? new OperationCanceledException() : null)
            : stuck ? new OperationCanceledException() : null;
        LetGo(worker, bridge, cancel);
        if (_stop.IsCancellationRequested)
            throw new PipelineStoppedException();
        EndProgress(bridge, thrown is null);
        thrown?.Throw();
        switch (failure)
        {
            case null:
                return;
            case OperationCanceledException when timedOut && timeLimit is { } time:
                var over = TimeLimitReached(time);
                Report(FailureRecord.For(over, new UpgradeException(over, failure), options.Target), options.TimesOutAlone, options.Instead);
                return;
            default:
                Report(FailureRecord.For(failure, options.Target), options.FailsAlone, options.Instead);
                return;
        }
    }

    private void Report(ErrorRecord record, bool alone, object? instead)
    {
        if (instead is not null)
        {
            WriteWarning($"{record.Exception.Message} {record.ErrorDetails?.RecommendedAction}".TrimEnd());
            WriteObject(instead);
        }
        else if (alone)
        {
            WriteError(record);
        }
        else
        {
            ThrowTerminatingError(record);
        }
    }

    /// <summary>Ends the command with an error that no record can be processed after.</summary>
    private protected void Fail(Failure failure, object? target = null) =>
        ThrowTerminatingError(FailureRecord.For(failure, target: target));

    /// <summary>The full path of a file or directory that need not be there, seen from the session's own location.</summary>
    private protected string ResolvePath(string path)
    {
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        if (provider.Name == "FileSystem")
            return resolved;
        Fail(new Failure
        {
            Id = "NotAFileSystemPath",
            Kind = FailureKind.InvalidArgument,
            Message = $"'{path}' is a path of the provider {provider.Name}.",
            Recommendation = "Name a directory of the file system.",
            Target = path,
        });
        return resolved;
    }

    /// <summary>The directories and files that a command line names, each way in its own parameter set.</summary>
    /// <param name="given">What came down the pipeline: an export, a file or directory, or a path; null where nothing did.</param>
    /// <param name="literal">Paths without wildcards.</param>
    /// <param name="patterns">Paths with wildcards.</param>
    private protected IEnumerable<string> SourcesOf(object? given, IReadOnlyList<string> literal, IReadOnlyList<string> patterns) => given switch
    {
        null => literal.Count > 0 ? literal.Select(ResolvePath) : patterns.SelectMany(ResolvePaths),
        ClusterConfigExport export => [export.Path],
        FileSystemInfo entry => [entry.FullName],
        _ => [ResolvePath((string)given)],
    };

    /// <summary>The directories and files that a path with wildcards stands for. One that stands for none is an error, and the others follow.</summary>
    private protected IEnumerable<string> ResolvePaths(string path)
    {
        // A directory whose name holds a bracket is itself before it is a pattern.
        if (!WildcardPattern.ContainsWildcardCharacters(path) || Directory.Exists(ResolvePath(path)))
            return [ResolvePath(path)];
        var found = SessionState.Path.GetResolvedPSPathFromPSPath(path).Select(static info => info.ProviderPath).ToList();
        if (found.Count == 0)
        {
            WriteError(FailureRecord.For(new Failure
            {
                Id = "PathNotFound",
                Kind = FailureKind.NotFound,
                Message = $"No directory or file matches '{path}'.",
                Recommendation = "Look at the path; a name that holds wildcard characters is given with -LiteralPath.",
                Target = path,
            }));
        }

        return found;
    }

    /// <summary>The kubeconfig as it is meant: full paths of one or several files, or null for the usual place.</summary>
    private protected string? ResolveKubeConfig(string? path) =>
        string.IsNullOrEmpty(path)
            ? null
            : string.Join(
                Path.PathSeparator,
                path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(ResolvePath));

    /// <summary>The session's directory, which is not the process's: relative paths of variables such as <c>$KUBECONFIG</c> begin there.</summary>
    private protected string SessionLocation => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    private static Failure TimeLimitReached(TimeSpan time) => new()
    {
        Id = "TimeLimitReached",
        Kind = FailureKind.Timeout,
        Message = $"The time allowed, {time}, is over.",
        Recommendation = "Run the same command again: what is done is found and not done twice. Give more time with -Timeout.",
    };

    private static void LetGo(Task worker, PipelineBridge bridge, CancellationTokenSource cancel) =>
        // A straggler may still hold the token and the bridge: they are disposed of after it.
        worker.ContinueWith(
            task =>
            {
                _ = task.Exception;
                cancel.Dispose();
                bridge.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);

    private static void EndProgress(PipelineBridge bridge, bool healthy)
    {
        try
        {
            bridge.EndProgress();
        }
        catch (PipelineStoppedException) when (!healthy)
        {
            // The pipeline has ended, and its progress with it.
        }
    }

    /// <summary>Whether somebody has been asked by -Confirm or the session's preference, or has said that nobody is to be.</summary>
    internal bool HasConfirmed =>
        MyInvocation.BoundParameters.ContainsKey("Confirm")
        || (GetVariableValue("ConfirmPreference") is { } preference && preference.ToString() is not nameof(ConfirmImpact.High));

    private PipelineStreams Streams() => new(Listens("Verbose"), Listens("Debug"));

    private bool Listens(string stream)
    {
        if (MyInvocation.BoundParameters.TryGetValue(stream, out var bound) && bound is SwitchParameter asked)
            return asked.IsPresent;
        return GetVariableValue(stream + "Preference") switch
        {
            ActionPreference preference => preference is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore),
            { } other => !string.Equals(other.ToString(), nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase),
            null => false,
        };
    }

    private void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet was disposed of before the stop came: there is nothing left to cancel.
        }
    }
}
