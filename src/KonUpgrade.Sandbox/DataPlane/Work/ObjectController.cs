using KonUpgrade.Sandbox.DataPlane.Caches;

namespace KonUpgrade.Sandbox.DataPlane.Work;

/// <summary>A controller of the objects of one kind: it looks at each that is there, and again when one comes or changes.</summary>
internal abstract class ObjectController : Controller
{
    protected ObjectController(PlaneContext plane, ObjectCache<ItemView> objects)
        : base(plane)
    {
        Objects = objects;
        objects.Changed += (_, after) =>
        {
            if (after is not null) Enqueue(after.Key);
        };
    }

    /// <summary>What it is the controller of.</summary>
    protected ObjectCache<ItemView> Objects { get; }

    public override void EnqueueAll()
    {
        foreach (ItemView item in Objects.All) Enqueue(item.Key);
    }
}
