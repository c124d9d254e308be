using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Questions that a user puts about himself; nothing of them is kept.</summary>
internal sealed record SelfReview(string Group, string Version, string Plural, string Kind)
{
    private static readonly SelfReview Access = new("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview");
    private static readonly SelfReview Who = new("authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview");

    /// <summary>The reviews of a version: "who am I" came to everyone with 1.28.</summary>
    public static IReadOnlyList<SelfReview> For(KubernetesVersion version) => version.Minor >= 28 ? [Access, Who] : [Access];

    public static SelfReview? Find(KubernetesVersion version, RequestInfo info)
        => For(version).FirstOrDefault(review => review.Group == info.Group && review.Version == info.Version && review.Plural == info.Resource);

    public JsonObject Answer(JsonObject review, SandboxUser user, Authorizer authorizer)
    {
        var answer = (JsonObject)review.DeepClone();
        answer["kind"] = Kind;
        answer["apiVersion"] = $"{Group}/{Version}";
        answer["metadata"] = new JsonObject { ["creationTimestamp"] = null };
        if (this == Who)
        {
            answer["metadata"] = new JsonObject { ["creationTimestamp"] = Metadata.Time(DateTimeOffset.UtcNow) };
            answer["status"] = new JsonObject
            {
                ["userInfo"] = new JsonObject
                {
                    ["username"] = user.Name,
                    ["groups"] = new JsonArray([.. user.Groups.Select(group => (JsonNode?)group)]),
                },
            };
            return answer;
        }
        bool allowed;
        string? error = null;
        var spec = review["spec"] as JsonObject;
        if (spec?["resourceAttributes"] is JsonObject asked)
        {
            (string verb, string group, string resource) = (Metadata.Text(asked, "verb"), Metadata.Text(asked, "group"), Metadata.Text(asked, "resource"));
            (string place, string subresource) = (Metadata.Text(asked, "namespace"), Metadata.Text(asked, "subresource"));
            allowed = authorizer.AllowsResource(user, verb, group, resource, place, subresource);
            error = authorizer.DenialOf(user, verb, group, resource, place, subresource)?.EvaluationError;
        }
        else if (spec?["nonResourceAttributes"] is JsonObject path)
        {
            allowed = authorizer.Allows(user, new RequestInfo { Verb = Metadata.Text(path, "verb"), Path = Metadata.Text(path, "path") });
        }
        else
        {
            throw ApiError.Invalid(Group, Kind, string.Empty,
                [new("FieldValueInvalid", "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified", "spec.resourceAttributes")]);
        }
        var status = new JsonObject { ["allowed"] = allowed };
        if (error is not null)
            status["evaluationError"] = error;
        answer["status"] = status;
        return answer;
    }
}
