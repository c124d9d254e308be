using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Requests;

/// <summary>One entry of <c>Status.details.causes</c>.</summary>
internal sealed record StatusCause(string Reason, string Message, string Field);

/// <summary>
/// An answer that is not success: it ends the request and becomes a <c>Status</c> body. The words are those of a real
/// API server, since clients and their users meet them.
/// </summary>
internal sealed class ApiError(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    /// <summary>Status.reason: NotFound, AlreadyExists, Conflict, Invalid, …; empty where a real server gives none.</summary>
    public string Reason { get; } = reason;

    /// <summary>details.group.</summary>
    public string Group { get; init; } = string.Empty;

    /// <summary>details.kind: the plural, but the kind itself where the object is Invalid.</summary>
    public string Kind { get; init; } = string.Empty;

    /// <summary>details.name.</summary>
    public string Name { get; init; } = string.Empty;

    public string Uid { get; init; } = string.Empty;

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>details.retryAfterSeconds and the Retry-After header; 0 for none.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>The Status has details, even when nothing is in them.</summary>
    public bool HasDetails { get; init; }

    /// <summary>metadata.continue, which an expired page carries so that the client may go on without consistency.</summary>
    public string Continue { get; init; } = string.Empty;

    public static ApiError NotFound(string group, string plural, string name) => new(404, "NotFound", $"{Qualified(group, plural)} \"{name}\" not found")
    {
        Group = group,
        Kind = plural,
        Name = name,
    };

    public static ApiError AlreadyExists(string group, string plural, string name) => new(409, "AlreadyExists", $"{Qualified(group, plural)} \"{name}\" already exists")
    {
        Group = group,
        Kind = plural,
        Name = name,
    };

    public static ApiError Conflict(string group, string plural, string name, string why) => new(409, "Conflict", $"Operation cannot be fulfilled on {Qualified(group, plural)} \"{name}\": {why}")
    {
        Group = group,
        Kind = plural,
        Name = name,
    };

    /// <summary>What a writer hears whose copy is not the newest.</summary>
    public static ApiError Modified(string group, string plural, string name)
        => Conflict(group, plural, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError Forbidden(string group, string plural, string name, string why, params StatusCause[] causes)
    {
        string what = name.Length == 0 ? Qualified(group, plural) : $"{Qualified(group, plural)} \"{name}\"";
        return new(403, "Forbidden", $"{what} is forbidden: {why}")
        {
            Group = group,
            Kind = plural,
            Name = name,
            Causes = causes,
        };
    }

    public static ApiError Invalid(string group, string kind, string name, IReadOnlyList<StatusCause> causes)
    {
        string[] words = [.. causes.Select(cause => cause.Field.Length == 0 ? cause.Message : $"{cause.Field}: {cause.Message}").Distinct()];
        string all = words.Length == 1 ? words[0] : $"[{string.Join(", ", words)}]";
        return new(422, "Invalid", $"{Qualified(group, kind)} \"{name}\" is invalid: {all}")
        {
            Group = group,
            Kind = kind,
            Name = name,
            Causes = causes,
        };
    }

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiError Expired(string message, string next = "") => new(410, "Expired", message) { Continue = next };

    public static ApiError MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { HasDetails = true };

    /// <summary>The group version is served, the resource is not one of its.</summary>
    public static ApiError NoSuchResource() => new(404, "NotFound", "the server could not find the requested resource") { HasDetails = true };

    public static ApiError UnsupportedMediaType(params string[] supported)
        => new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", supported)}");

    public static ApiError NotAcceptable(params string[] supported)
        => new(406, "NotAcceptable", $"only the following media types are accepted: {string.Join(", ", supported)}");

    public static ApiError TooManyRequests(int retryAfterSeconds) => new(429, "TooManyRequests", "The server has received too many requests and has asked us to try again later")
    {
        RetryAfterSeconds = retryAfterSeconds,
    };

    /// <summary>The sandbox is a model: what it leaves out, it says.</summary>
    public static ApiError NotModelled(string what) => new(501, "NotImplemented", $"the sandbox does not model {what}");

    /// <summary>The <c>Status</c> object.</summary>
    public JsonObject ToStatus()
    {
        var metadata = new JsonObject();
        if (Continue.Length > 0) metadata["continue"] = Continue;
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = metadata,
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0) status["reason"] = Reason;
        var details = new JsonObject();
        if (Name.Length > 0) details["name"] = Name;
        if (Group.Length > 0) details["group"] = Group;
        if (Kind.Length > 0) details["kind"] = Kind;
        if (Uid.Length > 0) details["uid"] = Uid;
        if (Causes.Count > 0)
        {
            var causes = new JsonArray();
            foreach (StatusCause cause in Causes)
            {
                var item = new JsonObject();
                if (cause.Reason.Length > 0) item["reason"] = cause.Reason;
                if (cause.Message.Length > 0) item["message"] = cause.Message;
                if (cause.Field.Length > 0) item["field"] = cause.Field;
                causes.Add((JsonNode)item);
            }
            details["causes"] = causes;
        }
        if (RetryAfterSeconds > 0) details["retryAfterSeconds"] = RetryAfterSeconds;
        if (details.Count > 0 || HasDetails) status["details"] = details;
        status["code"] = Code;
        return status;
    }

    private static string Qualified(string group, string resource) => group.Length == 0 ? resource : $"{resource}.{group}";
}
