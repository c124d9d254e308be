using System.Text;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>The client against the sandbox, and against API servers that nobody here wrote where the run may use some.</summary>
public sealed class KubernetesClientTests(SandboxFixture sandbox)
{
    public static Task<TheoryData<string>> Clusters() => TestCluster.AllAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Version_discovery_and_identity_are_read(string name)
    {
        await using var cluster = await TestCluster.OpenAsync(name, sandbox);
        var version = await cluster.Client.GetVersionAsync(Token);
        Assert.True(version.IsAtLeast(1, 20));
        var catalog = await cluster.Client.DiscoverAsync(Token);
        Assert.Empty(catalog.Failures);
        var deployment = Assert.Single(catalog.Match("deploy"));
        Assert.Equal(("apps", "v1", true), (deployment.Group, deployment.Version, deployment.Namespaced));
        Assert.Contains("status", deployment.Subresources);
        Assert.Contains("list", deployment.Verbs);
        Assert.Equal("namespaces", Assert.Single(catalog.Match("Namespace")).Plural);
        var identity = await cluster.GetIdentityAsync(Token);
        Assert.True(Guid.TryParse(identity.Uid, out _));
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Objects_are_created_listed_changed_and_deleted(string name)
    {
        await using var cluster = await TestCluster.OpenAsync(name, sandbox);
        await using var space = await TestNamespace.CreateAsync(cluster.Client, Token);
        var client = cluster.Client;
        const int Count = 1200;
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Token }, async (i, token) =>
        {
            using var made = await client.CreateAsync(
                TestResources.ConfigMaps, space.Name, TestResources.ConfigMap($"c{i:0000}", labels: $$"""{"odd":"{{i % 2}}"}"""), new WriteOptions { FieldManager = "maker" }, token);
        });
        Assert.Equal(Count, await CountAsync(client, new ListOptions { Namespace = space.Name, LabelSelector = "odd" }));
        Assert.Equal(Count / 2, await CountAsync(client, new ListOptions { Namespace = space.Name, LabelSelector = "odd=1", PageSize = 100 }));
        Assert.Equal(1, await CountAsync(client, new ListOptions { Namespace = space.Name, FieldSelector = "metadata.name=c0007" }));

        using var first = await client.GetAsync(TestResources.ConfigMaps, space.Name, "c0000", Token);
        Assert.NotNull(first);
        Assert.Equal("ConfigMap", first.Kind);
        Assert.Null(await client.GetAsync(TestResources.ConfigMaps, space.Name, "nobody", Token));

