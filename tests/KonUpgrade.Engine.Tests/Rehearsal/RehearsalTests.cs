using System.Diagnostics;
using KonUpgrade.Engine.Tests.Architecture;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Rehearsal;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;
using Spectre.Console;

namespace KonUpgrade.Engine.Tests.Rehearsal;

public sealed class RehearsalTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _shown = new();
    private readonly StringWriter _errors = new();

    private string ExportPath => _folder["export"];

    [Fact]
    public async Task The_program_as_it_is_started_moves_everything_and_ends_with_0()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", House.Assembly("KonUpgrade.Rehearsal"), "--path", ExportPath])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var shown = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, await shown + await errors);
        Assert.Contains("All is as it should be", await shown, StringComparison.Ordinal);
        Assert.Matches(@"nodepools\s+Completed\s+1 made", await shown);
        Assert.Matches(@"soak\s+Completed\s+well .* shop\.example\.com served", await shown);
        // Where nobody watches, there are neither colours nor bars.
        Assert.DoesNotContain("\u001b", await shown, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\d%|\u2501", await shown);
        Assert.True(File.Exists(_folder["export", "k11n.dev", "App", "_cluster", "web.yaml"]));
    }

    [Fact]
    public async Task An_earlier_rehearsal_in_the_directory_is_replaced_and_a_foreign_file_beside_it_stays()
    {
        Assert.Equal(0, await RunToImportAsync());
        _folder.Write(Path.Combine("export", "notes.txt"), "years of work");
        Assert.True(await RunToImportAsync() == 0, $"{_shown}{_errors}");
        Assert.Equal("years of work", await File.ReadAllTextAsync(_folder["export", "notes.txt"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_app_that_green_refuses_is_told_and_the_program_ends_with_1()
    {
        var code = await RunAsync(sandbox => sandbox.Faults.Add(
            new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "create", Resource = "apps", Name = "web", Count = null, Message = "the policy of the house forbids it" }));
        Assert.Equal(1, code);
        Assert.Contains("policy of the house", _shown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodepools", "No pool was made")]
    [InlineData("import", "workloads: ")]
    [InlineData("catch-up", "There was nothing to undo")]
    [InlineData("traffic", "with 5 % of the traffic")]
    [InlineData("soak", "the records of before are back")]
    [InlineData("scale-down-blue", "the test host try.example.com is gone")]
    public async Task A_step_that_is_broken_fails_and_everything_is_taken_back(string step, string words)
    {
        var code = await Program().RunAsync(["--path", ExportPath, "--break", step], TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"{_shown}{_errors}");
        Assert.Contains($"{step} failed, as it was to", _shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("Undone", _shown.ToString(), StringComparison.Ordinal);
        Assert.Contains(words, _shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Kubeflow_moves_with_snapshots_of_its_stores_and_with_Velero()
    {
        var code = await Program().RunAsync(["--path", ExportPath, "--system", "kubeflowaws"], TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"{_shown}{_errors}");
        Assert.Contains("5 recovery points", _shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("none differs", _shown.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["export", "kubeflow.org", "Notebook", "anna", "lab.yaml"]));
    }

    [Fact]
    public async Task A_store_whose_snapshot_fails_keeps_green_from_touching_it()
    {
        var program = Program(sandbox => sandbox.Backup!.Add(new BackupResource("arn:aws:s3:::kf-artifacts") { IsVersioned = false }));
        Assert.Equal(1, await program.RunAsync(["--path", ExportPath, "--system", "KubeflowAws"], TestContext.Current.CancellationToken));
        Assert.Contains("kf-artifacts", _shown.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"import\s+Pending", _shown.ToString());
    }

    [Theory]
    [InlineData("snapshot")]
    [InlineData("trust")]
    [InlineData("restore")]
    public async Task A_Kubeflow_goes_back_whatever_fails(string step)
    {
        var code = await Program().RunAsync(["--path", ExportPath, "--system", "KubeflowAws", "--break", step], TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"{_shown}{_errors}");
        Assert.Contains($"{step} failed, as it was to", _shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Kubermatic_is_upgraded_in_its_place_with_the_installer_played()
    {
        var report = _folder["report.html"];
        // An earlier rehearsal's exports are replaced.
        for (var again = 0; again < 2; again++)
        {
            var code = await Program().RunAsync(["--path", ExportPath, "--system", "kubermatic", "--report", report], TestContext.Current.CancellationToken);
            Assert.True(code == 0, $"{_shown}{_errors}");
        }

        Assert.Contains("was overwritten", _shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("all 12 user clusters of 2 seeds are reconciled", _shown.ToString(), StringComparison.Ordinal);
        Assert.True(File.Exists(_folder["export", "seed-eu", "kubermatic.k8c.io", "Cluster", "_cluster", "eu1.yaml"]));
        Assert.Contains("in place", await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("back-up-2-31")]
    [InlineData("install-2-31")]
    [InlineData("unlimit-2-31")]
    public async Task A_Kubermatic_gets_its_limit_back_whatever_fails(string step)
    {
        var code = await Program().RunAsync(["--path", ExportPath, "--system", "Kubermatic", "--break", step], TestContext.Current.CancellationToken);
        Assert.True(code == 0, $"{_shown}{_errors}");
        Assert.Contains($"{step} failed, as it was to", _shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_nobody_knows_can_not_be_broken()
    {
        Assert.Equal(1, await Program().RunAsync(["--path", ExportPath, "--break", "everything"], TestContext.Current.CancellationToken));
        Assert.Contains("'everything' is no step that can be broken: nodepools, export, import", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_nobody_foresaw_ends_as_a_message_and_1()
    {
        Assert.Equal(1, await RunAsync(_ => throw new NotSupportedException("the ladder is too short")));
        Assert.Contains("the ladder is too short", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thesis.txt", "years of work")]
    [InlineData("export.yaml", "name: somebody's own")]
    [InlineData("sub/folder/file", "")]
    [InlineData("files.jsonl", "{}")]
    public async Task A_directory_with_anything_else_in_it_is_left_as_it_is(string file, string text)
    {
        _folder.Write(Path.Combine("export", file), text);
        Assert.Equal(1, await RunAsync());
        Assert.Equal(new Dictionary<string, string> { ["export/" + file] = text }, _folder.Files());
        Assert.Contains(ExportPath, _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Konstellation", "import", "Kubermatic")]
    [InlineData("Kubermatic", "limit-2-31", "KubeflowAws")]
    [InlineData("Konstellation", "import", "KubeflowAws")]
    public async Task The_export_of_another_system_is_left_as_it_is_and_no_cluster_is_begun(string first, string step, string second)
    {
        Assert.Equal(0, await Program().RunAsync(["--path", ExportPath, "--system", first, "--break", step], TestContext.Current.CancellationToken));
        var before = _folder.Files();
        Assert.Equal(1, await Program().RunAsync(["--path", ExportPath, "--system", second], TestContext.Current.CancellationToken));
        Assert.Equal(before, _folder.Files());
        Assert.StartsWith("DirectoryInUse", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_system_has_a_directory_of_its_own()
    {
        Assert.EndsWith(Path.Combine("artifacts", "rehearsal", "KubeflowAws"), RehearsalOptions.Parse(["--system", "KubeflowAws"]).Path, StringComparison.Ordinal);
        Assert.EndsWith(Path.Combine("artifacts", "rehearsal", "Konstellation"), RehearsalOptions.Parse([]).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_export_of_another_cluster_is_left_as_it_is()
    {
        Assert.Equal(0, await RunToImportAsync());
        var summary = _folder["export", "export.yaml"];
        var text = await File.ReadAllTextAsync(summary, TestContext.Current.CancellationToken);
        var uid = System.Text.RegularExpressions.Regex.Replace(text, "uid: \\S+", "uid: 5b1c7c3e-0000-4000-8000-000000000001");
        Assert.NotEqual(text, uid);
        await File.WriteAllTextAsync(summary, uid, TestContext.Current.CancellationToken);
        var before = _folder.Files();
        Assert.Equal(1, await RunAsync());
        Assert.Equal(before, _folder.Files());
        Assert.Contains("wrong export: OtherExport", _shown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--blue needs a value", "--blue")]
    [InlineData("--blue needs a value", "--blue", "--green", "1.34")]
    [InlineData("'--colour' is not known", "--colour", "red")]
    [InlineData("'1.33' is not known", "--blue", "1.32", "1.33")]
    [InlineData("'Openshift' is no system that can be rehearsed", "--system", "Openshift")]
    public async Task A_wrong_argument_is_named_and_ends_with_2(string words, params string[] args)
    {
        Assert.Equal(2, await Program().RunAsync(args, TestContext.Current.CancellationToken));
        Assert.Contains(words, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_not_simulated_is_told_and_ends_with_1()
    {
        Assert.Equal(1, await Program().RunAsync(["--path", ExportPath, "--blue", "1.99"], TestContext.Current.CancellationToken));
        Assert.Contains("1.99", _errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _shown.Dispose();
        _errors.Dispose();
    }

    private Task<int> RunAsync(Action<SandboxHost>? whenFurnished = null) =>
        Program(whenFurnished).RunAsync(["--path", ExportPath], TestContext.Current.CancellationToken);

    // Exported, and taken back: what comes after is not looked at.
    private Task<int> RunToImportAsync() =>
        Program().RunAsync(["--path", ExportPath, "--break", "import"], TestContext.Current.CancellationToken);

    private CommandLine Program(Action<SandboxHost>? whenFurnished = null)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_shown) });
        console.Profile.Width = 200;
        return new CommandLine(console, _errors) { WhenFurnished = whenFurnished };
    }
}
