using System.Globalization;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Faults;

/// <summary>The faults in force. Of several that match a request, the one that was added first strikes.</summary>
public sealed class FaultPlan
{
    private readonly object _gate = new();
    private readonly List<Entry> _entries = [];
    private int _lastId;

    /// <summary>Puts a fault in force; returns the id to remove or ask for.</summary>
    public string Add(SandboxFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_gate)
        {
            string id = (++_lastId).ToString(CultureInfo.InvariantCulture);
            _entries.Add(new Entry(id, fault));
            return id;
        }
    }

    /// <summary>Takes a fault out; false when there is none with this id.</summary>
    public bool Remove(string id)
    {
        lock (_gate) return _entries.RemoveAll(entry => entry.Id == id) > 0;
    }

    /// <summary>Takes all faults out.</summary>
    public void Clear()
    {
        lock (_gate) _entries.Clear();
    }

    /// <summary>How many requests a fault has struck; null when there is none with this id.</summary>
    public int? Struck(string id)
    {
        lock (_gate) return _entries.Find(entry => entry.Id == id)?.Struck;
    }

    /// <summary>How many requests have met a fault: those that it let pass and those that it has struck. Null when there is none with this id.</summary>
    /// <remarks>Those that were answered with an error do not count where the fault is <see cref="FaultKind.Unanswered"/>: it comes after their effect.</remarks>
    public int? Met(string id)
    {
        lock (_gate) return _entries.Find(entry => entry.Id == id) is { } found ? found.Passed + found.Struck : null;
    }

    /// <summary>Completes when so many requests have met a fault (<see cref="Met"/>).</summary>
    /// <exception cref="ArgumentException">There is none with this id.</exception>
    public Task MeetAsync(string id, int count, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Entry entry = _entries.Find(entry => entry.Id == id) ?? throw new ArgumentException($"There is no fault {id}.", nameof(id));
            if (entry.Passed + entry.Struck >= count) return Task.CompletedTask;
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            entry.Waiters.Add((count, waiter));
            return waiter.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The faults in force, with their ids and how many requests each has struck.</summary>
    public IReadOnlyList<(string Id, SandboxFault Fault, int Struck)> List()
    {
        lock (_gate) return [.. _entries.Select(entry => (entry.Id, entry.Fault, entry.Struck))];
    }

    /// <summary>The fault that strikes a request, counted as struck, or null.</summary>
    /// <param name="cluster">The cluster that was asked.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="name">The object's name, which for a create stands in the body.</param>
    /// <param name="hasContinue">A page after the first.</param>
    /// <param name="kinds">Which kinds are looked for at this point.</param>
    internal SandboxFault? Strike(string cluster, RequestInfo request, string name, bool hasContinue, params FaultKind[] kinds)
    {
        lock (_gate)
        {
            foreach (Entry entry in _entries)
            {
                SandboxFault fault = entry.Fault;
                if (!kinds.Contains(fault.Kind) || (fault.Count is { } most && entry.Struck >= most)) continue;
                if (fault.Kind == FaultKind.ExpiredPage && !(request.Verb == "list" && hasContinue)) continue;
                if (fault.Kind == FaultKind.CutWatch && request.Verb != "watch") continue;
                if (!Matches(fault, cluster, request, name)) continue;
                if (entry.Passed < fault.Skip)
                {
                    entry.Passed++;
                    entry.Tell();
                    continue;
                }
                entry.Struck++;
                entry.Tell();
                return fault;
            }
            return null;
        }
    }

    /// <summary>Whether any fault asks for the name of what is created, so that the body is worth a look.</summary>
    internal bool AsksForNames
    {
        get { lock (_gate) return _entries.Exists(entry => entry.Fault.Name is not null); }
    }

    private static bool Matches(SandboxFault fault, string cluster, RequestInfo request, string name)
        => (fault.Cluster is null || fault.Cluster == cluster)
        && (fault.Verb is null || fault.Verb == request.Verb || (request.Operation.Length > 0 && fault.Verb == request.Operation))
        && (!fault.OnlyChanges || request.IsChange)
        && (fault.DryRun is null || fault.DryRun == request.IsDryRun)
        && (fault.PathPrefix is null || request.Path.StartsWith(fault.PathPrefix, StringComparison.Ordinal))
        && (fault.Group is null || (request.IsResource && fault.Group == request.Group))
        && (Fits(fault.Resource, request.Resource) || (request.Subresource.Length > 0 && fault.Resource == $"{request.Resource}/{request.Subresource}"))
        && Fits(fault.Namespace, request.Namespace)
        && Fits(fault.Name, name);

    private static bool Fits(string? pattern, string value)
        => pattern is null || (pattern.EndsWith('*') ? value.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == value);

    private sealed class Entry(string id, SandboxFault fault)
    {
        public string Id { get; } = id;

        public SandboxFault Fault { get; } = fault;

        public int Passed { get; set; }

        public int Struck { get; set; }

        public List<(int Count, TaskCompletionSource Waiter)> Waiters { get; } = [];

        public void Tell()
        {
            foreach ((int count, TaskCompletionSource waiter) in Waiters)
            {
                if (Passed + Struck >= count) waiter.TrySetResult();
            }
            Waiters.RemoveAll(entry => entry.Waiter.Task.IsCompleted);
        }
    }
}
