using KonUpgrade.Engine.Aws.Eks;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>An EKS that answers just what a test wants, and keeps what it was sent.</summary>
internal sealed class EksScene : AwsScene
{
    public EksClient Client { get; private set; } = null!;

    public static async Task<EksScene> StartAsync(params (string Name, string Value)[] environment)
    {
        var scene = new EksScene();
        scene.Client = new EksClient(await scene.ListenAsync(environment), scene.Reporter);
        return scene;
    }

    public EksScene Answer(string body, int status = 200, string? code = null)
    {
        Enqueue(body, status, code);
        return this;
    }

    protected override void Close() => Client.Dispose();
}
