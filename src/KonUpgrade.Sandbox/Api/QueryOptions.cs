using System.Globalization;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Reads the options that writes and lists carry in their query.</summary>
internal static class QueryOptions
{
    private const int LongestManager = 128;

    // The server's own validation came to everyone with 1.25; before, the parameter meant nothing to it.
    private const int FirstMinorWithValidation = 25;

    /// <exception cref="ApiError">422: dryRun is something other than All.</exception>
    public static bool DryRun(IQueryCollection query, string kind)
    {
        if (!query.TryGetValue("dryRun", out Microsoft.Extensions.Primitives.StringValues values)) return false;
        if (values is [] or [""]) return false;
        if (values.Any(value => value != "All"))
        {
            throw ApiError.Invalid("meta.k8s.io", kind, string.Empty,
                [new("FieldValueNotSupported", $"Unsupported value: []string{{\"{string.Join("\", \"", values.OfType<string>())}\"}}: supported values: \"All\"", "dryRun")]);
        }
        return true;
    }

    public static WriteOptions ForWrite(HttpRequest request, string kind, KubernetesVersion version)
    {
        string manager = request.Query["fieldManager"].ToString();
        if (manager.Length > LongestManager)
        {
            throw ApiError.Invalid("meta.k8s.io", kind, string.Empty,
                [new("FieldValueInvalid", $"Invalid value: \"{manager}\": must be no more than {LongestManager} characters", "fieldManager")]);
        }
        if (manager.Length == 0)
        {
            string agent = request.Headers.UserAgent.ToString();
            manager = agent.Split('/', 2)[0];
            if (manager.Length > LongestManager) manager = manager[..LongestManager];
            if (manager.Length == 0) manager = "unknown";
        }
        string validation = request.Query["fieldValidation"].ToString();
        return new WriteOptions
        {
            Manager = manager,
            DryRun = DryRun(request.Query, kind),
            Force = RequestInfo.IsTrue(request.Query["force"]),
            Validation = version.Minor < FirstMinorWithValidation ? FieldValidation.Ignore : validation switch
            {
                "Strict" => FieldValidation.Strict,
                "Warn" => FieldValidation.Warn,
                "Ignore" => FieldValidation.Ignore,
                "" => FieldValidation.Warn,
                _ => throw ApiError.Invalid("meta.k8s.io", kind, string.Empty,
                    [new("FieldValueNotSupported", $"Unsupported value: \"{validation}\": supported values: \"Ignore\", \"Strict\", \"Warn\", \"\"", "fieldValidation")]),
            },
        };
    }

    /// <summary>A number of the query; null when it is absent.</summary>
    public static long? Number(IQueryCollection query, string name)
    {
        string text = query[name].ToString();
        if (text.Length == 0) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw ApiError.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }
}
