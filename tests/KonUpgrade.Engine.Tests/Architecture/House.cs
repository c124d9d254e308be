using Mono.Cecil;

namespace KonUpgrade.Engine.Tests.Architecture;

/// <summary>The house as it was built: the assemblies, and which type uses which.</summary>
internal static class House
{
    private const string EngineNamespace = "KonUpgrade.Engine.";
    private const string SandboxNamespace = "KonUpgrade.Sandbox.";

    /// <summary>
    /// The engine's folders, and those within some of them, from the top floor to the ground; those of one floor do not use
    /// each other. What lies in a folder itself, beside its folders, is on the floor without a name.
    /// </summary>
    public static IReadOnlyDictionary<string, string[][]> Floors { get; } = new Dictionary<string, string[][]>
    {
        [""] =
        [
            ["Upgrades"],
            ["Systems"],
            ["Readiness"],
            ["Configuration", "Nodepools", "Snapshots", "Velero", "Traffic", "Trust"],
            ["Workloads", "Manifests", "ApiVersions"],
            ["Connections"],
            ["Kubernetes", "Aws", "Processes"],
            ["Foundation"],
        ],
        ["Configuration."] =
        [
            ["Reading", "Exporting", "Comparing", "Converting", "Importing", "Removing"],
            ["Selecting"],
            ["Cleaning", "Systems", "Keeping"],
        ],
        ["Configuration.Importing."] =
        [
            [""],
            ["Objects"],
            ["Planning"],
            ["Holding"],
            ["Target"],
            ["Items"],
        ],
        ["Manifests."] =
        [
            ["Objects"],
            ["Rules", "Comparison"],
            ["Descriptions"],
            ["Directories"],
            ["Ordering", "Writing", ""],
        ],
        ["ApiVersions."] =
        [
            [""],
            ["Conversions", "Lifecycle"],
            ["CustomResourceDefinitions", "Schemas"],
        ],
        ["Systems."] =
        [
            [""],
            ["Konstellation", "Kubeflow", "Kubermatic"],
        ],
        ["Systems.Kubermatic."] =
        [
            ["Health"],
            ["Reconciling"],
            [""],
        ],
        ["Aws."] =
        [
            ["Eks", "Backup", "Iam", "Tagging", "Rds", "Route53", "Elb"],
            ["Json11"],
            ["Query", "RestJson", "RestXml", "S3", "Sts"],
            [""],
        ],
        ["Foundation."] =
        [
            ["Yaml", "Sealing"],
            ["Json", "Files", "Streams", "Texts", "Retry"],
        ],
        ["Nodepools."] =
        [
            ["Changing", "Moving"],
            ["Draining", "Providers", "Waiting"],
            ["Pods"],
            ["Nodes"],
            ["Places"],
            [""],
        ],
        ["Nodepools.Draining."] =
        [
            [""],
            ["Running"],
            ["Planning"],
            ["Filters"],
        ],
        ["Snapshots."] =
        [
            ["Restoring", "Finding", "Checking"],
            [""],
        ],
        ["Velero."] =
        [
            [""],
            ["Server", "Results"],
            ["Objects"],
        ],
        ["Readiness."] =
        [
            ["Upgrading", "Comparing"],
            ["Health", "Deprecations"],
            ["Surveys"],
            [""],
        ],
        ["Upgrades."] =
        [
            ["Reports"],
            [""],
            ["Steps"],
            ["Details"],
            ["Running"],
            ["Journals", "Plans"],
        ],
    };

    /// <summary>
    /// The sandbox's folders from the top floor to the ground. Its cluster is one part of three: the server, what kinds do by
    /// themselves, and the data plane know each other through the cluster that has them.
    /// </summary>
    public static string[][] SandboxFloors { get; } =
    [
        ["Hosting"],
        ["Eks", "Backup", "Dns", "Balancing", "Velero", "Kubeflow", "Konstellation", "Kubermatic"],
        ["Iam"],
        ["Aws"],
        ["Cluster"],
        ["Access", "Faults"],
        ["Requests", "Schemas"],
        ["Storage"],
        [""],
    ];

    private static readonly string[] s_sandboxCluster = ["Api", "Behaviors", "DataPlane"];

    /// <summary>The folder of the sandbox that a type belongs to, or null for what is not of it.</summary>
    public static string? SandboxFolderOf(string fullName) =>
        FolderIn(SandboxNamespace, fullName) is { } folder ? s_sandboxCluster.Contains(folder) ? "Cluster" : folder : null;

    /// <summary>The repository's root: the folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    public static ModuleDefinition Read(string assemblyFile)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(assemblyFile))!;
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(folder);
        return ModuleDefinition.ReadModule(assemblyFile, new ReaderParameters { AssemblyResolver = resolver });
    }

    /// <summary>The assembly of a project under src, as the running configuration built it.</summary>
    public static string Assembly(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var file = Path.Combine(Root, "src", project, "bin", configuration, "net8.0", project + ".dll");
        Assert.True(File.Exists(file), $"{file} is not there: build the solution first.");
        return file;
    }

    /// <summary>The folder of a part of the engine that a type belongs to, or null for what is not of that part.</summary>
    /// <param name="part">The engine ("") or one of its folders, with a dot at its end.</param>
    /// <param name="fullName">The type.</param>
    public static string? FolderOf(string part, string fullName) => FolderIn(EngineNamespace + part, fullName);

    public static int FloorOf(string part, string folder) => FloorOf(Floors[part], folder);

    public static int FloorOf(string[][] floors, string folder) => Array.FindIndex(floors, floor => floor.Contains(folder));

    public static IEnumerable<TypeDefinition> AllTypes(ModuleDefinition module) => module.Types.SelectMany(WithNested);

    /// <summary>Every type that a type names: in its bases, attributes, members and the bodies of its methods.</summary>
    public static IEnumerable<TypeReference> Uses(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
            .. type.GenericParameters.SelectMany(g => g.Constraints).Select(c => c.ConstraintType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.Properties.Select(p => p.PropertyType),
            .. type.Events.Select(e => e.EventType),
            .. type.Methods.SelectMany(UsesOf),
        ];
        return direct.OfType<TypeReference>().SelectMany(Unwrap);
    }

    public static IEnumerable<TypeReference> Unwrap(TypeReference type)
    {
        switch (type)
        {
            case GenericInstanceType generic:
                return generic.GenericArguments.SelectMany(Unwrap).Append(generic.ElementType);
            case TypeSpecification specification:
                return Unwrap(specification.ElementType);
            default:
                return [type];
        }
    }

    private static string? FolderIn(string space, string fullName)
    {
        if (!fullName.StartsWith(space, StringComparison.Ordinal))
            return null;
        var outermost = fullName[space.Length..].Split('/')[0];
        return outermost.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? outermost[..dot] : "";
    }

    private static IEnumerable<TypeReference?> UsesOf(MethodDefinition method)
    {
        yield return method.ReturnType;
        foreach (var parameter in method.Parameters)
            yield return parameter.ParameterType;
        if (!method.HasBody)
            yield break;
        foreach (var variable in method.Body.Variables)
            yield return variable.VariableType;
        foreach (var instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    yield return type;
                    break;
                case MemberReference member:
                    yield return member.DeclaringType;
                    if (member is GenericInstanceMethod generic)
                    {
                        foreach (var argument in generic.GenericArguments)
                            yield return argument;
                    }

                    break;
            }
        }
    }

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KonUpgrade.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No KonUpgrade.sln above {AppContext.BaseDirectory}.");
    }
}
