using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class ExportCommitTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ExportCommitTests()
    {
        _folder.Write("core/ConfigMap/shop/a.yaml", "old a");
        _folder.Write("core/ConfigMap/shop/b.yaml", "old b");
        _folder.Write("core/Service/shop/c.yaml", "old c");
        _folder.Write("files.jsonl", "old");
        _folder.Write(".konupgrade/staging/objects/core/ConfigMap/shop/a.yaml", "new a");
        _folder.Write(".konupgrade/staging/objects/core/ConfigMap/shop/d.yaml", "new d");
        _folder.Write(".konupgrade/staging/objects/apps/Deployment/shop/e.yaml", "new e");
        _folder.Write(".konupgrade/staging/records/files.jsonl", "new");
        _folder.Write(".konupgrade/staging/removed.txt", "core/Service/shop/c.yaml\n../outside\n");
    }

    private static readonly string[] s_old = ["core/ConfigMap/shop/a.yaml=old a", "core/ConfigMap/shop/b.yaml=old b", "core/Service/shop/c.yaml=old c", "files.jsonl=old"];
    private static readonly string[] s_new = ["apps/Deployment/shop/e.yaml=new e", "core/ConfigMap/shop/a.yaml=new a", "core/ConfigMap/shop/b.yaml=old b", "core/ConfigMap/shop/d.yaml=new d", "files.jsonl=new"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_record_what_was_staged_is_dropped()
    {
        ExportCommit.Settle(_folder.Path);
        Assert.Equal(s_old, Content());

        ExportCommit.Finish(_folder.Path);

        Assert.Equal(s_old, Content());
        Assert.False(Directory.Exists(ExportCommit.StagingPath(_folder.Path)));
    }

    [Fact]
    public async Task With_a_record_the_next_reader_finishes_the_move()
    {
        await ExportCommit.DecideAsync(_folder.Path, Token);

        ExportCommit.Settle(_folder.Path);

        Assert.Equal(s_new, Content());
        Assert.False(ExportCommit.IsPending(_folder.Path));
        Assert.False(Directory.Exists(_folder["core", "Service"]));
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("one object")]
    [InlineData("one folder")]
    [InlineData("records")]
    [InlineData("everything")]
    public async Task A_kill_in_the_middle_of_the_move_is_finished_from_there(string moved)
    {
        await ExportCommit.DecideAsync(_folder.Path, Token);
        File.Delete(_folder["core/Service/shop/c.yaml"]);
        if (moved != "removed")
            File.Move(_folder[".konupgrade/staging/objects/core/ConfigMap/shop/a.yaml"], _folder["core/ConfigMap/shop/a.yaml"], overwrite: true);
        if (moved is "one folder" or "records" or "everything")
            Directory.Move(_folder[".konupgrade/staging/objects/apps"], _folder["apps"]);
        if (moved is "records" or "everything")
        {
            File.Move(_folder[".konupgrade/staging/objects/core/ConfigMap/shop/d.yaml"], _folder["core/ConfigMap/shop/d.yaml"]);
            File.Move(_folder[".konupgrade/staging/records/files.jsonl"], _folder["files.jsonl"], overwrite: true);
        }

        if (moved == "everything")
            Directory.Delete(ExportCommit.StagingPath(_folder.Path), recursive: true);

        ExportCommit.Settle(_folder.Path);

        Assert.Equal(s_new, Content());
        Assert.False(ExportCommit.IsPending(_folder.Path));
    }

    [Fact]
    public async Task While_another_process_moves_a_reader_is_told_to_wait()
    {
        await ExportCommit.DecideAsync(_folder.Path, Token);
        using (ExportCommit.Lock(_folder.Path))
            Assert.Equal("DirectoryBusy", Assert.Throws<UpgradeException>(() => ExportCommit.Settle(_folder.Path)).Failure.Id);

        ExportCommit.Settle(_folder.Path);
        Assert.Equal(s_new, Content());
    }

    [Fact]
    public async Task A_move_never_goes_through_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links need rights there.");
        using var outside = new TempFolder();
        await ExportCommit.DecideAsync(_folder.Path, Token);
        Directory.Move(_folder["core"], outside["core"]);
        Directory.CreateSymbolicLink(_folder["core"], outside["core"]);

        Assert.Equal("SymbolicLink", Assert.Throws<UpgradeException>(() => ExportCommit.Settle(_folder.Path)).Failure.Id);
        Assert.Equal("old a", await File.ReadAllTextAsync(outside["core/ConfigMap/shop/a.yaml"], Token));
        Assert.True(File.Exists(outside["core/Service/shop/c.yaml"]));
    }

    private string[] Content() => [.. _folder.Files().Select(file => $"{file.Key}={file.Value}")];
}
