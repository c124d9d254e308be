using System.Globalization;
using System.Text;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>
/// What an API server's metrics tell of requests for deprecated API versions (apiserver_requested_deprecated_apis, since
/// Kubernetes 1.19), with how many there were (apiserver_request_total) since the process began.
/// </summary>
internal sealed class RequestMetrics
{
    private const string Requested = "apiserver_requested_deprecated_apis";
    private const string Total = "apiserver_request_total";
    private const string Began = "process_start_time_seconds";

    private readonly SortedDictionary<(string Group, string Version, string Resource), string> _deprecated = [];
    private readonly Dictionary<(string Group, string Version, string Resource), double> _totals = [];

    /// <summary>When the process began, since which all is counted; null where it does not say.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The deprecated versions that were asked for, with the version that removes each (empty for none) and the number of requests.</summary>
    public IEnumerable<(string Group, string Version, string Resource, string RemovedIn, long? Requests)> Deprecated =>
        _deprecated.Select(one => (one.Key.Group, one.Key.Version, one.Key.Resource, one.Value, _totals.TryGetValue(one.Key, out var total) ? (long?)total : null));

    /// <summary>Takes a line.</summary>
    public void Take(string line)
    {
        if (line.StartsWith(Requested + "{", StringComparison.Ordinal))
        {
            var (labels, value) = Parse(line, Requested.Length);
            if (value > 0)
                _deprecated[Key(labels)] = labels.GetValueOrDefault("removed_release", "");
        }
        else if (line.StartsWith(Total + "{", StringComparison.Ordinal))
        {
            var (labels, value) = Parse(line, Total.Length);
            var key = Key(labels);
            _totals[key] = _totals.GetValueOrDefault(key) + value;
        }
        else if (line.StartsWith(Began + " ", StringComparison.Ordinal) && Number(line.AsSpan(Began.Length)) is var seconds and > 0 and < 1e11)
        {
            Since = DateTimeOffset.UnixEpoch.AddSeconds(Math.Round(seconds));
        }
    }

    private static (string Group, string Version, string Resource) Key(Dictionary<string, string> labels) =>
        (labels.GetValueOrDefault("group", ""), labels.GetValueOrDefault("version", ""), labels.GetValueOrDefault("resource", ""));

    // {name="value",…} number, with \\, \" and \n in the values.
    private static (Dictionary<string, string> Labels, double Value) Parse(string line, int at)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        at++;
        while (at < line.Length && line[at] != '}')
        {
            var equals = line.IndexOf('=', at);
            if (equals < 0 || equals + 1 >= line.Length || line[equals + 1] != '"')
                return (labels, 0);
            var name = line[at..equals].Trim(' ', ',');
            var value = new StringBuilder();
            for (at = equals + 2; at < line.Length && line[at] != '"'; at++)
            {
                if (line[at] == '\\' && at + 1 < line.Length)
                    value.Append(line[++at] == 'n' ? '\n' : line[at]);
                else
                    value.Append(line[at]);
            }

            labels[name] = value.ToString();
            at++;
        }

        return (labels, at < line.Length ? Number(line.AsSpan(at + 1)) : 0);
    }

    // A time may follow the value.
    private static double Number(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IndexOf(' ') is > 0 and var end)
            text = text[..end];
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : 0;
    }
}
