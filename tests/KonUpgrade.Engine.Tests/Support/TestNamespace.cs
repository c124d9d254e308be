using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>A namespace of a test's own, gone with the test.</summary>
internal sealed class TestNamespace : IAsyncDisposable
{
    private readonly KubernetesClient _client;

    private TestNamespace(KubernetesClient client, string name) => (_client, Name) = (client, name);

    public string Name { get; }

    public static async Task<TestNamespace> CreateAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        var name = $"konupgrade-test-{Guid.NewGuid():N}"[..32];
        using var made = await client.CreateAsync(TestResources.Namespaces, null, TestResources.Namespace(name), new WriteOptions(), cancellationToken);
        return new TestNamespace(client, name);
    }

    public async ValueTask DisposeAsync() =>
        await _client.DeleteAsync(TestResources.Namespaces, null, Name, new DeleteOptions { Propagation = DeletePropagation.Background }, CancellationToken.None);
}
