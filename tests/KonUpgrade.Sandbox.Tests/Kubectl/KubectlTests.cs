using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Kubectl;

/// <summary>The sandbox is judged by a client that no one here wrote. Skipped where kubectl is not on the PATH.</summary>
public sealed class KubectlTests(SandboxFixture fixture) : Play(fixture)
{
    [Fact]
    public async Task Apply_creates_then_leaves_alone_then_configures()
    {
        string file = await WriteAsync("1");
        Assert.Contains("configmap/a created", await RunAsync(0, "apply", "-f", file), StringComparison.Ordinal);
        Assert.Contains("configmap/a unchanged", await RunAsync(0, "apply", "-f", file), StringComparison.Ordinal);
        file = await WriteAsync("2");
        string diff = await RunAsync(1, "diff", "-f", file);
        Assert.Contains("-  x: \"1\"", diff, StringComparison.Ordinal);
        Assert.Contains("+  x: \"2\"", diff, StringComparison.Ordinal);
        Assert.Contains("configmap/a configured", await RunAsync(0, "apply", "-f", file), StringComparison.Ordinal);
        Assert.Equal("2", await RunAsync(0, "get", "configmap", "a", "-n", Namespace, "-o", "jsonpath={.data.x}"));
        JsonNode deployment = (await Client.GetAsync($"/apis/apps/v1/namespaces/{Namespace}/deployments/web")).Must(200).Json;
        Assert.Equal("kubectl-client-side-apply", (string?)Assert.Single(deployment["metadata"]!["managedFields"]!.AsArray())!["manager"]);
        Assert.Equal("RollingUpdate", (string?)deployment["spec"]!["strategy"]!["type"]);
    }

    [Fact]
    public async Task Server_side_apply_takes_over_what_client_side_apply_made()
    {
        string file = await WriteAsync("1");
        await RunAsync(0, "apply", "-f", file);
        string output = await RunAsync(0, "apply", "--server-side", "-f", file);
        Assert.DoesNotContain("Warning", output, StringComparison.Ordinal);
        Assert.Contains("configmap/a serverside-applied", output, StringComparison.Ordinal);
        JsonNode managers = (await Client.GetAsync($"{ConfigMaps}/a")).Must(200).Json["metadata"]!["managedFields"]!;
        Assert.Contains(managers.AsArray(), entry => (string?)entry!["manager"] == "kubectl" && (string?)entry["operation"] == "Apply");
        Assert.DoesNotContain(managers.AsArray(), entry => (string?)entry!["manager"] == "kubectl-client-side-apply");
        string conflict = await RunAsync(1, "apply", "--server-side", "--field-manager", "other", "-f", await WriteAsync("3"));
        Assert.Contains("conflict with \"kubectl\": .data.x", conflict, StringComparison.Ordinal);
        await RunAsync(0, "apply", "--server-side", "--force-conflicts", "--field-manager", "other", "-f", await WriteAsync("3"));
    }

    [Fact]
    public async Task Patch_label_annotate_and_delete_do_what_they_say()
    {
        await RunAsync(0, "apply", "-f", await WriteAsync("1"));
        await RunAsync(0, "patch", "deployment", "web", "-n", Namespace, "-p", """{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"s:1"}]}}}}""");
        Assert.Equal("side web", await RunAsync(0, "get", "deployment", "web", "-n", Namespace, "-o", "jsonpath={.spec.template.spec.containers[*].name}"));
        await RunAsync(0, "patch", "configmap", "a", "-n", Namespace, "--type", "merge", "-p", """{"data":{"x":null,"y":"2"}}""");
        Assert.Equal("{\"y\":\"2\"}", await RunAsync(0, "get", "configmap", "a", "-n", Namespace, "-o", "jsonpath={.data}"));
        await RunAsync(0, "label", "configmap", "a", "-n", Namespace, "tier=front");
        await RunAsync(0, "annotate", "configmap", "a", "-n", Namespace, "note=it");
        Assert.Equal("configmap/a", (await RunAsync(0, "get", "configmap", "-n", Namespace, "-l", "tier=front", "-o", "name")).Trim());
        await RunAsync(0, "label", "configmap", "a", "-n", Namespace, "tier-");
        Assert.Empty((await RunAsync(0, "get", "configmap", "-n", Namespace, "-l", "tier=front", "-o", "name")).Trim());
        await RunAsync(0, "delete", "namespace", Namespace, "--timeout=30s");
        (await Client.GetAsync($"/api/v1/namespaces/{Namespace}")).Must(404);
    }

