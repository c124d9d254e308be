using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>The OpenAPI documents: all in one (version 2), and one for each group version (version 3, from 1.24 on).</summary>
internal sealed class OpenApi(SimulatedCluster cluster)
{
    private const int FirstMinorWithV3 = 24;

    // Documents are made when they are first asked for, and again when a CRD changed what they tell.
    private readonly ConcurrentDictionary<string, (object Of, byte[] Document, string Hash)> _documents = new(StringComparer.Ordinal);

    /// <summary>The answer for a path, or null when it is none of OpenAPI's.</summary>
    public Answer? Find(string path, HttpRequest request)
    {
        if (path == "/openapi/v2")
        {
            ResourceCatalog catalog = cluster.Catalog;
            JsonObject All() => OpenApiDocuments.V2(catalog.Resources.Select(resource => resource.Described), cluster.Version.GitVersion);
            if (OpenApiProto.IsAsked(string.Join(',', request.Headers.Accept.OfType<string>())))
            {
                (byte[] packed, string packedHash) = Document("v2.protobuf", catalog, () => OpenApiProto.Write(All()));
                return new Answer(200, packed) { Tag = packedHash, ContentType = OpenApiProto.ContentType };
            }
            RequireJson(request);
            (byte[] document, string hash) = Document("v2", catalog, () => JsonTree.ToUtf8(All()));
            return new Answer(200, document) { Tag = hash };
        }
        if (cluster.Version.Minor < FirstMinorWithV3) return null;
        if (path == "/openapi/v3") return new Answer(200, Index());
        if (!path.StartsWith("/openapi/v3/", StringComparison.Ordinal)) return null;
        foreach ((string place, ApiResource[] resources) in GroupVersions())
        {
            if (path != $"/openapi/v3/{place}") continue;
            RequireJson(request);
            (byte[] document, string hash) = Document(place, resources);
            return new Answer(200, document) { Tag = hash };
        }
        return null;
    }

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach ((string place, ApiResource[] resources) in GroupVersions())
        {
            // What is built in differs by version alone; a CRD's document is known by its content.
            string hash = resources.Any(resource => resource.IsCustom) ? Document(place, resources).Hash : Hash(Encoding.UTF8.GetBytes($"{cluster.Version.GitVersion}/{place}"));
            paths[place] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{place}?hash={hash}" };
        }
        return new JsonObject { ["paths"] = paths };
    }

    private IEnumerable<(string Place, ApiResource[] Resources)> GroupVersions()
        => cluster.Catalog.Resources
            .GroupBy(resource => resource.Group.Length == 0 ? $"api/{resource.Version}" : $"apis/{resource.Group}/{resource.Version}")
            .Select(group => (group.Key, group.ToArray()));

    private (byte[] Document, string Hash) Document(string place, ApiResource[] resources)
        => Document(place, resources, () => JsonTree.ToUtf8(OpenApiDocuments.V3(resources.Select(resource => resource.Described), cluster.Version.GitVersion)));

    private (byte[] Document, string Hash) Document(string place, object of, Func<byte[]> make)
    {
        if (_documents.TryGetValue(place, out (object Of, byte[] Document, string Hash) known) && Same(known.Of, of)) return (known.Document, known.Hash);
        byte[] document = make();
        string hash = Hash(document);
        _documents[place] = (of, document, hash);
        return (document, hash);
    }

    private static bool Same(object one, object other) => one is ApiResource[] left && other is ApiResource[] right ? left.SequenceEqual(right) : ReferenceEquals(one, other);

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content));

    private static void RequireJson(HttpRequest request)
    {
        string accept = string.Join(',', request.Headers.Accept.OfType<string>());
        bool json = accept.Length == 0 || accept.Split(',').Any(part => part.Split(';')[0].Trim() is "application/json" or "*/*" or "application/*");
        if (!json) throw ApiError.NotAcceptable("application/json");
    }
}
