using System.Globalization;
using System.Text.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>Makes typed errors of the answers that say no: a Status where the server gave one, else what the code means.</summary>
internal static class ApiFailures
{
    /// <summary>The id of a login that the server does not know, or no longer.</summary>
    public const string LoginRefused = "LoginRefused";

    private const int LongestText = 2000;

    public static KubernetesApiException FromResponse(
        ApiRequest request, string cluster, string login, HttpResponseMessage response, ReadOnlySpan<byte> body, TimeProvider time)
    {
        var code = (int)response.StatusCode;
        var status = StatusBody.Parse(body);
        var retryAfter = RetryAfter(response, time) ?? (status.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        var conflicts = status.Causes.Where(c => c.Reason == "FieldManagerConflict")
            .Select(c => new FieldConflict(Manager(c.Message), c.Field, c.Message)).ToList();
        var (id, kind, recommendation) = Classify(code, status, conflicts.Count > 0, login, request);
        var text = status.Message.Length > 0 ? status.Message : $"the server answered {code} {response.ReasonPhrase}".TrimEnd();
        if (id == LoginRefused)
            text += $" (login: {login})";
        return new KubernetesApiException(new Failure
        {
            Id = id,
            Kind = kind,
            Message = $"{request.Action} on {cluster}: {Shorten(text)}",
            Recommendation = recommendation,
            Target = request.Target,
        })
        {
            StatusCode = code,
            Reason = status.Reason,
            Causes = status.Causes,
            RetryAfter = retryAfter,
            Conflicts = conflicts,
            Continue = status.Continue,
            DetailsName = status.Name,
            Outcome = Outcome(code, status),
        };
    }

    /// <summary>Whether the server could not ask a webhook since it does not trust its certificate (Go's crypto/x509 says so in these words).</summary>
    public static bool IsUntrustedWebhook(KubernetesApiException e) =>
        e.Failure.Id == "WebhookUnavailable" && e.Failure.Message.Contains("x509: ", StringComparison.Ordinal);

    /// <summary>Whether a body is a Status, by which a server refuses a call itself.</summary>
    public static bool IsRefusal(int code, ReadOnlySpan<byte> body) => StatusBody.Parse(body).Code == code;

    private static CallOutcome Outcome(int code, StatusBody status) => code switch
    {
        // A budget's refusal of an eviction is a decision, not a throttle.
        429 => status.Causes.Any(c => c.Reason == "DisruptionBudget") ? CallOutcome.Final : CallOutcome.NotProcessed,
        501 or 505 => CallOutcome.Final,
        // A webhook that can't be reached fails the whole call before anything is stored.
        500 when status.Message.Contains("failed calling webhook", StringComparison.Ordinal) => CallOutcome.NotProcessed,
        500 when IsUntyped(status) => CallOutcome.Final,
        408 or >= 500 => CallOutcome.Unknown,
        _ => CallOutcome.Final,
    };

    // An apply's body that the server can't read by its schema is a 500 without a reason. Seen on 1.33.
    private static bool IsUntyped(StatusBody status) => status.Message.StartsWith("failed to create typed patch object", StringComparison.Ordinal);

    private static (string Id, FailureKind Kind, string? Recommendation) Classify(
        int code, StatusBody status, bool fieldConflict, string login, ApiRequest request)
    {
        bool Begins(string text) => status.Message.StartsWith(text, StringComparison.Ordinal);
        bool Says(string text) => status.Message.Contains(text, StringComparison.OrdinalIgnoreCase);
        var webhook = Says("admission webhook") && Says("denied the request");
        // A policy chooses its code by the reason of its rule: 422 where it names none, 401, 403 or 413. Seen on 1.33 and 1.36:
        // configmaps "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: …
        var policy = code is >= 400 and < 500 && Says("AdmissionPolicy '") && Says("denied request");
        return code switch
        {
            _ when policy => Denied(code),
            401 => (LoginRefused, FailureKind.Authentication,
                $"The login ({login}) has expired or is not known to this cluster. Log in again, or check the context's user."),
            403 when Says("exceeded quota") => ("QuotaExceeded", FailureKind.LimitsExceeded, "Raise the namespace's ResourceQuota, or free what it counts."),
            403 when status.Causes.Any(c => c.Reason == "NamespaceTerminating") =>
                ("NamespaceTerminating", FailureKind.Conflict, "Wait until the namespace is gone, then try again."),
            _ when webhook => Denied(code),
            403 => ("Forbidden", FailureKind.PermissionDenied, "Grant the login the right that the message names, or use another context."),
            404 when status.Name is null => ("ResourceNotServed", FailureKind.NotFound, "This cluster does not serve the kind in that version."),
            404 when request.Method == HttpMethod.Post && status.Kind == "namespaces" =>
                ("NamespaceNotFound", FailureKind.NotFound, "Create the namespace first."),
            404 => ("NotFound", FailureKind.NotFound, null),
            405 => ("MethodNotAllowed", FailureKind.NotSupported, null),
            406 or 415 => ("MediaTypeNotSupported", FailureKind.NotSupported, null),
            408 => ("ServerTimeout", FailureKind.Timeout, "Try again when the server is less busy."),
            409 when fieldConflict => ("FieldManagerConflict", FailureKind.Conflict,
                "Leave the fields to their managers, or take them with -ForceConflict."),
            409 when status.Reason == "AlreadyExists" => ("AlreadyExists", FailureKind.AlreadyExists, null),
            409 => ("Conflict", FailureKind.Conflict, "The object has changed in between: read it again and repeat the change."),
            410 => ("Expired", FailureKind.Unavailable, "Read the list again from its beginning."),
            413 => ("RequestTooLarge", FailureKind.LimitsExceeded, "The object is larger than the server takes."),
            422 => ("Invalid", FailureKind.InvalidData, "Correct the fields that the message names."),
            429 => ("TooManyRequests", FailureKind.LimitsExceeded, "The server is throttling: try again later, or with a smaller -ThrottleLimit."),
            >= 500 when Says("failed calling webhook") || Says("conversion webhook") =>
                ("WebhookUnavailable", FailureKind.Unavailable, "Bring up the workload behind the webhook that the message names."),
            500 when IsUntyped(status) => ("NotAppliable", FailureKind.InvalidData, "Correct the fields that the message names: an apply takes no fields beside the schema, and nothing twice in a list with keys."),
            501 => ("NotImplemented", FailureKind.NotSupported, null),
            // Of the proxy of Services (registry/core/service, apimachinery's proxy handler). Seen on 1.33 and 1.36.
            503 when Begins("no endpoints available for service ") => ("NoEndpoints", FailureKind.Unavailable, "Look at the pods that the Service selects: none is ready."),
            503 when Begins("no service port ") => ("NoServicePort", FailureKind.NotFound, "Look at the Service's ports."),
            503 when Begins("error trying to reach service: ") => ("BackEndUnreachable", FailureKind.Unavailable,
                "Let the control plane reach the pods at that port (security groups, network policies, a mesh that takes mTLS alone), or look yourself (kubectl port-forward)."),
            503 => ("ServiceUnavailable", FailureKind.Unavailable, "Try again when the API server, or the service behind this API, is ready."),
            504 => ("ServerTimeout", FailureKind.Timeout, "Try again when the server is less busy."),
            >= 500 => ("ServerError", FailureKind.Unavailable, "Try again; where it stays, the API server's log tells more."),
            >= 300 and < 400 => ("UnexpectedRedirect", FailureKind.Unavailable, "The server sent the call elsewhere: check the context's server URL and any proxy."),
            _ => ("BadRequest", FailureKind.InvalidData, null),
        };
    }

    private static (string Id, FailureKind Kind, string? Recommendation) Denied(int code) =>
        ("AdmissionDenied", code is 401 or 403 ? FailureKind.PermissionDenied : FailureKind.InvalidData, "An admission rule of the cluster refuses the object: change the object, or the rule.");

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        if (header?.Delta is { } delta)
            return delta;
        return header?.Date is { } date && date - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : null;
    }

