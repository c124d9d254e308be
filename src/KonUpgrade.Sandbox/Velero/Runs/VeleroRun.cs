using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero.Runs;

/// <summary>
/// A backup or restore at work: InProgress item by item, WaitingForPluginOperations where data is moved, Finalizing, and
/// its end. For the loop alone.
/// </summary>
internal abstract class VeleroRun
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly VeleroServer _server;
    private readonly string _plural;
    private readonly bool _restore;
    private readonly JsonObject _item;
    private readonly Action _ended;
    private DateTimeOffset _begun;
    private int _handled;

    protected VeleroRun(VeleroServer server, string plural, JsonObject item, Action ended)
    {
        _server = server;
        _plural = plural;
        _restore = plural == "restores";
        _item = item;
        _ended = ended;
        Report = new RunReport(() => server.Now);
        Trouble = server.Region.Troubles.Strike(_restore, server.Cluster.Name, Metadata.Name(item));
    }

    public string Name => Metadata.Name(_item);

    protected RunReport Report { get; }

    /// <summary>What makes it fail, wholly or in part.</summary>
    protected VeleroTrouble? Trouble { get; }

    /// <summary>How many items there are.</summary>
    protected abstract int Total { get; }

    /// <summary>How much data is moved by others, for which it has to wait.</summary>
    protected abstract int Operations { get; }

    /// <summary>What counts its operations, in the status: <c>backupItemOperations</c>.</summary>
    protected abstract string OperationsField { get; }

    /// <summary>How what has handled all its items ends when nothing more goes wrong; null for other phases.</summary>
    public static string? OutcomeOf(string phase) => phase switch
    {
        "WaitingForPluginOperations" or "Finalizing" => "Completed",
        "WaitingForPluginOperationsPartiallyFailed" or "FinalizingPartiallyFailed" => "PartiallyFailed",
        _ => null,
    };

    public void Begin()
    {
        _begun = _server.Now;
        Go();
    }

    /// <summary>Backs up or restores one item.</summary>
    protected abstract void Handle(int index);

    protected abstract JsonObject Progress(int handled);

    /// <summary>What its end adds to the status.</summary>
    protected virtual JsonObject Outcome() => [];

    /// <summary>Puts all there is of it into the object storage.</summary>
    protected abstract void Store(JsonObject item);

    private bool HasErrors => Report.Errors > 0;

    private void Go()
    {
        VeleroSettings settings = _server.Region.Settings;
        TimeSpan takes = TimeSpan.FromSeconds(Math.Max(settings.RunsAtLeast.TotalSeconds, Total / Math.Max(settings.ItemsPerSecond, 0.001)));
        TimeSpan passed = _server.Now - _begun;
        int due = passed >= takes ? Total : (int)(Total * (passed / takes));
        // Half of what is going to fail as a whole is done.
        if (Trouble is { Outcome: "Failed" } failure && passed >= takes / 2)
        {
            Fail(failure.Words);
            return;
        }
        while (_handled < due) Handle(_handled++);
        if (_server.Objects.PatchStatus(_plural, _item, new JsonObject { ["progress"] = Progress(_handled) }) is null)
        {
            // Somebody took the object away.
            _ended();
            return;
        }
        if (passed < takes || Lingers("InProgress"))
        {
            DateTimeOffset end = _begun + takes, next = _server.Now + Tick;
            _server.At(passed < takes && end < next ? end : next, Go);
            return;
        }
        if (Trouble is { Outcome: "PartiallyFailed", Items.Count: 0 } partial) Report.Error(RunReport.Server, partial.Words);
        if (Operations > 0 || Lingers("WaitingForPluginOperations"))
        {
            Enter(HasErrors ? "WaitingForPluginOperationsPartiallyFailed" : "WaitingForPluginOperations", new JsonObject { [$"{OperationsField}Attempted"] = Operations }, settings.OperationsTake, FinalizeItems);
        }
        else
        {
            FinalizeItems();
        }
    }

    private void FinalizeItems()
    {
        if (Lingers("WaitingForPluginOperations"))
        {
            _server.At(_server.Now + Tick, FinalizeItems);
            return;
        }
        var status = new JsonObject();
        if (Operations > 0) status[$"{OperationsField}Completed"] = Operations;
        Enter(HasErrors ? "FinalizingPartiallyFailed" : "Finalizing", status, _server.Region.Settings.FinalizesFor, Finish);
    }

    private void Finish()
    {
        if (Lingers("Finalizing"))
        {
            _server.At(_server.Now + Tick, Finish);
            return;
        }
        JsonObject status = Counts(Outcome());
        status["phase"] = HasErrors ? "PartiallyFailed" : "Completed";
        status["completionTimestamp"] = Metadata.Time(_server.Now);
        End(status);
    }

    private void Fail(string why)
    {
        Report.Error(RunReport.Server, why);
        JsonObject status = Counts([]);
        status["phase"] = "Failed";
        status["failureReason"] = why;
        status["completionTimestamp"] = Metadata.Time(_server.Now);
        End(status);
    }

    private void Enter(string phase, JsonObject status, TimeSpan takes, Action then)
    {
        JsonObject whole = Counts(status);
        whole["phase"] = phase;
        if (_server.Objects.PatchStatus(_plural, _item, whole) is not { } item)
        {
            _ended();
            return;
        }
        Store(item);
        _server.At(_server.Now + takes, then);
    }

    private void End(JsonObject status)
    {
        if (_server.Objects.PatchStatus(_plural, _item, status) is { } item) Store(item);
        _ended();
    }

    // Counts of nothing are left out, as everywhere in the API.
    private JsonObject Counts(JsonObject status)
    {
        if (Report.Warnings > 0) status["warnings"] = Report.Warnings;
        if (Report.Errors > 0) status["errors"] = Report.Errors;
        return status;
    }

    private bool Lingers(string phase) => _server.Region.Troubles.Find(phase, _restore, _server.Cluster.Name, Name) is not null;
}
