namespace KonUpgrade.Sandbox;

/// <summary>Finds the dotnet program that can run the sandbox: one with the ASP.NET Core runtime beside it.</summary>
internal static class DotnetHost
{
    private const int OldestMajor = 8;

    private static string ProgramName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <summary>The program's path.</summary>
    /// <param name="candidates">Where a dotnet may be; null for the places of this machine.</param>
    /// <exception cref="UpgradeException">AspNetCoreRuntimeMissing: no dotnet has the runtime; the failure says how to get it.</exception>
    public static string Find(IEnumerable<string>? candidates = null)
    {
        var seen = (candidates ?? Candidates()).Where(File.Exists).Distinct(StringComparer.Ordinal).ToList();
        return seen.FirstOrDefault(HasAspNetCore) ?? throw new UpgradeException(new Failure
        {
            Id = "AspNetCoreRuntimeMissing",
            Kind = FailureKind.NotInstalled,
            Message = seen.Count == 0
                ? "The sandbox is a program on ASP.NET Core, and no dotnet program was found on this machine."
                : $"The sandbox is a program on ASP.NET Core {OldestMajor} or later, and {string.Join(" and ", seen)} has no such runtime.",
            Recommendation = $"Install the ASP.NET Core runtime {OldestMajor} or later (https://dotnet.microsoft.com/download), and where it is in a place of its own, set DOTNET_ROOT to its directory. Everything else of the module works without it.",
        });
    }

    private static IEnumerable<string> Candidates()
    {
        foreach (var variable in new[] { "DOTNET_ROOT_" + System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant(), "DOTNET_ROOT" })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } root)
                yield return Path.Combine(root, ProgramName);
        }

        if (Environment.ProcessPath is { } self && Path.GetFileName(self) == ProgramName)
            yield return self;

        // PowerShell on a shared runtime: <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
        if (Ancestor(typeof(object).Assembly.Location, levels: 4) is { } shared)
            yield return Path.Combine(shared, ProgramName);

        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var program = Path.Combine(directory, ProgramName);
            // On many systems it is a link, and the runtimes are beside what it leads to.
            if (File.Exists(program))
                yield return File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
        }

        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet", ProgramName);
        }
        else
        {
            foreach (var root in new[] { "/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "/opt/homebrew/opt/dotnet/libexec" })
                yield return Path.Combine(root, ProgramName);
        }
    }

    private static bool HasAspNetCore(string program)
    {
        var runtimes = Path.Combine(Path.GetDirectoryName(program)!, "shared", "Microsoft.AspNetCore.App");
        return Directory.Exists(runtimes) && Directory.EnumerateDirectories(runtimes).Any(static version =>
            Version.TryParse(Path.GetFileName(version).Split('-')[0], out var number) && number.Major >= OldestMajor);
    }

    private static string? Ancestor(string path, int levels)
    {
        for (var level = 0; level < levels && path is { Length: > 0 }; level++)
            path = Path.GetDirectoryName(path) ?? "";
        return path.Length > 0 ? path : null;
    }
}
