using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Velero.Runs;

/// <summary>What a backup or restore has to tell: its log, and the warnings and errors by where they belong.</summary>
internal sealed class RunReport(Func<DateTimeOffset> now)
{
    /// <summary>Belongs to the server itself, and to no object.</summary>
    public const string Server = "\0";

    private readonly StringBuilder _log = new();
    private readonly List<(string Where, string Text)> _warnings = [], _errors = [];

    public int Warnings => _warnings.Count;

    public int Errors => _errors.Count;

    /// <summary>The log as text.</summary>
    public string Log => _log.ToString();

    public void Info(string text) => Write("info", text);

    /// <param name="where">The namespace; empty for what lives in the cluster.</param>
    /// <param name="text">What is strange.</param>
    public void Warn(string where, string text)
    {
        _warnings.Add((where, text));
        Write("warning", text);
    }

    /// <param name="where">The namespace; empty for what lives in the cluster.</param>
    /// <param name="text">What is wrong.</param>
    public void Error(string where, string text)
    {
        _errors.Add((where, text));
        Write("error", text);
    }

    /// <summary>The results; parts in which nothing is are left out.</summary>
    public JsonObject ToJson()
    {
        var results = new JsonObject();
        if (_warnings.Count > 0) results["warnings"] = ToJson(_warnings);
        if (_errors.Count > 0) results["errors"] = ToJson(_errors);
        return results;
    }

    private static JsonObject ToJson(List<(string Where, string Text)> entries)
    {
        var part = new JsonObject();
        foreach (IGrouping<string, string> where in entries.GroupBy(entry => entry.Where, entry => entry.Text).OrderBy(where => where.Key, StringComparer.Ordinal))
        {
            var texts = new JsonArray([.. where.Select(text => (JsonNode?)text)]);
            if (where.Key == Server) part["velero"] = texts;
            else if (where.Key.Length == 0) part["cluster"] = texts;
            else DataPlane.Fields.Made(part, "namespaces")[where.Key] = texts;
        }
        return part;
    }

    private void Write(string level, string text)
        => _log.Append(CultureInfo.InvariantCulture, $"time=\"{now().UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" level={level} msg=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n");
}