        var again = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            client.CreateAsync(TestResources.ConfigMaps, space.Name, TestResources.ConfigMap("c0000"), new WriteOptions(), Token));
        Assert.Equal(("AlreadyExists", FailureKind.AlreadyExists), (again.Failure.Id, again.Failure.Kind));

        var conflict = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            client.ApplyAsync(TestResources.ConfigMaps, space.Name, "c0000", TestResources.ConfigMap("c0000", "other"), new ApplyOptions(), Token));
        Assert.Equal("FieldManagerConflict", conflict.Failure.Id);
        Assert.Equal(("maker", ".data.value"), (conflict.Conflicts[0].Manager, conflict.Conflicts[0].Field));
        using var forced = await client.ApplyAsync(TestResources.ConfigMaps, space.Name, "c0000", TestResources.ConfigMap("c0000", "other"), new ApplyOptions { Force = true }, Token);
        Assert.Contains("\"other\"", Encoding.UTF8.GetString(forced.Json.Span), StringComparison.Ordinal);

        using var patched = await client.PatchAsync(TestResources.ConfigMaps, space.Name, "c0001", PatchKind.Merge, """{"data":{"more":"1"}}"""u8.ToArray(), new WriteOptions { DryRun = true }, Token);
        Assert.Contains("more", Encoding.UTF8.GetString(patched.Json.Span), StringComparison.Ordinal);
        using var unchanged = await client.GetAsync(TestResources.ConfigMaps, space.Name, "c0001", Token);
        Assert.DoesNotContain("more", Encoding.UTF8.GetString(unchanged!.Json.Span), StringComparison.Ordinal);

        var wrongUid = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            client.DeleteAsync(TestResources.ConfigMaps, space.Name, "c0001", new DeleteOptions { Uid = Guid.NewGuid().ToString() }, Token));
        Assert.Equal(FailureKind.Conflict, wrongUid.Failure.Kind);
        Assert.True(await client.DeleteAsync(TestResources.ConfigMaps, space.Name, "c0001", new DeleteOptions { Uid = unchanged.Uid, Propagation = DeletePropagation.Background }, Token));
        Assert.False(await client.DeleteAsync(TestResources.ConfigMaps, space.Name, "c0001", new DeleteOptions(), Token));

        var missing = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            client.CreateAsync(TestResources.ConfigMaps, "no-such-namespace", TestResources.ConfigMap("x"), new WriteOptions(), Token));
        Assert.Equal("NamespaceNotFound", missing.Failure.Id);
        var unserved = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            client.GetAsync(TestResources.Deployments with { Version = "v1beta1" }, space.Name, "x", Token));
        Assert.Equal("ResourceNotServed", unserved.Failure.Id);
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task A_watch_tells_what_is_there_and_every_change_after(string name)
    {
        await using var cluster = await TestCluster.OpenAsync(name, sandbox);
        var client = cluster.Client;
        await using var space = await TestNamespace.CreateAsync(client, Token);
        using (await client.CreateAsync(TestResources.ConfigMaps, space.Name, TestResources.ConfigMap("first", labels: """{"mine":"1"}"""), new WriteOptions(), Token))
        {
        }
        var seen = new List<string>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var change in client.WatchAsync(TestResources.ConfigMaps, new WatchOptions { Namespace = space.Name, LabelSelector = "mine" }, deadline.Token))
        {
            using var item = change.Object;
            seen.Add($"{change.Type} {change.Name}");
            switch (seen.Count)
            {
                case 2:
                    (await client.CreateAsync(TestResources.ConfigMaps, space.Name, TestResources.ConfigMap("second", labels: """{"mine":"1"}"""), new WriteOptions(), Token)).Dispose();
                    break;
                case 3:
                    (await client.PatchAsync(TestResources.ConfigMaps, space.Name, "second", PatchKind.Merge, """{"data":{"value":"y"}}"""u8.ToArray(), new WriteOptions(), Token)).Dispose();
                    break;
                case 4:
                    await client.DeleteAsync(TestResources.ConfigMaps, space.Name, "first", new DeleteOptions(), Token);
                    break;
            }
            if (seen.Count == 5)
                break;
        }
        Assert.Equal(["Added first", "Synced ", "Added second", "Modified second", "Deleted first"], seen);
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task A_strict_create_refuses_an_unknown_field(string name)
    {
        await using var cluster = await TestCluster.OpenAsync(name, sandbox);
        await using var space = await TestNamespace.CreateAsync(cluster.Client, Token);
        // Before 1.25 it is the server's to choose.
        if (!(await cluster.Client.GetVersionAsync(Token)).IsAtLeast(1, 25))
            return;
        var strict = await Assert.ThrowsAsync<KubernetesApiException>(() => cluster.Client.CreateAsync(
            TestResources.ConfigMaps, space.Name, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"s"},"nonsense":1}"""u8.ToArray(), new WriteOptions { FieldValidation = FieldValidation.Strict }, Token));
        Assert.Equal(FailureKind.InvalidData, strict.Failure.Kind);
        Assert.Contains("nonsense", strict.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task Each_kind_of_patch_does_what_its_name_says(string name)
    {
        await using var cluster = await TestCluster.OpenAsync(name, sandbox);
        await using var space = await TestNamespace.CreateAsync(cluster.Client, Token);
        var client = cluster.Client;
        using (await client.CreateAsync(
            TestResources.Deployments, space.Name,
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
             "spec":{"containers":[{"name":"one","image":"one:1"},{"name":"two","image":"two:1"}]}}}}
            """u8.ToArray(),
            new WriteOptions(), Token))
        {
        }
        // A strategic merge knows the containers by their names; a merge replaces the list; a JSON patch goes by place.
        Assert.Equal("one=one:1,two=two:2", await PatchAsync(PatchKind.StrategicMerge, """{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"two:2"}]}}}}"""));
        Assert.Equal("one=one:3,two=two:2", await PatchAsync(PatchKind.Json, """[{"op":"test","path":"/spec/template/spec/containers/0/name","value":"one"},{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"one:3"}]"""));
        Assert.Equal("two=two:4", await PatchAsync(PatchKind.Merge, """{"spec":{"template":{"spec":{"containers":[{"name":"two","image":"two:4"}]}}}}"""));
        var refused = await Assert.ThrowsAsync<KubernetesApiException>(() => PatchAsync(PatchKind.Json, """[{"op":"test","path":"/metadata/name","value":"another"}]"""));
        Assert.Equal(FailureKind.InvalidData, refused.Failure.Kind);

        async Task<string> PatchAsync(PatchKind kind, string patch)
        {
            using var o = await client.PatchAsync(TestResources.Deployments, space.Name, "d", kind, Encoding.UTF8.GetBytes(patch), new WriteOptions(), Token);
            var containers = o.Root.Member("spec").Member("template").Member("spec").Objects("containers").Select(c => $"{c.Text("name")}={c.Text("image")}");
            return string.Join(',', containers.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task A_deletion_takes_dependents_along_before_it_or_leaves_them(string name)
    {
        await using var cluster = await TestCluster.OpenAsync(name, sandbox);
        await using var space = await TestNamespace.CreateAsync(cluster.Client, Token);
        var client = cluster.Client;
        foreach (var (propagation, owner) in new[] { (DeletePropagation.Foreground, "foreground"), (DeletePropagation.Orphan, "orphan") })
        {
            using var made = await client.CreateAsync(TestResources.ConfigMaps, space.Name, TestResources.ConfigMap(owner), new WriteOptions(), Token);
            var owned = $$$"""
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{owner}}}-owned",
                 "ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"{{{owner}}}","uid":"{{{made.Uid}}}","blockOwnerDeletion":true}]}}
                """;
            using (await client.CreateAsync(TestResources.ConfigMaps, space.Name, Encoding.UTF8.GetBytes(owned), new WriteOptions(), Token))
            {
            }
            Assert.True(await client.DeleteAsync(TestResources.ConfigMaps, space.Name, owner, new DeleteOptions { Propagation = propagation, Uid = made.Uid }, Token));
            await GoneAsync(client, space.Name, owner);
            using var left = await client.GetAsync(TestResources.ConfigMaps, space.Name, $"{owner}-owned", Token);
            if (propagation == DeletePropagation.Foreground)
            {
                // Its owner waited for it.
                Assert.Null(left);
                continue;
            }
            Assert.Empty(left!.Metadata.Objects("ownerReferences"));
        }
    }

    private static async Task GoneAsync(KubernetesClient client, string ns, string name)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        var there = false;
        await foreach (var change in client.WatchAsync(TestResources.ConfigMaps, new WatchOptions { Namespace = ns, FieldSelector = $"metadata.name={name}" }, deadline.Token))
        {
            change.Object?.Dispose();
            there |= change.Type == WatchEventType.Added;
            if (change.Type == WatchEventType.Deleted || (change.Type == WatchEventType.Synced && !there))
                return;
        }
    }

    [Fact]
    public async Task Impersonation_reaches_real_servers_with_every_group()
    {
        Assert.SkipWhen(RealClusters.KubeConfigPath is null, "needs real clusters, in a kubeconfig named by KONUPGRADE_TEST_KUBECONFIG");
        foreach (var context in await RealClusters.ContextsAsync())
            await ImpersonateAsync(context);
    }

    private static async Task ImpersonateAsync(string context)
    {
        var config = await KubeConfig.LoadAsync(RealClusters.KubeConfigPath, Token);
        var endpoint = await EndpointBuilder.BuildAsync(config, config.Find(context), new ConnectionOptions(), NullReporter.Instance, Token) with
        {
            Impersonation = new Impersonation
            {
                User = "bob",
                Uid = "42",
                Groups = ["devs", "ops, and more", "system:authenticated"],
                Extra = new Dictionary<string, IReadOnlyList<string>> { ["example.com/scopes"] = ["a", "b"] },
            },
        };
        await using var client = new KubernetesClient(endpoint, NullReporter.Instance);
        var reviews = new ApiResource { Group = "authentication.k8s.io", Version = "v1", Kind = "SelfSubjectReview", Plural = "selfsubjectreviews", Namespaced = false };
        using var review = await client.CreateAsync(reviews, null, """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"""u8.ToArray(), new WriteOptions(), Token);
        var user = review.Root.GetProperty("status").GetProperty("userInfo");
        Assert.Equal(("bob", "42"), (user.GetProperty("username").GetString(), user.GetProperty("uid").GetString()));
        Assert.Equal(["devs", "ops, and more", "system:authenticated"], user.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(["a", "b"], user.GetProperty("extra").GetProperty("example.com/scopes").EnumerateArray().Select(g => g.GetString()));
    }

    private static async Task<int> CountAsync(KubernetesClient client, ListOptions options)
    {
        var names = new HashSet<string>();
        await foreach (var item in client.ListAsync(TestResources.ConfigMaps, options, Token))
        {
            Assert.True(names.Add(item.Name));
            item.Dispose();
        }
        return names.Count;
    }
}
