using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Pods;

/// <summary>
/// The kubelets of all nodes: they start what is bound to their node, tell how it is, start again what failed, and end
/// what is deleted. A node that is not Ready, or gone, does nothing of it.
/// </summary>
internal sealed class Kubelet : Controller
{
    /// <summary>How many addresses there are; then they are given again.</summary>
    public const int MostAddresses = 63_999;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10), LongestBackOff = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, PodRun> _runs = new(StringComparer.Ordinal);
    private int _lastIP;

    public Kubelet(PlaneContext plane)
        : base(plane)
    {
        plane.Caches.Pods.Changed += (before, after) =>
        {
            if (after is null) _runs.Remove(before!.Key);
            else if (after.NodeName.Length > 0) Enqueue(after.Key);
        };
        plane.Caches.Nodes.Changed += (before, after) =>
        {
            if (after is null || (before is not null && before.Ready == after.Ready)) return;
            foreach (PodView pod in Plane.Caches.PodsOn(after.Name)) Enqueue(pod.Key);
        };
    }

    public override void EnqueueAll()
    {
        foreach (PodView pod in Plane.Caches.Pods.All) Enqueue(pod.Key);
    }

    protected override void Reconcile(string key)
    {
        if (!Plane.Caches.Pods.Has(key, out PodView? pod) || pod.NodeName.Length == 0) return;
        if (Plane.Caches.Nodes.Find(pod.NodeName) is not { Ready: true } node) return;
        if (!_runs.TryGetValue(key, out PodRun? run) || run.Uid != pod.Uid)
        {
            _runs[key] = run = new PodRun(pod.Uid, Plane.Now);
            if (pod.Directives.Unreadable is { } unreadable) Plane.Log($"Pod {key}: {PodDirectives.Prefix}{unreadable} is not known, or no time (500ms, 5s, never): it does nothing.");
        }
        if (pod.Terminating) End(pod, run);
        else if (!pod.Finished) Run(pod, run, node);
    }

    private void Run(PodView pod, PodRun run, NodeView node)
    {
        DateTimeOffset now = Plane.Now;
        if (run.Started is null)
        {
            // What ran before the data plane was there goes on as it is.
            bool runs = pod.Phase == "Running" && run.RestartAt is null;
            DateTimeOffset? start = runs ? now : run.RestartAt ?? Durations.After(run.Admitted, pod.Directives.StartAfter ?? Plane.Settings.StartAfter);
            if (!IsDue(pod, start)) return;
            run.Started = runs && pod.ReadySince is { } since ? since : now;
            run.RestartAt = null;
            if (!runs)
            {
                Tell(pod, item =>
                {
                    PodStatus.Run(item, Durations.After(now, ReadyAfter(pod)) <= now, run.Restarts, node.Address, NewIP, now);
                    return true;
                });
                // What follows is asked for by the change that this is.
                return;
            }
        }
        if (Ended(pod, run) is { } exitCode)
        {
            Stop(pod, run, exitCode);
            return;
        }
        DateTimeOffset? readyAt = Durations.After(run.Started.Value, ReadyAfter(pod));
        bool ready = IsDue(pod, readyAt);
        if (ready != pod.Ready) Tell(pod, item => PodStatus.Ready(item, ready, now));
    }

    // The exit code when its containers have done what they do; else sees to being asked then.
    private int? Ended(PodView pod, PodRun run)
    {
        TimeSpan? complete = pod.Directives.CompleteAfter ?? (pod.RestartPolicy == "Always" || pod.Directives.FailAfter is not null ? null : Plane.Settings.CompleteAfter);
        if (pod.Directives.FailAfter is { } fail && IsDue(pod, Durations.After(run.Started!.Value, fail))) return 1;
        return complete is { } wait && IsDue(pod, Durations.After(run.Started!.Value, wait)) ? 0 : null;
    }

    private void Stop(PodView pod, PodRun run, int exitCode)
    {
        DateTimeOffset now = Plane.Now, started = run.Started!.Value;
        bool again = pod.RestartPolicy == "Always" || (pod.RestartPolicy == "OnFailure" && exitCode != 0);
        if (!again)
        {
            Tell(pod, item =>
            {
                PodStatus.End(item, exitCode, started, now);
                return true;
            });
            return;
        }
        TimeSpan wait = TimeSpan.FromSeconds(Math.Min(LongestBackOff.TotalSeconds, FirstBackOff.TotalSeconds * Math.Pow(2, Math.Min(run.Restarts, 10))));
        run.Started = null;
        run.RestartAt = now + wait;
        run.Restarts++;
        Tell(pod, item =>
        {
            PodStatus.BackOff(item, exitCode, run.Restarts - 1, wait, started, now);
            return true;
        });
        EnqueueAt(pod.Key, now + wait);
    }

    private void End(PodView pod, PodRun run)
    {
        DateTimeOffset now = Plane.Now;
        DateTimeOffset killed = now + TimeSpan.FromSeconds(pod.Grace) + Plane.Settings.BeyondGrace;
        if (run.Ending is null) (run.Ending, run.Grace, run.Killed) = (now, pod.Grace, killed);
        else if (pod.Grace < run.Grace) (run.Grace, run.Killed) = (pod.Grace, killed < run.Killed ? killed : run.Killed);
        DateTimeOffset? end;
        if (pod.Directives.EndAfter is { } asked)
        {
            end = Durations.After(run.Ending.Value, asked);
        }
        else
        {
            TimeSpan grace = TimeSpan.FromSeconds(run.Grace);
            bool byItself = Plane.Settings.EndAfter is { } own && own != Timeout.InfiniteTimeSpan && own <= grace;
            end = pod.Finished || (run.Started is null && pod.Phase == "Pending") ? run.Ending
                : byItself ? run.Ending + Plane.Settings.EndAfter!.Value
                : run.Killed;
            if (end > run.Killed) end = run.Killed;
        }
        if (IsDue(pod, end)) Finish(pod, run);
    }

    // Its last word: nothing runs any more. What has no finalizer is gone with that.
    private void Finish(PodView pod, PodRun run) => Tell(pod, item =>
    {
        JsonObject metadata = Metadata.Of(item);
        bool told = pod.Finished && Fields.Number(metadata, "deletionGracePeriodSeconds", 0) == 0;
        if (told && Metadata.Finalizers(item).Count > 0) return false;
        if (!pod.Finished) PodStatus.End(item, exitCode: 137, run.Started ?? run.Admitted, Plane.Now);
        metadata["deletionGracePeriodSeconds"] = 0L;
        return true;
    });

    private TimeSpan ReadyAfter(PodView pod) => pod.Directives.ReadyAfter ?? Plane.Settings.ReadyAfter;

    // Whether a moment has come; if it is still to come, the Pod is looked at again then.
    private bool IsDue(PodView pod, DateTimeOffset? moment)
    {
        if (moment is not { } due) return false;
        if (due <= Plane.Now) return true;
        EnqueueAt(pod.Key, due);
        return false;
    }

    private void Tell(PodView pod, Func<JsonObject, bool> change) => Plane.Writes.Change(Plane.Caches.Pods.Kind, pod, change);

    private string NewIP()
    {
        _lastIP = _lastIP % MostAddresses + 1;
        return Address(_lastIP);
    }

    /// <summary>An address of Pods by its number, from 1 to <see cref="MostAddresses"/>.</summary>
    public static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"10.244.{number / 250}.{number % 250 + 1}");
}
