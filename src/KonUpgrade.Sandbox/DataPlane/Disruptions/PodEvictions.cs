using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.DataPlane.Disruptions;

/// <summary>
/// The eviction subresource of Pods: asks the budget, marks the Pod, deletes it. Answers and their order are those of
/// the API server, and so is that a grant is spent before the preconditions are looked at.
/// </summary>
internal sealed class PodEvictions(SimulatedCluster cluster)
{
    private const int MostUnconfirmed = 2000;
    private const int Tries = 20;

    // policy/v1 came to the subresource with 1.22.
    private const int FirstMinorWithV1 = 22;

    private readonly ConditionalWeakTable<StoredObject, Budget> _read = [];

    /// <summary>The version of Eviction that discovery names.</summary>
    public static string Version(int minor) => minor >= FirstMinorWithV1 ? "v1" : "v1beta1";

    /// <summary>Evicts a Pod; gives the Status that is the answer.</summary>
    /// <exception cref="ApiError">It may not be, not now, or is not there.</exception>
    public JsonObject Evict(ApiResource pods, string @namespace, string name, JsonObject eviction, bool dryRun)
    {
        CheckBody(@namespace, name, eviction);
        JsonObject? given = eviction["deleteOptions"] as JsonObject;
        DeleteOptions options = DeleteOptions.Read(given ?? [], QueryCollection.Empty);
        options = options with { DryRun = options.DryRun || dryRun };
        string key = StoredObject.KeyOf(@namespace, name);
        for (int tries = 1; ; tries++)
        {
            StoredObject live = cluster.Store.Find(pods.Collection, key) ?? throw pods.NotFound(name);
            JsonObject pod = pods.Read(live);
            if (!IsBeyondBudgets(pod)) return EvictWithinBudget(pods, live, pod, options);
            // Whoever is Pending may become ready meanwhile, and is then its budget's.
            bool held = Phase(pod) == "Pending" && !live.Terminating && options.ResourceVersion.Length == 0;
            try
            {
                MarkAndDelete(pods, live, held ? options with { ResourceVersion = ResourceVersion(pod) } : options);
                return Success();
            }
            catch (ApiError overtaken) when (overtaken.Code == 409 && options.ResourceVersion.Length == 0 && tries < Tries)
            {
                // Only what was asked for by its version is given up for a change.
            }
        }
    }

