using System.Diagnostics;
using System.Text.Json;

namespace KonUpgrade.Engine.Tests.Module;

/// <summary>One run of the module's own tests, in a real PowerShell; what came of each file.</summary>
public sealed class PesterRun : IAsyncLifetime
{
    private const int Sessions = 3;

    // What hangs is found; a machine that is busy is borne.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(40);
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private Dictionary<string, PesterFile> _files = [];

    /// <summary>Why nothing was run, or null.</summary>
    public string? SkipReason { get; private set; }

    /// <summary>What the run itself said, for files that it tells nothing about.</summary>
    public string Words { get; private set; } = "";

    /// <summary>The PowerShell to take, or null for the one of this machine.</summary>
    internal string? Program { get; init; }

    internal static string Folder => Path.Combine(Root, "tests", "Pester");

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "KonUpgrade.sln")))
                folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests are not in the project's tree.");
            return folder;
        }
    }

    public async ValueTask InitializeAsync()
    {
        const string Needed = "needs PowerShell 7.4 or later: pwsh on the PATH, or its path in KONUPGRADE_PWSH";
        if ((Program ?? FindPwsh()) is not { } pwsh)
        {
            SkipReason = Needed;
            return;
        }
        if (await VersionAsync(pwsh) is not { } version || version < new Version(7, 4))
        {
            SkipReason = $"{Needed}; {pwsh} is not one";
            return;
        }
        if (!await HasPesterAsync(pwsh))
        {
            SkipReason = $"needs Pester 5.3 or later as a module of {pwsh}";
            return;
        }
        var folder = Directory.CreateTempSubdirectory("konupgrade-pester-").FullName;
        try
        {
            var ends = await Task.WhenAll(Shares().Select((files, number) => RunAsync(pwsh, files, Path.Combine(folder, $"result-{number}.json"))));
            _files = ends.SelectMany(end => end.Files).ToDictionary(file => file.File);
            Words = string.Join('\n', ends.Select(end => end.Words));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Some sessions at once, each with about as many tests: one after another they would be left over when all else is done.
    // They mostly wait, for programs that they start and for simulated time.
    private static IReadOnlyList<string>[] Shares() =>
        [.. Directory.GetFiles(Folder, "*.Tests.ps1").OrderByDescending(file => new FileInfo(file).Length).Select(file => Path.GetFileName(file)).Index()
            .GroupBy(one => one.Index % Sessions, one => one.Item).Select(share => share.ToList())];

    private static async Task<(IReadOnlyList<PesterFile> Files, string Words)> RunAsync(string pwsh, IReadOnlyList<string> files, string result)
    {
        var (_, words) = await RunAsync(pwsh, "-File", Path.Combine(Folder, "Invoke-ModuleTests.ps1"), "-ResultPath", result, "-Name", string.Join(',', files));
        return (File.Exists(result) ? JsonSerializer.Deserialize<PesterFile[]>(await File.ReadAllTextAsync(result), Format)! : [], words);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal PesterFile? Of(string file) => _files.GetValueOrDefault(file);

    private static string? FindPwsh()
    {
        if (Environment.GetEnvironmentVariable("KONUPGRADE_PWSH") is { Length: > 0 } named)
            return named;
        var program = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
    }

    // Null for what cannot be started, or does not say: it is no PowerShell that the module could be tested in.
    private static async Task<Version?> VersionAsync(string pwsh)
    {
        try
        {
            var (code, words) = await RunAsync(pwsh, "-Command", "\"$($PSVersionTable.PSVersion.Major).$($PSVersionTable.PSVersion.Minor)\"");
            return code == 0 && Version.TryParse(words.Trim(), out var version) ? version : null;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private static async Task<bool> HasPesterAsync(string pwsh)
    {
        var (code, _) = await RunAsync(pwsh, "-Command", "if (-not (Get-Module -ListAvailable Pester | Where-Object Version -ge 5.3)) { exit 3 }");
        return code == 0;
    }

    private static async Task<(int Code, string Words)> RunAsync(string pwsh, params string[] arguments)
    {
        var start = new ProcessStartInfo(pwsh) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Root };
        foreach (var argument in (string[])["-NoProfile", "-NonInteractive", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["NO_COLOR"] = "1";
        // As of these tests themselves: sandboxes and sessions live for seconds.
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"pwsh took longer than {Patience}.");
        }
    }
}

/// <summary>What came of one file of tests.</summary>
internal sealed record PesterFile(string File, int Passed, PesterTest[] Failed, PesterTest[] Skipped, string? Broken);

/// <summary>A test that failed or was skipped.</summary>
internal sealed record PesterTest(string Name, string Message);
