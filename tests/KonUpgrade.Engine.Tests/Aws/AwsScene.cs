using System.Text.Json;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>A service of AWS that answers just what a test wants, and keeps what it was sent.</summary>
internal abstract class AwsScene : IAsyncDisposable
{
    private readonly Queue<(int Status, string? Code, string Body)> _answers = new();

    public List<(string Request, string Body, string Authorization)> Seen { get; } = [];

    public RecordingReporter Reporter { get; } = new();

    public FakeServer Server { get; private set; } = null!;

    /// <summary>What answers when no answer is left.</summary>
    public (int Status, string? Code, string Body) Last { get; set; } = (200, null, "{}");

    /// <summary>Options that see nothing of the machine's own environment.</summary>
    public static AwsOptions Options(Uri url, params (string Name, string Value)[] environment) => new()
    {
        Region = "eu-west-1",
        Keys = TestKeys.Of("AKIDTEST", "hush-hush", "hush-session"),
        EndpointUrl = url,
        Environment = name => environment.FirstOrDefault(variable => variable.Name == name).Value ?? (name == "AWS_SHARED_CREDENTIALS_FILE" ? "/nowhere" : null),
    };

    public void Enqueue(string body, int status, string? code) => _answers.Enqueue((status, code, body));

    public JsonElement Body(int index) => JsonDocument.Parse(Seen[index].Body).RootElement;

    public async ValueTask DisposeAsync()
    {
        Close();
        await Server.DisposeAsync();
    }

    protected abstract void Close();

    protected async Task<AwsOptions> ListenAsync(params (string Name, string Value)[] environment)
    {
        Server = await FakeServer.StartAsync(AnswerAsync);
        return Options(Server.Uri, environment);
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
