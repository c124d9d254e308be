using System.Diagnostics;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

/// <summary>The data plane in the hand of another process.</summary>
public sealed class ControlTests
{
    private const string Plane = "/sandbox/clusters/one/data-plane";

    [Fact]
    public async Task A_cluster_is_made_to_live_and_its_time_moved_over_the_control_endpoint()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.33")] }, TestContext.Current.CancellationToken);
        using var control = new ApiClient(host, host.ControlUri, host.ControlToken);
        using var client = new ApiClient(host, host.Cluster("one"));
        Assert.Null(host.Cluster("one").DataPlane);
        (await control.GetAsync(Plane)).Must(409);
        (await control.SendAsync(HttpMethod.Put, Plane, """{"speed":0,"readyAfter":"2s","bogus":1}""")).Must(400);
        Reply started = (await control.SendAsync(HttpMethod.Put, Plane, """{"speed":0,"readyAfter":"2s","nodeReadyAfter":"10s"}""")).Must(200);
        Assert.Equal(("00:00:02", 0), ((string?)started.Json["settings"]!["readyAfter"], (int)started.Json["budgetViolations"]!));
        (await control.PostAsync($"{Plane}/nodes", """{"name":"n1","labels":{"pool":"a"},"taints":[{"key":"k","effect":"NoSchedule"}],"readyAfter":"5s"}""")).Must(201);
        (await control.PostAsync($"{Plane}/nodes", """{"name":"Not A Name"}""")).Must(400);
        (await control.PostAsync($"{Plane}/advance?by=6s", "")).Must(200);
        JsonObject node = (await client.GetAsync("/api/v1/nodes/n1")).Must(200).Json;
        Assert.Equal("True", (string?)node["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == "Ready")!["status"]);
        (await control.PostAsync($"{Plane}/advance", "")).Must(400);
        (await control.PostAsync($"{Plane}/settle", "")).Must(200);
        (await control.DeleteAsync($"{Plane}/nodes/n1")).Must(200);
        (await control.DeleteAsync($"{Plane}/nodes/n1")).Must(404);
        (await client.GetAsync("/api/v1/nodes/n1")).Must(404);
    }

    [Fact]
    public async Task Broken_budgets_are_told_and_can_be_forgotten()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new() { Clusters = [new("one", "1.33") { DataPlane = new() { Speed = 0, ReadyAfter = TimeSpan.Zero } }] }, TestContext.Current.CancellationToken);
        using var control = new ApiClient(host, host.ControlUri, host.ControlToken);
        using var client = new ApiClient(host, host.Cluster("one"));
        (await control.PostAsync($"{Plane}/nodes", """{"name":"n1"}""")).Must(201);
        (await client.PostAsync("/api/v1/namespaces/default/pods", """{"metadata":{"name":"a","labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""")).Must(201);
        (await client.PostAsync("/apis/policy/v1/namespaces/default/poddisruptionbudgets", """{"metadata":{"name":"a"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"a"}}}}""")).Must(201);
        (await control.PostAsync($"{Plane}/advance?by=2s", "")).Must(200);
        (await client.DeleteAsync("/api/v1/namespaces/default/pods/a")).Must(200);
        JsonObject told = (await control.PostAsync($"{Plane}/settle", "")).Must(200).Json;
        Assert.Equal(1, (int)told["budgetViolations"]!);
        JsonNode broken = Assert.Single(told["violations"]!.AsArray())!;
        Assert.Equal(("a", "a", "deletion", 0, 1), ((string?)broken["budget"], (string?)broken["pod"], (string?)broken["cause"], (int)broken["healthy"]!, (int)broken["desired"]!));
        Assert.Equal(0, (int)(await control.DeleteAsync($"{Plane}/violations")).Must(200).Json["budgetViolations"]!);
    }

    [Fact]
    public async Task The_program_starts_a_living_cluster_with_nodes()
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, "KonUpgrade.Sandbox.dll"), "--cluster", "one=1.33", "--data-plane", "one=100", "--nodes", "one=2", "--until-stdin-closes"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is null) Assert.Fail(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            var ready = (JsonObject)JsonNode.Parse(line)!;
            using var control = new ApiClient(new Uri((string)ready["control"]!), await File.ReadAllTextAsync((string)ready["certificateAuthority"]!, TestContext.Current.CancellationToken), (string)ready["token"]!);
            Assert.Equal(100, (int)(await control.GetAsync(Plane)).Must(200).Json["settings"]!["speed"]!);
            (await control.DeleteAsync($"{Plane}/nodes/one-node-2")).Must(200);
        }
        finally
        {
            process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await process.WaitForExitAsync(deadline.Token);
        }
    }

    [Theory]
    [InlineData("--data-plane", "other")]
    [InlineData("--data-plane", "one=-1")]
    [InlineData("--nodes", "one")]
    [InlineData("--nodes", "other=1")]
    public async Task Wrong_arguments_are_refused(string option, string value)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "KonUpgrade.Sandbox.dll"), "--cluster", "one=1.33", option, value]) { RedirectStandardError = true })!;
        string told = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.NotEmpty(told);
    }
}
