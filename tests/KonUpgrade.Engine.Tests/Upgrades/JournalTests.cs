using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "upgrade.jsonl");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_written_is_read_again_and_gone_on_with()
    {
        await WriteAsync(3);
        await using (var journal = await OpenAsync())
        {
            Assert.Equal([1, 2, 3], journal.Records.Select(r => r.Number));
            Assert.Equal(("a", 2, "x\u0001\"ü"), (journal.Records[1].Step, journal.Records[1].Attempt, journal.Records[1].Data!["text"]!.GetValue<string>()));
            Assert.False(journal.WasCutOff);
            await journal.AppendAsync(JournalEvent.StepCompleted, "a", 2);
        }

        await using var again = await OpenAsync();
        Assert.Equal(4, again.Records.Count);
    }

    [Fact]
    public async Task A_journal_that_was_cut_off_anywhere_gives_the_lines_before()
    {
        await WriteAsync(3);
        var whole = await System.IO.File.ReadAllBytesAsync(File, Token);
        var ends = whole.Select((b, i) => (b, i)).Where(p => p.b == '\n').Select(p => p.i + 1).ToList();
        for (var length = 1; length < whole.Length; length++)
        {
            await System.IO.File.WriteAllBytesAsync(File, whole[..length], Token);
            await using (var journal = await OpenAsync())
            {
                Assert.Equal(ends.Count(end => end <= length), journal.Records.Count);
                Assert.Equal(!ends.Contains(length), journal.WasCutOff);
            }

            // What was cut off is gone from the file, so that the next line stands by itself.
            Assert.Equal(ends.Where(end => end <= length).DefaultIfEmpty(0).Max(), new FileInfo(File).Length);
        }
    }

    [Fact]
    public async Task A_last_line_that_the_disk_kept_as_zeros_is_dropped()
    {
        await WriteAsync(2);
        await System.IO.File.AppendAllTextAsync(File, new string('\0', 100) + "\n", Token);
        await using var journal = await OpenAsync();
        Assert.Equal(2, journal.Records.Count);
        Assert.True(journal.WasCutOff);
    }

    [Fact]
    public async Task A_last_line_that_was_edited_is_not_taken_for_one_that_was_cut_off()
    {
        await WriteAsync(2);
        var lines = await System.IO.File.ReadAllLinesAsync(File, Token);
        await RefusedAsync([lines[0], lines[1][..^20]], "JournalEdited", 2);
    }

    [Fact]
    public async Task A_journal_that_was_edited_is_refused_with_the_line()
    {
        await WriteAsync(3);
        var lines = await System.IO.File.ReadAllLinesAsync(File, Token);
        await RefusedAsync([lines[0], lines[1].Replace("ü", "u", StringComparison.Ordinal), lines[2]], "JournalEdited", 2);
        await RefusedAsync([lines[0], lines[2]], "JournalEdited", 2);
        await RefusedAsync([lines[0], lines[2], lines[1]], "JournalEdited", 2);
        await RefusedAsync([lines[0], lines[1], lines[1], lines[2]], "JournalEdited", 3);
        await RefusedAsync([lines[0], lines[1], lines[2].Replace("\"attempt\":2", "\"attempt\":3", StringComparison.Ordinal)], "JournalEdited", 3);
        await RefusedAsync([lines[0], "", lines[1]], "JournalEdited", 2);
    }

    [Theory]
    [InlineData("", "\r\n")]
    [InlineData("\uFEFF", "\n")]
    [InlineData("\uFEFF", "\r\n")]
    public async Task A_journal_that_an_editor_has_saved_is_read_and_gone_on_with(string mark, string end)
    {
        await WriteAsync(3);
        await System.IO.File.WriteAllTextAsync(File, mark + (await System.IO.File.ReadAllTextAsync(File, Token)).Replace("\n", end, StringComparison.Ordinal), new UTF8Encoding(false), Token);
        await using (var journal = await OpenAsync())
        {
            Assert.Equal((3, false), (journal.Records.Count, journal.WasCutOff));
            await journal.AppendAsync(JournalEvent.StepCompleted, "a", 2);
        }

        await System.IO.File.AppendAllTextAsync(File, "{\"n\":5,", Token);
        await using var again = await OpenAsync();
        Assert.Equal((4, true), (again.Records.Count, again.WasCutOff));
    }

    [Theory]
    [InlineData("hello\n")]
    [InlineData("hello")]
    [InlineData("{\"a\":1}\n")]
    [InlineData("{\"n\":2,\"eve")]
    public async Task A_file_that_is_no_journal_is_refused_and_left_as_it_is(string text)
    {
        await System.IO.File.WriteAllTextAsync(File, text, Token);
        Assert.Equal("NotAJournal", (await Assert.ThrowsAsync<UpgradeException>(OpenAsync)).Failure.Id);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File, Token));
    }

    [Fact]
    public async Task A_later_format_is_refused()
    {
        await using (var journal = await OpenAsync(create: true))
            await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = "konupgrade.dev/v2" });
        var failure = (await Assert.ThrowsAsync<UpgradeException>(OpenAsync)).Failure;
        Assert.Equal("UnknownFormat", failure.Id);
        Assert.Contains("konupgrade.dev/v2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_processes_do_not_write_to_one_journal()
    {
        await WriteAsync(1);
        await using var first = await OpenAsync();
        Assert.Equal("JournalBusy", (await Assert.ThrowsAsync<UpgradeException>(OpenAsync)).Failure.Id);
        // Whoever only looks is not kept out.
        await using var looking = await Journal.OpenAsync(FileJournalStore.OpenRead(File), TimeProvider.System, writes: false, Token);
        Assert.Single(looking.Records);
    }

    [Fact]
    public async Task A_lock_that_cannot_be_taken_is_not_told_as_another_process()
    {
        await WriteAsync(1);
        System.IO.File.Delete($"{File}.lock");
        // A socket can't be opened, whoever asks; on a file system that may only be read the lock can't either.
        using var socket = TempFolder.Socket($"{File}.lock");
        var failure = (await Assert.ThrowsAsync<UpgradeException>(OpenAsync)).Failure;
        Assert.Equal(("WriteFailed", $"{File}.lock"), (failure.Id, failure.Target));
    }

    [Fact]
    public async Task Nothing_else_is_written_over_a_journal_or_beside_it()
    {
        await WriteAsync(2);
        var whole = await System.IO.File.ReadAllBytesAsync(File, Token);
        Directory.CreateDirectory(_folder["upgrade.files", "import"]);
        System.IO.File.CreateSymbolicLink(_folder["link"], File);
        foreach (var path in (string[])[File, _folder["link"], $"{File}.lock", _folder["upgrade.files", "plan.yaml"], _folder["upgrade.files", "import", "a.yaml"]])
        {
            var failure = (await Assert.ThrowsAsync<UpgradeException>(() => ReportFile.WriteAsync(UpgradeJournal.InFile(File), UpgradeReportFormat.Html, _ => null, path, Token))).Failure;
            Assert.Equal(("JournalKept", FailureKind.Refused, path), (failure.Id, failure.Kind, failure.Target));
        }

        // Also while an upgrade runs, when it has hardly begun, and after an editor.
        await using (await OpenAsync())
            Assert.Throws<UpgradeException>(() => JournalFile.Spare(File));
        await System.IO.File.WriteAllBytesAsync(File, [], Token);
        Assert.Throws<UpgradeException>(() => JournalFile.Spare(File));
        await System.IO.File.WriteAllBytesAsync(File, [0xEF, 0xBB, 0xBF, .. whole], Token);
        Assert.Throws<UpgradeException>(() => JournalFile.Spare(File));
    }

    [Theory]
    [InlineData("plan.yaml", "apiVersion: konupgrade.dev/v1\n")]
    [InlineData("report.json", "{\n  \"kind\": \"UpgradeReport\"\n}\n")]
    [InlineData("empty", "")]
    [InlineData("some.lock", "")]
    [InlineData("some.files/plan.yaml", "x")]
    [InlineData("absent/upgrade.files/plan.yaml", null)]
    public async Task What_is_no_journal_may_be_written_over(string name, string? text)
    {
        await WriteAsync(1);
        if (text is not null)
            _folder.Write(name, text);
        JournalFile.Spare(_folder[name]);
    }

    [Fact]
    public async Task A_journal_that_is_not_there_is_told() =>
        Assert.Equal("JournalNotFound", (await Assert.ThrowsAsync<UpgradeException>(OpenAsync)).Failure.Id);

    [Fact]
    public async Task After_a_line_that_could_not_be_written_none_is()
    {
        var store = new FullStore();
        await using var journal = await Journal.OpenAsync(store, TimeProvider.System, writes: true, Token);
        await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
        store.Full = true;
        Assert.Equal("DiskFull", (await Assert.ThrowsAsync<UpgradeException>(() => journal.AppendAsync(JournalEvent.RunStarted))).Failure.Id);
        Assert.True(journal.Gone.IsCancellationRequested);
        store.Full = false;
        Assert.Equal("DiskFull", (await Assert.ThrowsAsync<UpgradeException>(() => journal.AppendAsync(JournalEvent.RunStarted))).Failure.Id);
        Assert.Equal(1, store.Count);
    }

    private async Task WriteAsync(int lines)
    {
        await using var journal = await OpenAsync(create: true);
        await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format });
        for (var i = 1; i < lines; i++)
            await journal.AppendAsync(JournalEvent.StepStarted, "a", 2, new JsonObject { ["text"] = "x\u0001\"ü" });
    }

    private Task<Journal> OpenAsync() => OpenAsync(create: false);

    private async Task<Journal> OpenAsync(bool create) =>
        await Journal.OpenAsync(FileJournalStore.Open(File, create), TimeProvider.System, writes: true, Token);

    private async Task RefusedAsync(IEnumerable<string> lines, string id, int line)
    {
        await System.IO.File.WriteAllTextAsync(File, string.Concat(lines.Select(l => l + "\n")), new UTF8Encoding(false), Token);
        var failure = (await Assert.ThrowsAsync<UpgradeException>(OpenAsync)).Failure;
        Assert.Equal((id, $"{File}:{line}"), (failure.Id, failure.Target));
    }

    private sealed class FullStore : IJournalStore
    {
        public bool Full { get; set; }

        public int Count { get; private set; }

        public string Name => "full";

        public Task<JournalText> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new JournalText([], false));

        public Task DropLastAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
        {
            if (Full)
                throw new UpgradeException(new Failure { Id = "DiskFull", Kind = FailureKind.WriteError, Message = "full" });
            Count++;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
