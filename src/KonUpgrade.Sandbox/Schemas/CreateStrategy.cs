using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// What a server itself puts into a new object after its field owners are set, so that nobody owns it: addresses apart,
/// which it takes from its pools.
/// </summary>
internal static class CreateStrategy
{
    public static void Apply(JsonObject obj, ServedResource resource, string uid)
    {
        if (!resource.Schema.BuiltIn)
            return;
        switch (resource.Kind.Kind)
        {
            case "Service":
                ServiceFamilies(obj);
                break;
            case "Namespace":
                Child(obj, "spec")["finalizers"] ??= new JsonArray("kubernetes");
                break;
            case "PersistentVolume":
                Finalizer(obj, "kubernetes.io/pv-protection");
                break;
            case "PersistentVolumeClaim":
                Finalizer(obj, "kubernetes.io/pvc-protection");
                break;
            case "Job":
                JobSelector(obj, uid, resource.Schema.Minor);
                break;
        }
    }

    // One family, IPv4; a Service that is only a name has none.
    private static void ServiceFamilies(JsonObject obj)
    {
        if (obj["spec"] is not JsonObject spec || Json.Text(spec["type"]) == "ExternalName")
            return;
        spec["ipFamilyPolicy"] ??= "SingleStack";
        spec["ipFamilies"] ??= new JsonArray("IPv4");
        if (spec["clusterIPs"] is null && spec["clusterIP"] is { } address)
            spec["clusterIPs"] = new JsonArray(address.DeepClone());
    }

    private static void JobSelector(JsonObject obj, string uid, int minor)
    {
        if (obj["spec"] is not JsonObject spec || spec["manualSelector"]?.GetValue<bool>() == true || spec["template"] is not JsonObject template)
            return;
        var name = Json.Text(obj["metadata"]?["name"]) ?? "";
        // The labels with a prefix came in 1.27; the plain ones stay beside them.
        var labels = Child(Child(template, "metadata"), "labels");
        // A Job that took its labels from its template takes these too.
        var metadata = Child(obj, "metadata");
        var shared = metadata["labels"] is not JsonObject { Count: > 0 } own || Json.Same(own, labels);
        labels["controller-uid"] = uid;
        labels["job-name"] = name;
        if (minor >= 27)
        {
            labels["batch.kubernetes.io/controller-uid"] = uid;
            labels["batch.kubernetes.io/job-name"] = name;
        }
        if (shared)
            metadata["labels"] = labels.DeepClone();
        spec["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { [minor >= 27 ? "batch.kubernetes.io/controller-uid" : "controller-uid"] = uid } };
    }

    private static void Finalizer(JsonObject obj, string name)
    {
        var metadata = Child(obj, "metadata");
        if (metadata["finalizers"] is not JsonArray list)
            metadata["finalizers"] = list = [];
        if (!Json.Contains(list, JsonValue.Create(name)))
            list.Add(name);
    }

    private static JsonObject Child(JsonObject obj, string name)
    {
        if (obj[name] is not JsonObject child)
            obj[name] = child = [];
        return child;
    }
}
