using System.Globalization;
using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Dns.Service;

/// <summary>One request to Route 53, taken apart.</summary>
internal sealed class Route53Request(string operation, string verb, string resource, string subject, IQueryCollection query, XElement? body, Func<Route53Request, AwsAnswer> serve) : IAwsRequest
{
    public string Operation => operation;

    public string Cluster => string.Empty;

    /// <summary>The id in the path.</summary>
    public string Subject => subject;

    public string Arn => resource switch
    {
        "changes" => $"arn:aws:route53:::change/{subject}",
        _ when subject.Length > 0 => $"arn:aws:route53:::hostedzone/{subject}",
        _ => "*",
    };

    /// <summary>The body.</summary>
    /// <exception cref="AwsError">There is none.</exception>
    public XElement Body => body ?? throw DnsError.Input("Invalid XML ; Premature end of file.");

    public string? Asked(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>How many are to be on the page.</summary>
    public int Size(int most)
        => Asked("maxitems") is not { } text ? most
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0 ? Math.Min(size, most)
        : throw DnsError.Input($"Invalid parameter value for MaxItems: {text}");

    public RequestInfo ToInfo(string path) => new() { Verb = verb, Operation = operation, Path = path, IsResource = true, Group = "route53.amazonaws.com", Resource = resource, Name = subject };

    public AwsAnswer Serve() => serve(this);

    public AwsError Error(int status, string type, string message, int retryAfterSeconds = 0) => new(status, type, message) { RetryAfterSeconds = retryAfterSeconds };
}
