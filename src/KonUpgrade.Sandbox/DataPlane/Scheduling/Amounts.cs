using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.DataPlane.Scheduling;

/// <summary>What nodes have and Pods ask for.</summary>
/// <param name="MilliCpu">Thousandths of a CPU.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Pods">How many Pods.</param>
internal readonly record struct Amounts(long MilliCpu, long Memory, long Pods)
{
    public static Amounts operator +(Amounts left, Amounts right) => new(left.MilliCpu + right.MilliCpu, left.Memory + right.Memory, left.Pods + right.Pods);

    public static Amounts operator -(Amounts left, Amounts right) => new(left.MilliCpu - right.MilliCpu, left.Memory - right.Memory, left.Pods - right.Pods);

    /// <summary>Reads a list of resources by name.</summary>
    public static Amounts Of(JsonObject resources) => new(
        (long)Math.Ceiling((Quantity.Value(resources["cpu"]) ?? 0) * 1000),
        (long)Math.Ceiling(Quantity.Value(resources["memory"]) ?? 0),
        (long)(Quantity.Value(resources["pods"]) ?? 0));

    /// <summary>The greater of each.</summary>
    public Amounts Max(Amounts other) => new(Math.Max(MilliCpu, other.MilliCpu), Math.Max(Memory, other.Memory), Math.Max(Pods, other.Pods));
}