    // conflict with "helm" using apps/v1: .spec.replicas   |   conflict with "kubectl" with subresource "scale" using …
    private static string Manager(string message)
    {
        var open = message.IndexOf('"', StringComparison.Ordinal);
        if (open < 0)
            return "";
        // The server writes it as Go's %q does.
        var text = new System.Text.StringBuilder();
        for (var i = open + 1; i < message.Length && message[i] != '"'; i++)
            text.Append(message[i] == '\\' && i + 1 < message.Length ? message[++i] : message[i]);
        return text.ToString();
    }

    private static string Shorten(string text) =>
        text.Length <= LongestText ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, LongestText)}… ({text.Length} characters)");

    private sealed record StatusBody
    {
        public string Message { get; private init; } = "";

        public string Reason { get; private init; } = "";

        public int? Code { get; private init; }

        public string? Name { get; private init; }

        public string? Kind { get; private init; }

        public string? Continue { get; private init; }

        public int? RetryAfterSeconds { get; private init; }

        public IReadOnlyList<StatusCause> Causes { get; private init; } = [];

        public static StatusBody Parse(ReadOnlySpan<byte> body)
        {
            try
            {
                var reader = new Utf8JsonReader(body);
                using var document = JsonDocument.ParseValue(ref reader);
                var root = document.RootElement;
                if (root.ValueKind != JsonValueKind.Object || Text(root, "kind") != "Status")
                    return new StatusBody();
                var details = root.TryGetProperty("details", out var d) && d.ValueKind == JsonValueKind.Object ? d : default;
                var metadata = root.TryGetProperty("metadata", out var m) ? m : default;
                return new StatusBody
                {
                    Message = Text(root, "message") ?? "",
                    Reason = Text(root, "reason") ?? "",
                    Code = root.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number : null,
                    Name = Text(details, "name"),
                    Kind = Text(details, "kind"),
                    Continue = Text(metadata, "continue"),
                    RetryAfterSeconds = details.ValueKind == JsonValueKind.Object && details.TryGetProperty("retryAfterSeconds", out var retry)
                        && retry.ValueKind == JsonValueKind.Number && retry.TryGetInt32(out var seconds) && seconds > 0 ? seconds : null,
                    Causes = details.ValueKind == JsonValueKind.Object && details.TryGetProperty("causes", out var causes) && causes.ValueKind == JsonValueKind.Array
                        ? [.. causes.EnumerateArray().Select(c => new StatusCause(Text(c, "reason") ?? "", Text(c, "message") ?? "", Text(c, "field") ?? ""))]
                        : [],
                };
            }
            catch (JsonException)
            {
                // A proxy's page or a bare line of text: its content is nobody's promise and is not repeated.
                return new StatusBody();
            }
        }

        private static string? Text(JsonElement element, string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
