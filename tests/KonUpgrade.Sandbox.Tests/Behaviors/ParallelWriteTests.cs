namespace KonUpgrade.Sandbox.Tests.Behaviors;

public sealed class ParallelWriteTests(SandboxFixture fixture) : ServerPlay(fixture)
{
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Many_patches_of_one_object_at_once_all_succeed(string server)
    {
        await BeginAsync(server);
        (await Client.PostAsync(ConfigMaps, ConfigMap("a"))).Must(201);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Client.MergeAsync($"{ConfigMaps}/a", $$$$"""{"metadata":{"labels":{"l-{{{{i}}}}":"x"}}}""")));
        Assert.All(replies, reply => reply.Must(200));
        Reply last = (await Client.GetAsync($"{ConfigMaps}/a")).Must(200);
        Assert.Equal(16, last.Json["metadata"]!["labels"]!.AsObject().Count);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Many_appliers_of_one_object_at_once_all_succeed(string server)
    {
        await BeginAsync(server);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Client.ApplyAsync($"{ConfigMaps}/a", ConfigMap("a", $$""","labels":{"l-{{i}}":"x"}"""), $"m-{i}")));
        Assert.All(replies, reply => Assert.True(reply.Code is 200 or 201, reply.Text));
        Reply last = (await Client.GetAsync($"{ConfigMaps}/a")).Must(200);
        Assert.Equal(16, last.Json["metadata"]!["labels"]!.AsObject().Count);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_patch_that_names_an_overtaken_resourceVersion_is_a_conflict(string server)
    {
        await BeginAsync(server);
        Reply made = (await Client.PostAsync(ConfigMaps, ConfigMap("a"))).Must(201);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Client.MergeAsync($"{ConfigMaps}/a", $$$$"""{"metadata":{"resourceVersion":"{{{{made.ResourceVersion}}}}","labels":{"l-{{{{i}}}}":"x"}}}""")));
        Assert.Equal([200, 409, 409, 409, 409, 409, 409, 409], replies.Select(reply => reply.Code).Order());
    }
}
