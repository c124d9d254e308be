using KonUpgrade.Sandbox.Access;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class AccessTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task A_viewer_reads_all_but_secrets()
    {
        using ApiClient viewer = As("blue-viewer");
        (await viewer.GetAsync("/api/v1/configmaps")).Must(200);
        Reply refused = (await viewer.GetAsync("/api/v1/namespaces/default/secrets")).Must(403);
        Assert.Equal("secrets is forbidden: User \"blue-viewer\" cannot list resource \"secrets\" in API group \"\" in the namespace \"default\"", refused.Message);
        (await viewer.PostAsync("/api/v1/namespaces/default/configmaps", ConfigMap("a"))).Must(403);
    }

    [Fact]
    public async Task Nobody_may_only_discover()
    {
        using ApiClient nobody = As("blue-nobody");
        (await nobody.GetAsync("/apis")).Must(200);
        Reply refused = (await nobody.GetAsync("/api/v1/namespaces")).Must(403);
        Assert.EndsWith("at the cluster scope", refused.Message, StringComparison.Ordinal);
        Reply asked = (await nobody.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}""")).Must(201);
        Assert.False((bool)asked.Json["status"]!["allowed"]!);
    }

    [Fact]
    public async Task A_token_that_is_not_known_is_401()
    {
        using var stranger = new ApiClient(Host, Blue, "not-a-token");
        Reply refused = (await stranger.GetAsync("/api/v1/namespaces")).Must(401);
        Assert.Equal("Unauthorized", refused.Reason);
        using var other = new ApiClient(Host, Blue, Fixture.Old.AdminToken);
        (await other.GetAsync("/api/v1/namespaces")).Must(401);
        using var anonymous = new ApiClient(Host, Blue.Uri, null);
        (await anonymous.GetAsync("/version")).Must(200);
        (await anonymous.GetAsync("/api/v1/namespaces")).Must(403);
    }

    [Fact]
    public async Task A_right_can_be_taken_and_given_back()
    {
        using var old = new ApiClient(Host, Fixture.Old);
        Fixture.Old.Deny(new DeniedAccess { Verb = "list", Resource = "leases" });
        (await old.GetAsync("/apis/coordination.k8s.io/v1/leases")).Must(403);
        (await old.GetAsync("/api/v1/configmaps")).Must(200);
        Fixture.Old.AllowAgain();
        (await old.GetAsync("/apis/coordination.k8s.io/v1/leases")).Must(200);
    }

    private ApiClient As(string user)
    {
        string kubeconfig = File.ReadAllText(Host.KubeConfigPath);
        string entry = kubeconfig[kubeconfig.IndexOf($"- name: {user}\n  user:", StringComparison.Ordinal)..];
        string token = entry[(entry.IndexOf("token: ", StringComparison.Ordinal) + 7)..].Split('\n')[0];
        return new ApiClient(Host, Blue, token);
    }
}
