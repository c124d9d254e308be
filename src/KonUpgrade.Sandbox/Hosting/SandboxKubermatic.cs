using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Kubermatic;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>A simulated Kubermatic that works: its operator, and the controllers of its seeds.</summary>
public sealed class SandboxKubermatic
{
    private readonly KubermaticLoop _loop;

    internal SandboxKubermatic(KubermaticLoop loop) => _loop = loop;

    /// <summary>The most user clusters that a seed has had in progress at once.</summary>
    /// <param name="seed">The Seed's name.</param>
    public int MostAtOnce(string seed) => _loop.MostAtOnce(seed);

    /// <summary>
    /// What kubermatic-installer does: it puts another operator in, and writes the KubermaticConfiguration as its file has
    /// it, whatever was there. The operator brings the version to the master and to the seeds.
    /// </summary>
    /// <param name="version">The version, such as <c>v2.31.0</c>.</param>
    /// <param name="seedController">What the file has under <c>spec.seedController</c>, as JSON; null for nothing.</param>
    public void Install(string version, string? seedController = null) =>
        _loop.Install(version, seedController is null ? null : JsonTree.ParseObject(System.Text.Encoding.UTF8.GetBytes(seedController)));
}
