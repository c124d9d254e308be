using System.Text;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Foundation.Files;

public sealed class FilesTests
{
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(100)]
    [InlineData(1)]
    public void Lines_come_out_in_order_however_little_memory_there_is(int memory)
    {
        using var folder = new TempFolder();
        var random = new Random(3);
        var lines = Enumerable.Range(0, 500).Select(_ => new string((char)('a' + random.Next(26)), random.Next(0, 60)) + random.Next(1000)).ToList();
        List<string> sorted;
        using (var sorter = new LineSorter(folder["runs"], "test", memory))
        {
            foreach (var line in lines)
                sorter.Add(Encoding.UTF8.GetBytes(line));
            sorted = [.. sorter.Sorted().Select(line => Encoding.UTF8.GetString(line.Span))];
        }

        lines.Sort(string.CompareOrdinal);
        Assert.Equal(lines, sorted);
        Assert.Empty(folder.Files());
    }

    [Fact]
    public void A_long_line_and_one_without_an_end_are_read_whole()
    {
        using var folder = new TempFolder();
        var path = folder.Write("lines", $"a\n\n{new string('x', 100_000)}\nlast");

        using var reader = LineReader.Open(path);
        var lengths = new List<int>();
        while (reader.Read())
            lengths.Add(reader.Current.Length);

        Assert.Equal([1, 0, 100_000, 4], lengths);
    }

    [Fact]
    public async Task A_file_is_replaced_whole_and_leaves_nothing_beside_it()
    {
        using var folder = new TempFolder();
        folder.Write("a", "old");

        await WholeFile.WriteAsync(folder["a"], "new"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal("new", Assert.Single(folder.Files()).Value);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_and_the_old_one_stays()
    {
        using var folder = new TempFolder();
        var path = folder.Write(Path.Combine("a", "b"), "old");

        var exception = await Assert.ThrowsAsync<UpgradeException>(() => WholeFile.WriteAsync(folder["none", "b"], "new"u8.ToArray(), TestContext.Current.CancellationToken));

        Assert.Equal(FailureKind.WriteError, exception.Failure.Kind);
        Assert.Equal("old", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_full_disk_is_told_as_such()
    {
        var failure = FileFailures.Write("/x", new IOException("No space left on device", 28)).Failure;

        Assert.Equal(("DiskFull", FailureKind.WriteError), (failure.Id, failure.Kind));
    }

    [Fact]
    public void Lines_that_can_not_be_put_down_are_told_as_what_could_not_be_written()
    {
        using var folder = new TempFolder();
        using var sorter = new LineSorter(folder.Write("file", "in the way"), "lines", memory: 16);
        sorter.Add("a line of some length"u8);

        var error = Assert.Throws<UpgradeException>(() => sorter.Add("another"u8));

        Assert.Equal(("WriteFailed", FailureKind.WriteError), (error.Failure.Id, error.Failure.Kind));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(300 * 1024)]
    public async Task Small_files_and_large_ones_are_read_whole(int length)
    {
        using var folder = new TempFolder();
        var text = new string('x', length);
        var path = folder.Write("file", text);

        Assert.Equal(text, Encoding.UTF8.GetString(await WholeFile.ReadAsync(path, TestContext.Current.CancellationToken)));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await WholeFile.ReadAsync(folder["none"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_that_a_person_names_is_read_or_it_is_told_why_not()
    {
        using var folder = new TempFolder();
        var kind = new WrittenFile { Content = "a list", NotFoundId = "ListNotFound", UnreadableId = "ListUnreadable", Remedy = "Name the list." };
        Assert.Equal("text", Encoding.UTF8.GetString(await kind.ReadAsync(folder.Write("list", "text"), TestContext.Current.CancellationToken)));
        var absent = await FailAsync(folder["absent"]);
        Assert.Equal(("ListNotFound", FailureKind.NotFound, "Name the list."), (absent.Id, absent.Kind, absent.Recommendation));
        Assert.Equal("ListNotFound", (await FailAsync(folder["no folder", "list"])).Id);
        var directory = await FailAsync(folder.Path);
        Assert.Equal(("ListUnreadable", FailureKind.ReadError, $"{folder.Path} can't be read: it is a directory."), (directory.Id, directory.Kind, directory.Message));
        await File.WriteAllBytesAsync(folder["large"], new byte[(4 << 20) + 1], TestContext.Current.CancellationToken);
        Assert.Equal($"{folder["large"]} can't be read: it is too large for a list.", (await FailAsync(folder["large"])).Message);

        async Task<Failure> FailAsync(string path) =>
            (await Assert.ThrowsAsync<UpgradeException>(() => kind.ReadAsync(path, TestContext.Current.CancellationToken))).Failure;
    }

    [Fact]
    public void A_directory_has_one_writer_at_a_time()
    {
        using var folder = new TempFolder();
        using (DirectoryLock.Take(folder["lock"]))
            Assert.Equal("DirectoryBusy", Assert.Throws<UpgradeException>(() => DirectoryLock.Take(folder["lock"])).Failure.Id);
        DirectoryLock.Take(folder["lock"]).Dispose();
    }

    [Fact]
    public void A_directory_that_cannot_be_written_to_is_not_told_as_busy()
    {
        using var folder = new TempFolder();
        using var socket = TempFolder.Socket(folder["lock"]);
        var failure = Assert.Throws<UpgradeException>(() => DirectoryLock.Take(folder["lock"])).Failure;
        Assert.Equal(("WriteFailed", FailureKind.WriteError, folder["lock"]), (failure.Id, failure.Kind, failure.Target));
    }
}
