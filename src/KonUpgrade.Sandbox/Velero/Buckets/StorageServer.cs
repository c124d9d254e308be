using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Velero.Buckets;

/// <summary>Serves the files of the object storage to whoever has a URL that a server gave out.</summary>
internal sealed class StorageServer(ObjectStorage storage, UrlSigning signing, Func<DateTimeOffset> now)
{
    public async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string[] path = (request.Path.Value ?? string.Empty).TrimStart('/').Split('/', 2);
        string bucket = path[0], key = path.Length > 1 ? path[1] : string.Empty;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            await RefuseAsync(context, 405, "MethodNotAllowed");
            return;
        }
        string signature = request.Query["X-Amz-Signature"].ToString();
        string? problem = signature.Length == 0 ? "AccessDenied"
            : signing.Problem(bucket, key, request.Query["X-Amz-Date"].ToString(), request.Query["X-Amz-Expires"].ToString(), signature, now());
        if (problem is not null)
        {
            await RefuseAsync(context, 403, problem);
            return;
        }
        if (storage.Find(bucket)?.Find(key) is not { } content)
        {
            await RefuseAsync(context, 404, storage.Find(bucket) is null ? "NoSuchBucket" : "NoSuchKey");
            return;
        }
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = content.Length;
        if (HttpMethods.IsGet(request.Method)) await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Resource>{System.Security.SecurityElement.Escape(context.Request.Path.Value)}</Resource></Error>", context.RequestAborted);
    }
}