    [Fact]
    public async Task A_definition_is_waited_for_and_its_objects_are_applied_and_watched()
    {
        string group = $"{Namespace}.example.com";
        await RunAsync(0, "apply", "-f", await WriteAsync("1"));
        string definition = await WriteFileAsync("crd.yaml", $$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.{{group}}}
            spec:
              group: {{group}}
              scope: Namespaced
              names: {plural: widgets, kind: Widget, shortNames: [wg]}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer} } } } } }
            """);
        await RunAsync(0, "apply", "--server-side", "-f", definition);
        await RunAsync(0, "wait", "--for=condition=Established", $"crd/widgets.{group}", "--timeout=20s");
        string widget = await WriteFileAsync("widget.yaml", $$"""
            apiVersion: {{group}}/v1
            kind: Widget
            metadata: {name: w, namespace: {{Namespace}}}
            spec: {size: 3}
            """);
        Assert.Contains("created", await RunAsync(0, "apply", "-f", widget), StringComparison.Ordinal);
        Assert.Contains("unchanged", await RunAsync(0, "apply", "-f", widget), StringComparison.Ordinal);
        Assert.Contains("unknown field \"spec.sise\"", await RunAsync(1, "apply", "-f", await WriteFileAsync("bad.yaml", (await File.ReadAllTextAsync(widget, TestContext.Current.CancellationToken)).Replace("size", "sise", StringComparison.Ordinal))), StringComparison.Ordinal);
        await RunAsync(0, "wait", "--for=jsonpath={.spec.size}=3", $"widgets.{group}/w", "-n", Namespace, "--timeout=20s");
        Assert.Contains("w ", await RunAsync(0, "get", "wg", "-n", Namespace, "--watch", "--request-timeout=2s"), StringComparison.Ordinal);
        await RunAsync(0, "delete", "-f", definition, "--timeout=30s");
    }

    [Fact]
    public async Task Create_takes_a_file_and_tells_how_when_there_is_none()
    {
        await MakeNamespaceAsync();
        string refused = await RunAsync(1, "create", "configmap", "a", "-n", Namespace, "--from-literal=x=1");
        Assert.Contains("does not model bodies in protobuf; use kubectl apply -f, or create -f", refused, StringComparison.Ordinal);
        string file = await WriteFileAsync("map.yaml", $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: {Namespace}}}\n");
        Assert.Contains("configmap/a created", await RunAsync(0, "create", "-f", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_without_rights_are_refused_in_kubectls_words()
    {
        Assert.Contains("secrets is forbidden", await RunAsync(1, "get", "secrets", "--context", "blue-viewer"), StringComparison.Ordinal);
        string refused = await RunAsync(1, "get", "configmaps", "--context", "blue-nobody");
        Assert.Contains("Error from server (Forbidden): configmaps is forbidden: User \"blue-nobody\" cannot list resource", refused, StringComparison.Ordinal);
    }

    private Task<string> WriteAsync(string value) => WriteFileAsync("objects.yaml", $$"""
        apiVersion: v1
        kind: Namespace
        metadata: {name: {{Namespace}}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, namespace: {{Namespace}}}
        data: {x: "{{value}}"}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: {{Namespace}}}
        spec:
          selector: {matchLabels: {app: web} }
          template:
            metadata: {labels: {app: web} }
            spec: {containers: [{name: web, image: "nginx:1"}]}
        """);

    private async Task<string> WriteFileAsync(string name, string text)
    {
        string path = Path.Combine(Host.Directory, $"{Namespace}-{name}");
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }

    private Task<string> RunAsync(int code, params string[] arguments) => KubectlProgram.RunAsync(Host, code, arguments);
}
