using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>A whole answer, ready to be sent.</summary>
internal sealed class Answer(int status, byte[] body)
{
    public Answer(int status, JsonObject body)
        : this(status, JsonTree.ToUtf8(body))
    {
    }

    /// <summary>The answer went out as it was made.</summary>
    public static Answer Sent { get; } = new(200, Array.Empty<byte>());

    /// <summary>No Status here: a real server, too, answers a path that it does not know in plain text.</summary>
    public static Answer NoSuchPath { get; } = Text(404, "404 page not found\n");

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public int RetryAfterSeconds { get; init; }

    /// <summary>Where the answer is to be had; null for here.</summary>
    public string? Location { get; init; }

    /// <summary>Identifies the content, for those who keep a copy; null for none.</summary>
    public string? Tag { get; init; }

    public static Answer Text(int status, string text) => new(status, Encoding.UTF8.GetBytes(text)) { ContentType = "text/plain; charset=utf-8" };

    public static Answer Of(ApiError error) => new(error.Code, error.ToStatus()) { RetryAfterSeconds = error.RetryAfterSeconds };

    public async Task SendAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (Tag is not null && context.Request.Headers.IfNoneMatch == $"\"{Tag}\"")
        {
            response.StatusCode = 304;
            return;
        }
        response.StatusCode = status;
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        if (RetryAfterSeconds > 0) response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Location is not null) response.Headers.Location = Location;
        if (Tag is not null) response.Headers.ETag = $"\"{Tag}\"";
        foreach (string warning in Warnings) response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
