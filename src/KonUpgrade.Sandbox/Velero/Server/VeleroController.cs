using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Velero.Server;

/// <summary>What a server does about the objects of one kind. For the loop alone.</summary>
internal abstract class VeleroController(VeleroServer server, string plural)
{
    public string Plural { get; } = plural;

    protected VeleroServer Server { get; } = server;

    protected VeleroObjects Objects => Server.Objects;

    protected VeleroRegion Region => Server.Region;

    /// <summary>An object is there, or has changed.</summary>
    public abstract void Look(JsonObject item);

    /// <summary>The server begins to work; what an earlier one was at is nobody's any more.</summary>
    public virtual void Begin()
    {
    }

    /// <summary>The server does not work any more.</summary>
    public virtual void End()
    {
    }

    /// <summary>Looks at all that is there.</summary>
    protected void LookAtAll()
    {
        foreach (JsonObject item in Objects.All(Plural)) Look(item);
    }
}
