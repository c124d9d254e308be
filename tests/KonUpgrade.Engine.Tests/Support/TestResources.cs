using System.Text;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>Kinds that every API server has, for tests that need no discovery.</summary>
internal static class TestResources
{
    public static ApiResource ConfigMaps { get; } = new() { Group = "", Version = "v1", Kind = "ConfigMap", Plural = "configmaps", Singular = "configmap", ShortNames = ["cm"], Namespaced = true };

    public static ApiResource Namespaces { get; } = new() { Group = "", Version = "v1", Kind = "Namespace", Plural = "namespaces", Singular = "namespace", ShortNames = ["ns"], Namespaced = false };

    public static ApiResource Secrets { get; } = new() { Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Singular = "secret", Namespaced = true };

    public static ApiResource Deployments { get; } = new() { Group = "apps", Version = "v1", Kind = "Deployment", Plural = "deployments", Singular = "deployment", ShortNames = ["deploy"], Namespaced = true };

    public static byte[] Namespace(string name) => Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}""");

    public static byte[] ConfigMap(string name, string value = "x", string labels = "{}") => Encoding.UTF8.GetBytes(
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"data":{"value":"{{{value}}}"}}""");
}
