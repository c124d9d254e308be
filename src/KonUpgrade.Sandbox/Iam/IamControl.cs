using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Iam;

/// <summary>
/// What the control endpoint can do at the sandbox's IAM, below <c>/sandbox/iam</c>: <c>GET</c> tells roles and identity
/// providers; <c>POST /roles</c> (<see cref="IamRole"/>), <c>DELETE /roles/NAME</c>; <c>POST /policies</c> (<see
/// cref="IamPolicy"/>); <c>POST /providers</c> (<see cref="IamIdentityProvider"/>), <c>DELETE /providers?arn=ARN</c>;
/// <c>PUT /quota?is=4096</c> sets how many characters a trust policy may have.
/// </summary>
internal static class IamControl
{
    public static async Task<Answer> ServeAsync(SandboxIam iam, HttpRequest request, string[] path, Func<Task<IamRole>> readRole, Func<Task<IamPolicy>> readPolicy, Func<Task<IamIdentityProvider>> readProvider)
    {
        switch (request.Method, path)
        {
            case ("GET", []):
                return new Answer(200, Describe(iam));
            case ("POST", ["roles"]):
                return new Answer(201, new JsonObject { ["arn"] = iam.Add(await readRole()) });
            case ("GET", ["roles", var name]):
                return new Answer(200, Describe(iam, iam.Role(name)));
            case ("DELETE", ["roles", var name]):
                return iam.RemoveRole(name) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "roles", name);
            case ("POST", ["policies"]):
                iam.Add(await readPolicy());
                return new Answer(201, new JsonObject());
            case ("POST", ["providers"]):
                return new Answer(201, new JsonObject { ["arn"] = iam.Add(await readProvider()) });
            case ("DELETE", ["providers"]):
                string arn = request.Query["arn"].ToString();
                return iam.RemoveIdentityProvider(arn) ? new Answer(200, new JsonObject()) : throw ApiError.NotFound(string.Empty, "providers", arn);
            case ("PUT", ["quota"]):
                long quota = QueryOptions.Number(request.Query, "is") ?? throw ApiError.BadRequest("the quota is missing: ?is=4096");
                iam.Settings = iam.Settings with { TrustPolicyQuota = (int)Math.Clamp(quota, 0, int.MaxValue) };
                return new Answer(200, Describe(iam));
            default:
                return Answer.NoSuchPath;
        }
    }

    private static JsonObject Describe(SandboxIam iam) => new()
    {
        ["trustPolicyQuota"] = iam.Settings.TrustPolicyQuota,
        ["roles"] = new JsonArray([.. iam.Roles.Select(role => (JsonNode?)Describe(iam, role))]),
        ["providers"] = new JsonArray([.. iam.IdentityProviders.Select(pair => (JsonNode?)new JsonObject
        {
            ["arn"] = pair.Key,
            ["issuer"] = pair.Value.Issuer.ToString(),
            ["audiences"] = new JsonArray([.. pair.Value.Audiences.Select(audience => (JsonNode?)audience)]),
        })]),
    };

    private static JsonObject Describe(SandboxIam iam, IamRole role) => new()
    {
        ["name"] = role.Name,
        ["arn"] = iam.RoleArn(role.Name),
        ["trustPolicy"] = role.TrustPolicy,
        ["attachedPolicies"] = new JsonArray([.. role.AttachedPolicies.Select(policy => (JsonNode?)policy)]),
    };
}
