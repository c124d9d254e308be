using System.Text.RegularExpressions;
using Mono.Cecil;

namespace KonUpgrade.Engine.Tests.Architecture;

public sealed partial class ArchitectureTests
{
    public static TheoryData<string> Parts => [.. House.Floors.Keys];

    [Theory]
    [MemberData(nameof(Parts))]
    public void An_engine_folder_uses_only_folders_below_its_own_floor(string part)
    {
        using var engine = House.Read(typeof(Engine.Kubernetes.KubernetesObject).Assembly.Location);
        var climbs =
            from type in House.AllTypes(engine)
            let folder = House.FolderOf(part, type.FullName)
            where folder is not null
            from used in House.Uses(type)
            let other = House.FolderOf(part, used.FullName)
            where other is not null && other != folder && House.FloorOf(part, other) <= House.FloorOf(part, folder)
            select $"{type.FullName} ({folder}) uses {used.FullName} ({other})";
        Assert.Empty(climbs.Distinct());
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public void Every_engine_folder_has_a_floor(string part)
    {
        using var engine = House.Read(typeof(Engine.Kubernetes.KubernetesObject).Assembly.Location);
        var folders = House.AllTypes(engine).Select(t => House.FolderOf(part, t.FullName)).OfType<string>().Distinct().ToList();
        Assert.NotEmpty(folders);
        Assert.All(folders, f => Assert.True(House.FloorOf(part, f) >= 0, $"{part}{f} has no floor."));
    }

    [Fact]
    public void The_engine_knows_no_PowerShell()
    {
        using var engine = House.Read(typeof(Engine.Kubernetes.KubernetesObject).Assembly.Location);
        Assert.DoesNotContain(engine.AssemblyReferences, r => r.Name is "System.Management.Automation" or "KonUpgrade");
    }

    [Fact]
    public void The_model_depends_on_nothing()
    {
        using var model = House.Read(typeof(Model.Failure).Assembly.Location);
        Assert.DoesNotContain(model.AssemblyReferences, r => !r.Name.StartsWith("System.", StringComparison.Ordinal) || r.Name == "System.Management.Automation");
    }

    [Fact]
    public void The_sandbox_shares_no_code_with_the_engine()
    {
        using var sandbox = House.Read(House.Assembly("KonUpgrade.Sandbox"));
        Assert.DoesNotContain(sandbox.AssemblyReferences, r => r.Name.StartsWith("KonUpgrade", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_of_the_sandbox_uses_only_folders_below_its_own_floor()
    {
        using var sandbox = House.Read(House.Assembly("KonUpgrade.Sandbox"));
        var types = House.AllTypes(sandbox).Select(type => (Type: type, Folder: House.SandboxFolderOf(type.FullName))).Where(each => each.Folder is not null).ToList();
        Assert.All(types.Select(each => each.Folder!).Distinct(), folder => Assert.True(House.FloorOf(House.SandboxFloors, folder) >= 0, $"{folder} has no floor."));
        var climbs =
            from each in types
            from used in House.Uses(each.Type)
            let other = House.SandboxFolderOf(used.FullName)
            where other is not null && other != each.Folder && House.FloorOf(House.SandboxFloors, other) <= House.FloorOf(House.SandboxFloors, each.Folder!)
            select $"{each.Type.FullName} ({each.Folder}) uses {used.FullName} ({other})";
        Assert.Empty(climbs.Distinct());
    }

    [Fact]
    public void The_face_shows_no_type_of_the_engine_or_of_a_third_party()
    {
        using var face = House.Read(House.Assembly("KonUpgrade"));
        var shown =
            from type in House.AllTypes(face)
            where type.IsPublic || type.IsNestedPublic
            from used in Surface(type).SelectMany(House.Unwrap)
            where !IsAllowedOnTheSurface(used)
            select $"{type.FullName} shows {used.FullName}";
        Assert.Empty(shown.Distinct());
    }

    [Fact]
    public void A_namespace_is_its_folder()
    {
        var strays =
            from file in Directory.EnumerateFiles(Path.Combine(House.Root, "src"), "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(Path.Combine(House.Root, "src"), file).Replace('\\', '/')
            where !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal)
            let declared = NamespaceDeclaration().Match(File.ReadAllText(file))
            where declared.Success
            let folder = relative[..relative.LastIndexOf('/')].Replace('/', '.')
            where declared.Groups[1].Value != folder
            select $"{relative} declares {declared.Groups[1].Value}";
        Assert.Empty(strays);
    }

    private static IEnumerable<TypeReference> Surface(TypeDefinition type)
    {
        IEnumerable<TypeReference?> seen =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.Properties.Where(p => IsPublic(p.GetMethod) || IsPublic(p.SetMethod)).Select(p => p.PropertyType),
            .. type.Methods.Where(IsPublic).SelectMany(m => m.Parameters.Select(p => p.ParameterType).Append(m.ReturnType)),
        ];
        return seen.OfType<TypeReference>();
    }

    private static bool IsPublic(MethodDefinition? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static bool IsAllowedOnTheSurface(TypeReference type)
    {
        if (type.IsGenericParameter)
            return true;
        var assembly = type.Scope is ModuleDefinition ? "KonUpgrade" : type.Scope.Name;
        return assembly is "KonUpgrade" or "KonUpgrade.Model" or "netstandard" or "mscorlib" || assembly.StartsWith("System", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();
}
