namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>A type of machine.</summary>
/// <param name="Name">Such as m5.large.</param>
/// <param name="Cpu">Its processors.</param>
/// <param name="MemoryGiB">Its memory.</param>
/// <param name="Pods">The addresses that it has for Pods.</param>
/// <param name="Architecture">amd64 or arm64.</param>
internal sealed record InstanceType(string Name, int Cpu, int MemoryGiB, int Pods, string Architecture = "amd64")
{
    // The numbers of Pods are those of the VPC network plugin: interfaces × (addresses − 1) + 2.
    private static readonly Dictionary<string, InstanceType> All = new InstanceType[]
    {
        new("t3.small", 2, 2, 11), new("t3.medium", 2, 4, 17), new("t3.large", 2, 8, 35), new("t3.xlarge", 4, 16, 58), new("t3.2xlarge", 8, 32, 58),
        new("t3a.medium", 2, 4, 17), new("t3a.large", 2, 8, 35), new("t3a.xlarge", 4, 16, 58),
        new("m5.large", 2, 8, 29), new("m5.xlarge", 4, 16, 58), new("m5.2xlarge", 8, 32, 58), new("m5.4xlarge", 16, 64, 234),
        new("m5a.large", 2, 8, 29), new("m5a.xlarge", 4, 16, 58), new("m5a.2xlarge", 8, 32, 58),
        new("m6i.large", 2, 8, 29), new("m6i.xlarge", 4, 16, 58), new("m6i.2xlarge", 8, 32, 58), new("m6i.4xlarge", 16, 64, 234),
        new("m7i.large", 2, 8, 29), new("m7i.xlarge", 4, 16, 58), new("m7i.2xlarge", 8, 32, 58),
        new("c5.large", 2, 4, 29), new("c5.xlarge", 4, 8, 58), new("c5.2xlarge", 8, 16, 58), new("c6i.large", 2, 4, 29), new("c6i.xlarge", 4, 8, 58),
        new("r5.large", 2, 16, 29), new("r5.xlarge", 4, 32, 58), new("r5.2xlarge", 8, 64, 58), new("r6i.large", 2, 16, 29),
        new("p3.2xlarge", 8, 61, 58), new("g4dn.xlarge", 4, 16, 29), new("g5.xlarge", 4, 16, 58),
        new("t4g.medium", 2, 4, 17, "arm64"), new("t4g.large", 2, 8, 35, "arm64"), new("m6g.large", 2, 8, 29, "arm64"), new("m6g.xlarge", 4, 16, 58, "arm64"),
        new("m7g.large", 2, 8, 29, "arm64"), new("m7g.xlarge", 4, 16, 58, "arm64"), new("c7g.large", 2, 4, 29, "arm64"),
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);

    public static InstanceType? Find(string name) => All.GetValueOrDefault(name);
}
