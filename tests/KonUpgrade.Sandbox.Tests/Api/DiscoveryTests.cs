using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Api;

public sealed class DiscoveryTests(SandboxFixture fixture) : Play(fixture)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    [Fact]
    public async Task The_old_and_the_aggregated_documents_tell_the_same()
    {
        var old = new HashSet<string>();
        Reply groups = (await Client.GetAsync("/apis")).Must(200);
        foreach (JsonNode? group in groups.Json["groups"]!.AsArray())
        {
            foreach (JsonNode? version in group!["versions"]!.AsArray())
            {
                string groupVersion = (string)version!["groupVersion"]!;
                foreach (JsonNode? resource in (await Client.GetAsync($"/apis/{groupVersion}")).Must(200).Json["resources"]!.AsArray())
                    if (!((string)resource!["name"]!).Contains('/', StringComparison.Ordinal)) old.Add($"{groupVersion}/{resource["name"]}/{string.Join(',', resource["verbs"]!.AsArray().Select(verb => (string)verb!))}");
            }
        }
        Reply all = (await Client.GetAsync("/apis", Aggregated)).Must(200);
        Assert.Equal("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", all.ContentType?.Replace(" ", string.Empty, StringComparison.Ordinal));
        var aggregated = new HashSet<string>();
        foreach (JsonNode? group in all.Json["items"]!.AsArray())
        {
            foreach (JsonNode? version in group!["versions"]!.AsArray())
            {
                foreach (JsonNode? resource in version!["resources"]!.AsArray())
                    aggregated.Add($"{group["metadata"]!["name"]}/{version["version"]}/{resource!["resource"]}/{string.Join(',', resource["verbs"]!.AsArray().Select(verb => (string)verb!))}");
            }
        }
        Assert.Contains(old, item => item.StartsWith("apps/v1/deployments/", StringComparison.Ordinal));
        // Other tests define kinds of their own meanwhile.
        Assert.Equal(old.Where(IsBuiltIn).Order(), aggregated.Where(IsBuiltIn).Order());
    }

    private static bool IsBuiltIn(string resource) => !resource.Contains(".example.com/", StringComparison.Ordinal);

    [Fact]
    public async Task An_old_server_knows_no_aggregated_discovery_and_serves_old_groups()
    {
        using var old = new ApiClient(Host, Fixture.Old);
        Reply groups = (await old.GetAsync("/apis", Aggregated)).Must(200);
        Assert.Equal("APIGroupList", (string?)groups.Json["kind"]);
        Assert.Contains("networking.k8s.io/v1beta1", groups.Text, StringComparison.Ordinal);
        (await old.GetAsync("/openapi/v3")).Must(404);
        (await Client.GetAsync("/apis/networking.k8s.io/v1beta1")).Must(404);
    }

    [Fact]
    public async Task One_object_is_served_in_every_version_of_its_kind()
    {
        using var old = new ApiClient(Host, Fixture.Old);
        await MakeNamespaceAsync(old);
        (await old.PostAsync($"/apis/extensions/v1beta1/namespaces/{Namespace}/ingresses", """{"metadata":{"name":"i"},"spec":{"backend":{"serviceName":"web","servicePort":80}}}""")).Must(201);
        Reply modern = (await old.GetAsync($"/apis/networking.k8s.io/v1/namespaces/{Namespace}/ingresses")).Must(200);
        Assert.Equal("web", (string?)modern.Json["items"]![0]!["spec"]!["defaultBackend"]!["service"]!["name"]);
    }

    [Fact]
    public async Task The_version_is_the_one_that_was_asked_for()
    {
        Reply version = (await Client.GetAsync("/version")).Must(200);
        Assert.Equal("v1.32.0", (string?)version.Json["gitVersion"]);
        Assert.Equal("32", (string?)version.Json["minor"]);
    }

    [Fact]
    public async Task Unknown_paths_are_told_as_a_real_server_tells_them()
    {
        Reply group = (await Client.GetAsync("/apis/nobody.example.com/v1/things")).Must(404);
        Assert.Equal("404 page not found\n", group.Text);
        Reply resource = (await Client.GetAsync("/api/v1/things")).Must(404);
        Assert.Equal("the server could not find the requested resource", resource.Message);
        Reply log = (await Client.GetAsync("/api/v1/namespaces/default/pods/x/log")).Must(501);
        Assert.Contains("does not model", log.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAPI_tells_of_every_group_version()
    {
        Reply index = (await Client.GetAsync("/openapi/v3")).Must(200);
        string url = (string)index.Json["paths"]!["apis/apps/v1"]!["serverRelativeURL"]!;
        Reply document = (await Client.GetAsync(url)).Must(200);
        Assert.NotNull(document.Json["components"]!["schemas"]!["io.k8s.api.apps.v1.Deployment"]);
        Reply all = (await Client.GetAsync("/openapi/v2")).Must(200);
        Assert.NotNull(all.Json["definitions"]!["io.k8s.api.core.v1.ConfigMap"]);
    }
}
