using System.Globalization;
using System.Text;

namespace KonUpgrade.Benchmarks.Drains;

/// <summary>What stands on the pool that is drained: Deployments with a budget each, their pods spread over all of its nodes.</summary>
/// <param name="Nodes">How many nodes the pool has, and how many others there are that take what comes instead.</param>
/// <param name="Deployments">How many Deployments there are.</param>
/// <param name="Pods">How many pods each of them has.</param>
internal sealed record DrainScene(int Nodes, int Deployments, int Pods)
{
    private const int Namespaces = 10;

    /// <summary>From a pod's binding until it is Ready.</summary>
    public static TimeSpan ReadyAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>What a pod takes to end: its grace period.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(1);

    public int PodCount => Deployments * Pods;

    /// <summary>
    /// What no drain that keeps the budgets can undercut: the pods of a Deployment go one after another, each when what
    /// came for the one before is Ready, and the last one has to end.
    /// </summary>
    public TimeSpan Least => ((Pods - 1) * ReadyAfter) + Grace;

    /// <summary>The namespaces that all lies in, each with the path that it is posted to.</summary>
    public IEnumerable<(string Path, byte[] Json)> NamespaceObjects() => Enumerable.Range(0, Math.Min(Namespaces, Deployments))
        .Select(number => ("/api/v1/namespaces", Json($$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{NamespaceOf(number)}}}"}}""")));

    /// <summary>The Deployments and their budgets, each with the path that it is posted to.</summary>
    public IEnumerable<(string Path, byte[] Json)> Workloads() => Enumerable.Range(0, Deployments).SelectMany(Workload);

    private IEnumerable<(string Path, byte[] Json)> Workload(int number)
    {
        var ns = NamespaceOf(number);
        var name = string.Create(CultureInfo.InvariantCulture, $"app-{number:D3}");
        yield return ($"/apis/apps/v1/namespaces/{ns}/deployments", Json(string.Create(CultureInfo.InvariantCulture, $$$$$"""
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{{{name}}}}}"},"spec":{"replicas":{{{{{Pods}}}}},"selector":{"matchLabels":{"app":"{{{{{name}}}}}"}},
            "template":{"metadata":{"labels":{"app":"{{{{{name}}}}}"}},"spec":{"terminationGracePeriodSeconds":{{{{{(int)Grace.TotalSeconds}}}}},"containers":[{"name":"main","image":"registry.test/app:1"}]}}}}
            """)));
        yield return ($"/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets", Json($$$$$"""
            {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{{{{name}}}}}"},"spec":{"maxUnavailable":1,"selector":{"matchLabels":{"app":"{{{{{name}}}}}"}}}}
            """));
    }

    private static string NamespaceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"team-{number % Namespaces}");

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
