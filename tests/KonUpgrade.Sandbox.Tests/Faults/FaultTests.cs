using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Sandbox.Tests.Faults;

public sealed class FaultTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task A_429_says_when_to_come_again_and_strikes_as_often_as_told()
    {
        await MakeNamespaceAsync();
        string id = Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Namespace = Namespace, Verb = "list", Skip = 1, Count = 1, RetryAfterSeconds = 7 });
        (await Client.GetAsync(ConfigMaps)).Must(200);
        Reply refused = (await Client.GetAsync(ConfigMaps)).Must(429);
        Assert.Equal(7, refused.RetryAfterSeconds);
        Assert.Equal(7, (int)refused.Json["details"]!["retryAfterSeconds"]!);
        (await Client.GetAsync(ConfigMaps)).Must(200);
        Assert.Equal(1, Host.Faults.Struck(id));
    }

    [Fact]
    public async Task A_create_is_refused_by_the_name_in_its_body()
    {
        await MakeNamespaceAsync();
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Namespace = Namespace, Verb = "create", Resource = "configmaps", Name = "bad*", Count = null, Message = "admission webhook \"policy.example.com\" denied the request: no" });
        (await Client.PostAsync(ConfigMaps, ConfigMap("good"))).Must(201);
        Reply refused = (await Client.PostAsync(ConfigMaps, ConfigMap("bad-one"))).Must(403);
        Assert.Equal("admission webhook \"policy.example.com\" denied the request: no", refused.Message);
        (await Client.GetAsync($"{ConfigMaps}/bad-one")).Must(404);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_breaks_the_body_off(bool http2)
    {
        using var client = new ApiClient(Host, Blue, http2: http2);
        await MakeNamespaceAsync();
        for (int i = 0; i < 20; i++) await Client.PostAsync(ConfigMaps, ConfigMap($"c-{i}", """{"x":"some text to make it longer"}"""));
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Namespace = Namespace, Verb = "list", AfterBytes = 2000 });
        Exception broken = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync(ConfigMaps));
        Assert.True(broken is HttpRequestException or IOException, broken.ToString());
        (await client.GetAsync(ConfigMaps)).Must(200);
    }

    [Fact]
    public async Task A_request_can_take_effect_and_never_be_answered()
    {
        await MakeNamespaceAsync();
        string id = Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Namespace = Namespace, OnlyChanges = true, Skip = 1 });
        (await Client.PostAsync(ConfigMaps, ConfigMap("first"))).Must(201);
        (await Client.PostAsync(ConfigMaps, ConfigMap("first"))).Must(409);
        (await Client.GetAsync(ConfigMaps)).Must(200);
        (await Client.PostAsync($"{ConfigMaps}?dryRun=All", ConfigMap("second"))).Must(201);
        Assert.Equal((1, 0), (Host.Faults.Met(id), Host.Faults.Struck(id)));
        using var client = new ApiClient(Host, Blue);
        Task<Reply> never = client.PostAsync(ConfigMaps, ConfigMap("second"));
        await Host.Faults.MeetAsync(id, 2, TestContext.Current.CancellationToken);
        (await Client.GetAsync($"{ConfigMaps}/second")).Must(200);
        Assert.False(never.IsCompleted);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => never);
        Assert.Equal((2, 1), (Host.Faults.Met(id), Host.Faults.Struck(id)));
    }

    [Fact]
    public async Task A_page_expires_on_demand()
    {
        await MakeNamespaceAsync();
        await Client.PostAsync(ConfigMaps, ConfigMap("a"));
        Reply first = await Client.GetAsync($"{ConfigMaps}?limit=1");
        string next = (string)first.Json["metadata"]!["continue"]!;
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.ExpiredPage, Namespace = Namespace });
        Reply expired = (await Client.GetAsync($"{ConfigMaps}?limit=1&continue={next}")).Must(410);
        Assert.NotEmpty((string)expired.Json["metadata"]!["continue"]!);
        (await Client.GetAsync($"{ConfigMaps}?limit=1&continue={next}")).Must(200);
    }

    [Fact]
    public async Task The_control_endpoint_takes_faults_seeds_and_tells_what_is_there()
    {
        using var control = new ApiClient(Host, Host.ControlUri, Host.ControlToken);
        Reply about = (await control.GetAsync("/sandbox")).Must(200);
        Assert.Equal(Host.KubeConfigPath, (string?)about.Json["kubeconfig"]);
        Reply seeded = (await control.PostAsync("/sandbox/clusters/blue/objects", $"{Seed("one")}\n{Seed("two")}\n")).Must(200);
        Assert.Equal(2, (int)seeded.Json["seeded"]!);
        Assert.Equal(["kube-root-ca.crt", "one", "two"], (await Client.GetAsync(ConfigMaps)).Must(200).Names);
        Reply added = (await control.PostAsync("/sandbox/faults", $$"""{"kind":"serverError","statusCode":503,"namespace":"{{Namespace}}"}""")).Must(201);
        (await Client.GetAsync(ConfigMaps)).Must(503);
        string id = (string)added.Json["id"]!;
        JsonNode told = (await control.GetAsync("/sandbox/faults")).Json["faults"]!.AsArray().First(fault => (string?)fault!["id"] == id)!;
        Assert.Equal(1, (int)told["struck"]!);
        (await control.DeleteAsync($"/sandbox/faults/{id}")).Must(200);
        Reply wrong = (await control.PostAsync("/sandbox/faults", """{"kind":"serverError","nonsense":1}""")).Must(400);
        Assert.Contains("nonsense", wrong.Message, StringComparison.Ordinal);
    }

    private string Seed(string name) => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"{{{Namespace}}}"}}""";
}
