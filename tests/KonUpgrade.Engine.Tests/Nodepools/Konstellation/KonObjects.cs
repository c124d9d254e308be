using System.Text.Json.Nodes;
using KonUpgrade.Engine.ApiVersions.CustomResourceDefinitions;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Nodepools.Konstellation;

/// <summary>What a cluster with Konstellation has, as far as pools of nodes go: the definitions, and the ClusterConfig.</summary>
internal static class KonObjects
{
    private const string Nodepool = """
        {"type":"object","required":["autoscale","diskSizeGiB","machineType","maxSize","minSize","requiresGPU"],"properties":{
          "autoscale":{"type":"boolean"},"diskSizeGiB":{"type":"integer"},"machineType":{"type":"string"},"requiresGPU":{"type":"boolean"},
          "minSize":{"type":"integer","format":"int64"},"maxSize":{"type":"integer","format":"int64"},
          "aws":{"type":"object","required":["amiType","connectFromAnywhere","sshKeypair"],"properties":{
            "amiType":{"type":"string"},"connectFromAnywhere":{"type":"boolean"},"sshKeypair":{"type":"string"}}}}}
        """;

    private const string NodepoolStatus = """
        {"type":"object","required":["numReady"],"properties":{"numReady":{"type":"integer"},"nodes":{"type":"array","nullable":true,"items":{"type":"string"}},
          "aws":{"type":"object","properties":{"asgId":{"type":"string"}}}}}
        """;

    private const string Any = """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""";

    /// <summary>Installs Konstellation on a cluster of the sandbox.</summary>
    /// <param name="host">The sandbox.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="configOf">Whose ClusterConfig it has; null for its own.</param>
    /// <param name="definitions">A folder with the real definitions; null for those of the test.</param>
    public static void Install(SandboxHost host, string cluster, string? configOf = null, string? definitions = null)
    {
        var subnets = host.Eks!.SubnetIds(cluster);
        host.Cluster(cluster).Seed(definitions is null ? [Definition("Nodepool", Nodepool, NodepoolStatus), Definition("ClusterConfig", Any, Any)] : Real(definitions));
        host.Cluster(cluster).Seed([ClusterConfig(configOf ?? cluster, host.Eks.NodeRole(cluster), subnets[0], subnets[1])]);
    }

    /// <summary>A Nodepool as kon writes it.</summary>
    public static string Pool(string name, int min = 2, int max = 4) =>
        $$"""
        {"apiVersion":"k11n.dev/v1alpha1","kind":"Nodepool","metadata":{"name":"{{name}}"},
         "spec":{"autoscale":true,"minSize":{{min}},"maxSize":{{max}},"machineType":"m5.large","diskSizeGiB":50,"requiresGPU":false,
         "aws":{"amiType":"AL2023_x86_64_STANDARD","sshKeypair":"","connectFromAnywhere":false} } }
        """;

    /// <summary>The definition of Nodepools in a group of a test's own.</summary>
    public static string NodepoolsOf(string group) => Definition("Nodepool", Nodepool, NodepoolStatus).Replace("k11n.dev", group, StringComparison.Ordinal);

    private static string ClusterConfig(string name, string role, string open, string hidden) =>
        $$"""
        {"apiVersion":"k11n.dev/v1alpha1","kind":"ClusterConfig","metadata":{"name":"{{name}}"},
         "spec":{"version":"0.6.1","kubeVersion":"1.33","cloud":"aws","region":"us-west-2","enableIpv6":false,"targets":[],
           "aws":{"vpcCidr":"10.1.0.0/16","vpcId":"vpc-1","availabilityZone":["us-west-2a"],"topology":"public_private"} },
         "status":{"aws":{"vpcId":"vpc-1","securityGroups":["sg-kon-{{name}}"],"albRoleArn":"","adminRoleArn":"","nodeRoleArn":"{{role}}",
           "publicSubnets":[{"subnetId":"{{open}}","isPublic":true,"ipv4Cidr":"10.1.0.0/20","availabilityZone":"us-west-2a"}],
           "privateSubnets":[{"subnetId":"{{hidden}}","isPublic":false,"ipv4Cidr":"10.1.16.0/20","availabilityZone":"us-west-2a"}] } } }
        """;

    private static string Definition(string kind, string spec, string status) =>
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"NAMEs.k11n.dev"},
         "spec":{"group":"k11n.dev","scope":"Cluster","names":{"kind":"KIND","plural":"NAMEs","singular":"NAME","listKind":"KINDList"},
         "versions":[{"name":"v1alpha1","served":true,"storage":true,"subresources":{"status":{}},
           "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":SPEC,"status":STATUS}}}}]}}
        """.Replace("NAME", kind.ToLowerInvariant(), StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal)
            .Replace("SPEC", spec, StringComparison.Ordinal).Replace("STATUS", status, StringComparison.Ordinal);

    private static IEnumerable<string> Real(string folder)
    {
        foreach (var file in new[] { "k11n.dev_nodepools.yaml", "k11n.dev_clusterconfigs.yaml" }.Select(name => Path.Combine(folder, name)))
        {
            foreach (var document in YamlReader.Read(File.ReadAllBytes(file), file))
            {
                var definition = JsonNode.Parse(document.Json.Span)!.AsObject();
                if (CrdConverter.IsNeeded(definition))
                    CrdConverter.Convert(definition);
                definition.Remove("status");
                yield return definition.ToJsonString();
            }
        }
    }
}
