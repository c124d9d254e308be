using System.Diagnostics;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Hosting;

public sealed class SandboxHostTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task A_temporary_directory_goes_with_the_sandbox_and_its_kubeconfig_is_private()
    {
        SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.30")] }, TestContext.Current.CancellationToken);
        string directory = host.Directory;
        Assert.Equal(host.ControlToken, await File.ReadAllTextAsync(host.ControlTokenPath, TestContext.Current.CancellationToken));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.KubeConfigPath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(host.ControlTokenPath));
        }
        await host.DisposeAsync();
        Assert.False(Directory.Exists(directory));
    }

    [Theory]
    [InlineData("one", "1.20", "1.21 to 1.34")]
    [InlineData("one", "abc", "not a Kubernetes version")]
    [InlineData("No_Name", "1.30", "no name for a cluster")]
    public async Task Wrong_options_are_told(string name, string version, string words)
    {
        SandboxException refused = await Assert.ThrowsAsync<SandboxException>(() => SandboxHost.StartAsync(new() { Clusters = [new(name, version)] }, TestContext.Current.CancellationToken));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_is_answered_no_sooner_than_the_delay()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.30")], WriteDelay = TimeSpan.FromMilliseconds(150) }, TestContext.Current.CancellationToken);
        using var client = new ApiClient(host, host.Cluster("one"));
        (await client.GetAsync("/version")).Must(200);
        long began = Stopwatch.GetTimestamp();
        (await client.PostAsync("/api/v1/namespaces/default/configmaps", ConfigMap("a"))).Must(201);
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(150));
        began = Stopwatch.GetTimestamp();
        (await client.PostAsync("/api/v1/namespaces/default/configmaps", ConfigMap("a"))).Must(409);
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(150));
    }

    [Fact]
    public async Task Seeds_keep_status_identity_and_managers_and_find_their_owners()
    {
        string[] seeds =
        [
            $$$$"""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","namespace":"{{{{Namespace}}}}","uid":"11111111-1111-4111-8111-111111111111"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}},"status":{"succeeded":1}}""",
            $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owned","namespace":"{{{Namespace}}}","ownerReferences":[{"apiVersion":"batch/v1","kind":"Job","name":"j"}]}}""",
        ];
        Assert.Equal(2, Blue.Seed(seeds, "helm"));
        Reply job = (await Client.GetAsync($"/apis/batch/v1/namespaces/{Namespace}/jobs/j")).Must(200);
        Assert.Equal(1, (int)job.Json["status"]!["succeeded"]!);
        Assert.Equal("11111111-1111-4111-8111-111111111111", job.Uid);
        Reply owned = (await Client.GetAsync($"{ConfigMaps}/owned")).Must(200);
        Assert.Equal(job.Uid, (string?)owned.Json["metadata"]!["ownerReferences"]![0]!["uid"]);
        Assert.Equal("helm", (string?)owned.Json["metadata"]!["managedFields"]![0]!["manager"]);
        SandboxException refused = Assert.Throws<SandboxException>(() => Blue.Seed(["""{"apiVersion":"batch/v1beta1","kind":"CronJob","metadata":{"name":"x"}}"""]));
        Assert.Contains("does not serve CronJob in batch/v1beta1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_are_many_objects_of_one_kind_in_order()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.33")] }, TestContext.Current.CancellationToken);
        Assert.Equal(1200, host.Cluster("one").SeedSamples(1200));
        Assert.Equal(1200, host.Cluster("one").Count("bench.konupgrade.dev", "samples"));
        using var client = new ApiClient(host, host.Cluster("one"));
        Reply list = (await client.GetAsync("/apis/bench.konupgrade.dev/v1/samples?limit=1000")).Must(200);
        Assert.Equal(list.Names.Order(StringComparer.Ordinal), list.Names);
        JsonObject[] items = [.. list.Json["items"]!.AsArray().Select(item => item!.AsObject())];
        Assert.Equal(1000, items.Select(item => (string)item["metadata"]!["uid"]!).Distinct().Count());
        Reply one = (await client.GetAsync("/apis/bench.konupgrade.dev/v1/namespaces/default/samples/sample-00000007")).Must(200);
        Assert.Equal("sample-00000007", (string?)one.Json["spec"]!["title"]);
        Reply changed = (await client.MergeAsync("/apis/bench.konupgrade.dev/v1/namespaces/default/samples/sample-00000007", """{"spec":{"replicas":4}}""")).Must(200);
        Assert.Equal(2, (int)changed.Json["metadata"]!["generation"]!);
    }

    [Fact]
    public async Task A_file_that_others_could_read_is_made_anew_and_a_link_is_not_followed()
    {
        string directory = Directory.CreateTempSubdirectory("konupgrade-sandbox-test-").FullName;
        try
        {
            string elsewhere = Path.Combine(directory, "elsewhere"), token = Path.Combine(directory, "control.token"), config = Path.Combine(directory, "kubeconfig");
            await File.WriteAllTextAsync(elsewhere, "mine", TestContext.Current.CancellationToken);
            File.CreateSymbolicLink(token, elsewhere);
            await File.WriteAllTextAsync(config, "old", TestContext.Current.CancellationToken);
            await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.30")], Directory = directory }, TestContext.Current.CancellationToken);
            Assert.Equal("mine", await File.ReadAllTextAsync(elsewhere, TestContext.Current.CancellationToken));
            Assert.Equal(host.ControlToken, await File.ReadAllTextAsync(token, TestContext.Current.CancellationToken));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(config));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task The_control_endpoint_serves_nobody_without_its_token(string? token)
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.30")] }, TestContext.Current.CancellationToken);
        using var control = new ApiClient(host, host.ControlUri, token);
        Reply refused = (await control.GetAsync("/sandbox")).Must(401);
        Assert.DoesNotContain(host.ControlToken, refused.Text, StringComparison.Ordinal);
        (await control.PostAsync("/sandbox/faults", """{"kind":"serverError","statusCode":503}""")).Must(401);
        (await control.PostAsync("/sandbox/clusters/one/samples?count=1", "{}")).Must(401);
        (await control.PostAsync("/sandbox/stop", "{}")).Must(401);
        Assert.False(host.StopAsked.IsCompleted);
        using var owner = new ApiClient(host, host.ControlUri, host.ControlToken);
        (await owner.GetAsync("/sandbox")).Must(200);
        (await owner.PostAsync("/sandbox/stop", "{}")).Must(202);
        await host.StopAsked.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_program_ends_with_the_process_that_it_was_told_to_follow()
    {
        string directory = Directory.CreateTempSubdirectory("konupgrade-sandbox-test-").FullName;
        try
        {
            // The parent is a sandbox, too: a program that is there wherever this test is.
            using Process parent = StartProgram("--cluster", "one=1.30", "--directory", Path.Combine(directory, "parent"), "--until-stdin-closes");
            await ReadyAsync(parent);
            using Process child = StartProgram("--cluster", "one=1.30", "--directory", Path.Combine(directory, "child"), "--parent-pid", parent.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await ReadyAsync(child);
            Assert.False(child.HasExited);
            parent.Kill();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await child.WaitForExitAsync(deadline.Token);
            }
            finally
            {
                if (!child.HasExited) child.Kill();
            }
            Assert.Equal(0, child.ExitCode);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task The_program_prints_its_line_serves_and_ends_when_its_input_closes()
    {
        string directory = Directory.CreateTempSubdirectory("konupgrade-sandbox-test-").FullName;
        try
        {
            using Process process = StartProgram("--cluster", "blue=1.29", "--directory", directory, "--seed-objects", "blue=5", "--until-stdin-closes");
            JsonObject ready = await ReadyAsync(process);
            Assert.Equal(process.Id, (int)ready["pid"]!);
            Assert.Equal(Path.Combine(directory, "kubeconfig"), (string?)ready["kubeconfig"]);
            Assert.True(File.Exists((string)ready["kubeconfig"]!));
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(directory, "control.token"), TestContext.Current.CancellationToken), (string?)ready["token"]);
            process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await process.WaitForExitAsync(deadline.Token);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task The_help_names_what_is_not_evaluated()
    {
        using Process process = StartProgram("--help");
        string help = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("x-kubernetes-validations (CEL)", help, StringComparison.Ordinal);
    }

    private static Process StartProgram(params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "KonUpgrade.Sandbox.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static async Task<JsonObject> ReadyAsync(Process process)
    {
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        // Nothing on its output means that it ended, and its error stream tells why.
        if (line is null) Assert.Fail($"The sandbox printed nothing: {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        return (JsonObject)JsonNode.Parse(line)!;
    }
}
