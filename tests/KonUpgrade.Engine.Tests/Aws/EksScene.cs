using System.Text.Json;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>An EKS that answers just what a test wants, and keeps what it was sent.</summary>
internal sealed class EksScene : IAsyncDisposable
{
    private readonly Queue<(int Status, string? Code, string Body)> _answers = new();

    public List<(string Request, string Body, string Authorization)> Seen { get; } = [];

    public RecordingReporter Reporter { get; } = new();

    public EksClient Client { get; private set; } = null!;

    public FakeServer Server { get; private set; } = null!;

    /// <summary>What answers when no answer is left.</summary>
    public (int Status, string? Code, string Body) Last { get; set; } = (200, null, "{}");

    public static async Task<EksScene> StartAsync(params (string Name, string Value)[] environment)
    {
        var scene = new EksScene();
        scene.Server = await FakeServer.StartAsync(scene.AnswerAsync);
        scene.Client = new EksClient(Options(scene.Server.Uri, environment), scene.Reporter);
        return scene;
    }

    /// <summary>Options that see nothing of the machine's own environment.</summary>
    public static AwsOptions Options(Uri url, params (string Name, string Value)[] environment) => new()
    {
        Region = "eu-west-1",
        Keys = TestKeys.Of("AKIDTEST", "hush-hush", "hush-session"),
        EndpointUrl = url,
        Environment = name => environment.FirstOrDefault(variable => variable.Name == name).Value ?? (name == "AWS_SHARED_CREDENTIALS_FILE" ? "/nowhere" : null),
    };

    public EksScene Answer(string body, int status = 200, string? code = null)
    {
        _answers.Enqueue((status, code, body));
        return this;
    }

    public JsonElement Body(int index) => JsonDocument.Parse(Seen[index].Body).RootElement;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        (int Status, string? Code, string Body) answer;
        lock (_answers)
        {
            Seen.Add(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", body, context.Request.Headers.Authorization.ToString()));
            answer = _answers.TryDequeue(out var next) ? next : Last;
        }
        context.Response.Headers["x-amzn-RequestId"] = "request-1";
        if (answer.Code is not null)
            context.Response.Headers["x-amzn-ErrorType"] = answer.Code;
        await FakeServer.JsonAsync(context, answer.Body, answer.Status);
    }
}
