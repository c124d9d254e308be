using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>The state of one object as controllers see it. Never changed; the next state is another view.</summary>
internal abstract class ObjectView
{
    protected ObjectView(StoredObject stored, JsonObject item)
    {
        JsonObject metadata = Metadata.Of(item);
        Key = stored.Key;
        Namespace = stored.Namespace.ToString();
        Name = stored.Name.ToString();
        Uid = stored.Uid;
        Revision = stored.Revision;
        Terminating = stored.Terminating;
        Labels = Fields.Texts(metadata, "labels");
        Created = Fields.Time(metadata, "creationTimestamp") ?? DateTimeOffset.UnixEpoch;
        JsonObject? controller = Metadata.OwnerReferences(item).FirstOrDefault(owner => Fields.Flag(owner, "controller"));
        if (controller is not null)
            Controller = new ControllerLink(Metadata.Text(controller, "apiVersion"), Metadata.Text(controller, "kind"), Metadata.Text(controller, "name"), Metadata.Text(controller, "uid"));
    }

    public string Key { get; }

    public string Namespace { get; }

    public string Name { get; }

    public string Uid { get; }

    public long Revision { get; }

    /// <summary>Is marked for deletion.</summary>
    public bool Terminating { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>To the second.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>The owner that controls it; null when none does.</summary>
    public ControllerLink? Controller { get; }
}

/// <summary>The owner reference of an object's controller.</summary>
internal sealed record ControllerLink(string ApiVersion, string Kind, string Name, string Uid)
{
    public string Group => ApiVersion.Contains('/', StringComparison.Ordinal) ? ApiVersion[..ApiVersion.IndexOf('/', StringComparison.Ordinal)] : string.Empty;
}

/// <summary>An object of which controllers need most fields: its tree, for reading alone.</summary>
internal sealed class ItemView(StoredObject stored, JsonObject item) : ObjectView(stored, item)
{
    public JsonObject Item { get; } = item;

    public JsonObject Spec { get; } = Fields.Object(item, "spec");

    public JsonObject Status { get; } = Fields.Object(item, "status");

    public long Generation { get; } = Metadata.Generation(item);

    /// <summary>spec.selector, a label selector.</summary>
    public SelectorMatch Selector { get; } = SelectorMatch.Of(Fields.Object(item, "spec")["selector"] as JsonObject);

    public string Annotation(string key) => Fields.Text(Fields.Object(Item["metadata"], "annotations"), key);
}
