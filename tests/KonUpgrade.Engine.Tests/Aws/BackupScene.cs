using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>An AWS Backup that answers just what a test wants, and keeps what it was sent.</summary>
internal sealed class BackupScene : AwsScene
{
    public BackupClient Client { get; private set; } = null!;

    public TaggingClient Tagging { get; private set; } = null!;

    public static async Task<BackupScene> StartAsync(params (string Name, string Value)[] environment)
    {
        var scene = new BackupScene();
        var options = await scene.ListenAsync(environment);
        scene.Client = new BackupClient(options, scene.Reporter);
        scene.Tagging = new TaggingClient(options, scene.Reporter);
        return scene;
    }

    public BackupScene Answer(string body, int status = 200, string? code = null)
    {
        Enqueue(body, status, code);
        return this;
    }

    protected override void Close()
    {
        Client.Dispose();
        Tagging.Dispose();
    }
}
