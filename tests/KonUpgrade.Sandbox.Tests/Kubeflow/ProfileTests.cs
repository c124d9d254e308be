using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Sandbox.Tests.Operators;

namespace KonUpgrade.Sandbox.Tests.Kubeflow;

/// <summary>What the controllers of a Kubeflow make, where they run.</summary>
public sealed class ProfileTests
{
    private const string Profile = """{"apiVersion":"kubeflow.org/v1","kind":"Profile","metadata":{"name":"anna"},"spec":{"owner":{"kind":"User","name":"anna@example.com"},"plugins":[{"kind":"AwsIamForServiceAccount","spec":{"awsIamRole":"arn:aws:iam::123456789012:role/kf"}}],"resourceQuotaSpec":{"hard":{"cpu":"4"}}}}""";
    private const string Notebook = """{"apiVersion":"kubeflow.org/v1","kind":"Notebook","metadata":{"name":"lab","namespace":"anna"},"spec":{"template":{"spec":{"containers":[{"name":"lab","image":"example.com/lab"}]}}}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_profile_gets_its_namespace_with_all_that_belongs_into_it()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Deployment("kubeflow", "profiles-deployment"), Deployment("kubeflow", "kubeflow-pipelines-profile-controller"), Profile]);
        await UntilAsync(() => Condition(cluster) == "Successful" && Find(cluster, "Deployment", "ml-pipeline-ui-artifact") is not null);

        JsonObject ns = Find(cluster, "Namespace", "anna")!;
        Assert.Equal("anna@example.com", (string?)ns["metadata"]!["annotations"]!["owner"]);
        Assert.Equal("kubeflow-profile", (string?)ns["metadata"]!["labels"]!["app.kubernetes.io/part-of"]);
        Assert.Equal(("Profile", true), ((string?)ns["metadata"]!["ownerReferences"]![0]!["kind"], (bool)ns["metadata"]!["ownerReferences"]![0]!["controller"]!));
        Assert.Equal("arn:aws:iam::123456789012:role/kf", (string?)Find(cluster, "ServiceAccount", "default-editor")!["metadata"]!["annotations"]!["eks.amazonaws.com/role-arn"]);
        foreach ((string kind, string name) in new[] { ("ServiceAccount", "default-viewer"), ("RoleBinding", "namespaceAdmin"), ("RoleBinding", "default-editor"), ("ResourceQuota", "kf-resource-quota"), ("ConfigMap", "metadata-grpc-configmap"), ("Secret", "mlpipeline-minio-artifact") })
            Assert.NotNull(Find(cluster, kind, name));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"owner":"bob@example.com"}""")]
    public async Task A_namespace_of_somebody_else_makes_the_profile_fail_with_nothing_made(string annotations)
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed(["""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"anna","annotations":THESE}}""".Replace("THESE", annotations, StringComparison.Ordinal), Profile, Deployment("kubeflow", "profiles-deployment")]);
        await UntilAsync(() => Condition(cluster) == "Failed");

        Assert.Null(Find(cluster, "ServiceAccount", "default-editor"));
    }

    [Fact]
    public async Task Without_its_controller_or_with_one_scaled_to_nothing_a_profile_stays_as_it_is()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Deployment("kubeflow", "profiles-deployment", replicas: 0), Deployment("kubeflow", "notebook-controller-deployment"), Profile, Notebook]);
        await UntilAsync(() => Find(cluster, "StatefulSet", "lab") is not null);

        Assert.Null(Condition(cluster));
        cluster.Patch("apps/v1", "Deployment", "kubeflow", "profiles-deployment", """{"spec":{"replicas":1}}""", "kubectl");
        // Seeding the Notebook made the namespace, which is nobody's.
        await UntilAsync(() => Condition(cluster) == "Failed");
    }

    [Fact]
    public async Task A_notebook_that_is_stopped_is_scaled_to_nothing_and_starts_again()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Deployment("kubeflow", "notebook-controller-deployment"), Notebook]);
        await UntilAsync(() => Replicas(cluster) == 1 && Find(cluster, "Service", "lab") is not null);
        cluster.Patch("kubeflow.org/v1", "Notebook", "anna", "lab", """{"metadata":{"annotations":{"kubeflow-resource-stopped":"2026-01-01T00:00:00Z"}}}""", "kubectl");
        await UntilAsync(() => Replicas(cluster) == 0);
        cluster.Patch("kubeflow.org/v1", "Notebook", "anna", "lab", """{"metadata":{"annotations":{"kubeflow-resource-stopped":null}}}""", "kubectl");
        await UntilAsync(() => Replicas(cluster) == 1);
    }

    private static async Task<SandboxHost> StartAsync()
    {
        SandboxHost host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33")] }, Token);
        host.Cluster("blue").Seed([Definition("kubeflow.org", "v1", "Profile", "Cluster"), Definition("kubeflow.org", "v1", "Notebook", "Namespaced")]);
        return host;
    }

    private static string? Condition(SandboxCluster cluster) => (string?)Find(cluster, "Profile", "anna")?["status"]?["conditions"]?[0]?["type"];

    private static long? Replicas(SandboxCluster cluster) => (long?)Find(cluster, "StatefulSet", "lab")?["spec"]?["replicas"];
}
