using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Which forms of bodies are understood: JSON and YAML, no protobuf. Tables are <see cref="Tables.TableRequest"/>'s.</summary>
internal static class ContentNegotiation
{
    private const string Json = "application/json";
    private const string Protobuf = "application/vnd.kubernetes.protobuf";
    private const string Yaml = "application/yaml";
    private const long BodyLimit = 3 * 1024 * 1024;

    private static readonly string[] Answers = [Json, Yaml];

    /// <summary>The content type of the answer.</summary>
    /// <exception cref="ApiError">406: nothing that the client accepts can be given.</exception>
    public static string ForAnswer(HttpContext context)
    {
        string accept = string.Join(',', context.Request.Headers.Accept.OfType<string>());
        if (accept.Length == 0) return Json;
        foreach (string part in accept.Split(','))
        {
            string[] words = part.Split(';', StringSplitOptions.TrimEntries);
            // A table is wished for, but whoever wishes takes the plain object as well.
            switch (words[0].ToLowerInvariant())
            {
                case Json or "*/*" or "application/*":
                    if (Array.Exists(words, word => word.StartsWith("as=PartialObjectMetadata", StringComparison.Ordinal))) continue;
                    return Json;
                case Yaml:
                    // JSON is YAML.
                    return Yaml;
            }
        }
        throw ApiError.NotAcceptable(Answers);
    }

    /// <summary>Reads a body that is JSON or YAML; notes the fields that are there twice.</summary>
    /// <exception cref="ApiError">400: it cannot be read; 413: it is too large; 415: it is in another form; 501: it is protobuf.</exception>
    public static async Task<JsonObject?> ReadAsync(HttpRequest request, List<string>? duplicates, params string[] accepted)
    {
        string type = (request.ContentType ?? string.Empty).Split(';', 2)[0].Trim().ToLowerInvariant();
        byte[] body = await ReadBytesAsync(request);
        if (body.Length == 0) return null;
        if (accepted.Length == 0) accepted = [Json, Yaml];
        if (type.Length == 0) type = Json;
        if (type == Protobuf) throw ApiError.NotModelled("bodies in protobuf; use kubectl apply -f, or create -f");
        if (!accepted.Contains(type)) throw ApiError.UnsupportedMediaType(accepted.Contains(Json) ? Answers : accepted);
        try
        {
            bool isYaml = type.EndsWith("yaml", StringComparison.Ordinal) && !LooksLikeJson(body);
            if (isYaml) return YamlTree.Read(Encoding.UTF8.GetString(body));
            JsonObject item = StrictJson.Parse(body, out IReadOnlyList<string> twice);
            duplicates?.AddRange(twice);
            return item;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            throw ApiError.BadRequest($"error decoding the body of the request: {unreadable.Message}");
        }
    }

    /// <summary>Reads a body that is a JSON list.</summary>
    /// <exception cref="ApiError">400: it cannot be read; 413: it is too large.</exception>
    public static async Task<JsonArray> ReadListAsync(HttpRequest request)
    {
        try
        {
            return JsonTree.Parse(await ReadBytesAsync(request)) as JsonArray ?? throw ApiError.BadRequest("error decoding patch: a list of operations was expected");
        }
        catch (JsonException unreadable)
        {
            throw ApiError.BadRequest($"error decoding patch: {unreadable.Message}");
        }
    }

    private static bool LooksLikeJson(byte[] body)
    {
        foreach (byte b in body)
        {
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') continue;
            return b == (byte)'{';
        }
        return false;
    }

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request)
    {
        if (request.ContentLength > BodyLimit) throw TooLarge();
        using var buffer = new MemoryStream(request.ContentLength is { } length ? (int)length : 1024);
        byte[] chunk = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > BodyLimit) throw TooLarge();
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(chunk);
        }
        return buffer.ToArray();
    }

    private static ApiError TooLarge() => new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {BodyLimit}");
}
