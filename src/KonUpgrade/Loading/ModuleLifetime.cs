using System.Management.Automation;
using System.Runtime.Loader;

namespace KonUpgrade.Loading;

/// <summary>Ties the engine's private load context to the module's life in a session.</summary>
/// <remarks>Each import in each runspace adds the handler once, and each removal takes one away.</remarks>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Called by PowerShell when the module is imported. Does no work but to say where the engine is.</summary>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += EngineLoadContext.Resolve;

    /// <summary>Called by PowerShell when the module is removed.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= EngineLoadContext.Resolve;
}
