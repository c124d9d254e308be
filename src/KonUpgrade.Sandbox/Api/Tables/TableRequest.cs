using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api.Tables;

/// <summary>How a client wants the table that it asks for.</summary>
/// <param name="Version">The version of Table: v1 or v1beta1.</param>
/// <param name="Object">What each row carries of its object: None, Metadata or Object.</param>
internal sealed record TableRequest(string Version, string Object)
{
    /// <summary>What of a request is answered as a table; null where it does not ask for one, or rather wants something else.</summary>
    /// <exception cref="ApiError">400: it does not say in a known way what the rows shall carry.</exception>
    public static TableRequest? Of(HttpContext context)
    {
        foreach (string part in string.Join(',', context.Request.Headers.Accept.OfType<string>()).Split(',', StringSplitOptions.TrimEntries))
        {
            string[] words = part.Split(';', StringSplitOptions.TrimEntries);
            if (words[0].ToLowerInvariant() is not ("application/json" or "*/*" or "application/*")) continue;
            if (!words.Contains("as=Table"))
            {
                // Another form that we have comes first.
                if (!Array.Exists(words, word => word.StartsWith("as=", StringComparison.Ordinal))) return null;
                continue;
            }
            string? version = words.Contains("v=v1") ? "v1" : words.Contains("v=v1beta1") ? "v1beta1" : null;
            if (version is null || !words.Contains("g=meta.k8s.io")) continue;
            string include = context.Request.Query["includeObject"].ToString();
            return include switch
            {
                "" => new TableRequest(version, "Metadata"),
                "None" or "Metadata" or "Object" => new TableRequest(version, include),
                _ => throw ApiError.BadRequest($"unrecognized includeObject value: {include}"),
            };
        }
        return null;
    }
}
