using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace KonUpgrade.Loading;

/// <summary>
/// The private context that holds the engine and every third-party assembly of the module, so that other modules in
/// the same session can bring other versions of the same libraries.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private const string EngineName = "KonUpgrade.Engine";

    // What both sides of the border speak of must be one and the same assembly.
    private static readonly Assembly Model = typeof(Model.Failure).Assembly;
    private static readonly string ModelName = Model.GetName().Name!;

    private static readonly Lazy<EngineLoadContext> Shared = new(static () => new EngineLoadContext(DependenciesPath));

    private readonly AssemblyDependencyResolver _resolver;
    private readonly string? _compiled;

    private EngineLoadContext(string dependencies)
        : base("KonUpgrade.Engine")
    {
        _resolver = new AssemblyDependencyResolver(Path.Combine(dependencies, EngineName + ".dll"));
        _compiled = CompiledPath(dependencies);
    }

    private static string DependenciesPath =>
        Path.Combine(Path.GetDirectoryName(typeof(EngineLoadContext).Assembly.Location)!, "Dependencies");

    /// <summary>Answers the default context when it looks for the engine, and for nothing else.</summary>
    public static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == EngineName ? Shared.Value.LoadFromAssemblyName(name) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == ModelName)
            return Model;
        if (_resolver.ResolveAssemblyToPath(assemblyName) is not { } path)
            return null;
        if (_compiled is not null && Path.Combine(_compiled, Path.GetFileName(path)) is var compiled && File.Exists(compiled))
            path = compiled;
        return LoadFromAssemblyPath(path);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    // Images compiled ahead of time are of one platform and one major version of .NET; the plain ones beside them run
    // everywhere.
    private static string? CompiledPath(string dependencies)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        var path = Path.Combine(dependencies, "linux-x64", $"net{Environment.Version.Major}.0");
        return Directory.Exists(path) ? path : null;
    }
}