    private JsonObject EvictWithinBudget(ApiResource pods, StoredObject live, JsonObject pod, DeleteOptions options)
    {
        Budget[] budgets = [.. BudgetsOf(live, pod)];
        if (budgets.Length > 1)
            throw new ApiError(500, string.Empty, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
        if (budgets.Length == 0)
        {
            MarkAndDelete(pods, live, options);
            return Success();
        }
        Budget budget = budgets[0];
        bool spare = !Fields.Holds(pod["status"], "Ready") && budget.SparesUnhealthy;
        if (!spare)
        {
            Spend(budget, live.Name.ToString(), options.DryRun);
            MarkAndDelete(pods, live, options);
            return Success();
        }
        try
        {
            // Its budget was not asked because it is not ready: it must not have become so.
            MarkAndDelete(pods, live, options.ResourceVersion.Length > 0 ? options : options with { ResourceVersion = ResourceVersion(pod) });
        }
        catch (ApiError overtaken) when (overtaken.Code == 409 && options.ResourceVersion.Length == 0)
        {
            throw StillProcessed(budget.Name);
        }
        return Success();
    }

    private IEnumerable<Budget> BudgetsOf(StoredObject pod, JsonObject item)
    {
        ApiResource kind = cluster.BuiltIn("policy", "poddisruptionbudgets");
        Dictionary<string, string> labels = Fields.Texts(item["metadata"], "labels");
        string prefix = $"{pod.Namespace}/";
        System.Collections.Immutable.ImmutableSortedSet<StoredObject> all = cluster.Store.Snapshot(kind.Collection).Objects;
        for (int i = Collection.LowerBound(all, prefix); i < all.Count && all[i].Key.StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            Budget budget = _read.GetValue(all[i], stored => new Budget(stored, kind.Read(stored)));
            if (budget.Selector.Matches(labels)) yield return budget;
        }
    }

    // Takes one disruption from the budget, or says why there is none to take.
    private void Spend(Budget budget, string pod, bool dryRun)
    {
        ApiResource kind = cluster.BuiltIn("policy", "poddisruptionbudgets");
        bool there = false;
        cluster.Writes.ChangeStored(kind, budget.Key, item =>
        {
            there = true;
            JsonObject status = Fields.Made(item, "status");
            long generation = Metadata.Generation(item);
            if (Fields.Number(status, "observedGeneration", 0) < generation) throw StillProcessed(budget.Name);
            long allowed = Fields.Number(status, "disruptionsAllowed", 0);
            if (allowed < 0) throw ApiError.Forbidden("policy", "poddisruptionbudget", budget.Name, "pdb disruptions allowed is negative");
            JsonObject disrupted = Fields.Object(status, "disruptedPods");
            if (disrupted.Count > MostUnconfirmed)
                throw ApiError.Forbidden("policy", "poddisruptionbudget", budget.Name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
            if (allowed == 0)
            {
                string needs = $"The disruption budget {budget.Name} needs {Fields.Number(status, "desiredHealthy", 0)} healthy pods and has {Fields.Number(status, "currentHealthy", 0)} currently";
                throw Violates(needs, retryAfter: 0);
            }
            if (dryRun) return false;
            status["disruptionsAllowed"] = allowed - 1;
            if (allowed == 1) BudgetController.SetAllowed(status, 0, generation, cluster.Now);
            Fields.Made(status, "disruptedPods")[pod] = Metadata.Time(cluster.Now);
            return true;
        }, "kube-apiserver");
        if (!there) throw ApiError.NotFound("policy", "poddisruptionbudgets", budget.Name);
    }

    private void MarkAndDelete(ApiResource pods, StoredObject live, DeleteOptions options)
    {
        string name = live.Name.ToString();
        if (!options.DryRun)
        {
            bool there = false;
            string before = string.Empty;
            StoredObject? marked = cluster.Writes.ChangeStored(pods, live.Key, item =>
            {
                there = true;
                CheckPreconditions(item, name, options);
                before = ResourceVersion(item);
                return Fields.SetCondition(Fields.Made(item, "status"), "DisruptionTarget", "True", "EvictionByEvictionAPI", "Eviction API: evicting", cluster.Now);
            }, "kube-apiserver");
            if (!there) throw pods.NotFound(name);
            if (options.ResourceVersion.Length > 0) options = options with { ResourceVersion = marked is null ? before : marked.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        }
        using IDisposable by = cluster.Disruptions.Because(DisruptionCause.Eviction);
        cluster.Deletions.Delete(pods, live.Namespace.ToString(), name, options);
    }

    private static void CheckBody(string @namespace, string name, JsonObject eviction)
    {
        string apiVersion = Metadata.Text(eviction, "apiVersion"), kind = Metadata.Text(eviction, "kind");
        if (kind.Length == 0 || apiVersion.Length == 0) throw ApiError.BadRequest("the object provided is unrecognized (must be of type Eviction): couldn't get version/kind; json parse error");
        if (kind != "Eviction" || apiVersion is not ("policy/v1" or "policy/v1beta1"))
            throw ApiError.BadRequest($"{kind} in version \"{apiVersion[(apiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..]}\" cannot be handled as a Eviction: no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        JsonObject metadata = Fields.Object(eviction, "metadata");
        if (Metadata.Text(metadata, "namespace") is { Length: > 0 } other && other != @namespace)
            throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (Metadata.Text(metadata, "name") != name) throw ApiError.BadRequest("name in URL does not match name in Eviction object");
    }

    private static void CheckPreconditions(JsonObject pod, string name, DeleteOptions options)
    {
        string uid = Metadata.Uid(pod), version = ResourceVersion(pod);
        if (options.Uid.Length > 0 && options.Uid != uid)
        {
            throw ApiError.Conflict(string.Empty, "Pod", name,
                $"the UID in the precondition ({options.Uid}) does not match the UID in record ({uid}). The object might have been deleted and then recreated");
        }
        if (options.ResourceVersion.Length > 0 && options.ResourceVersion != version)
        {
            throw ApiError.Conflict(string.Empty, "Pod", name,
                $"the ResourceVersion in the precondition ({options.ResourceVersion}) does not match the ResourceVersion in record ({version}). The object might have been modified");
        }
    }

    // What is finished, was never begun, or is going already disturbs nobody by its end.
    private static bool IsBeyondBudgets(JsonObject pod) => Phase(pod) is "Succeeded" or "Failed" or "Pending" || Metadata.IsTerminating(pod);

    private static string Phase(JsonObject pod) => Fields.Text(pod["status"], "phase");

    private static string ResourceVersion(JsonObject item) => Metadata.Text(Metadata.Of(item), "resourceVersion");

    private static ApiError StillProcessed(string budget) => Violates($"The disruption budget {budget} is still being processed by the server.", retryAfter: 10);

    private static ApiError Violates(string cause, int retryAfter) => new(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.")
    {
        Causes = [new("DisruptionBudget", cause, string.Empty)],
        RetryAfterSeconds = retryAfter,
    };

    private static JsonObject Success() => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["code"] = 201L,
    };

    /// <summary>What of a budget an eviction must know before it asks it.</summary>
    private sealed class Budget
    {
        public Budget(StoredObject stored, JsonObject item)
        {
            Key = stored.Key;
            Name = stored.Name.ToString();
            Selector = SelectorMatch.Of(Fields.Object(item, "spec")["selector"] as JsonObject);
            JsonObject status = Fields.Object(item, "status");
            long healthy = Fields.Number(status, "currentHealthy", 0), desired = Fields.Number(status, "desiredHealthy", 0);
            SparesUnhealthy = Fields.Text(item["spec"], "unhealthyPodEvictionPolicy") == "AlwaysAllow" || (healthy >= desired && desired > 0);
        }

        public string Key { get; }

        public string Name { get; }

        public SelectorMatch Selector { get; }

        /// <summary>A Pod that is not ready may go without asking: nobody depends on it now, or it is allowed always.</summary>
        public bool SparesUnhealthy { get; }
    }
}
