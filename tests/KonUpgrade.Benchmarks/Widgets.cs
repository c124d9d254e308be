using System.Globalization;
using System.Text;

namespace KonUpgrade.Benchmarks;

/// <summary>The small custom objects that are measured: about 700 bytes each as the server stores them.</summary>
internal static class Widgets
{
    public const string Group = "bench.konupgrade.dev";

    public const string ListPath = "/apis/bench.konupgrade.dev/v1/widgets";

    public const string CrdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public const string CrdName = "widgets.bench.konupgrade.dev";

    public static readonly IReadOnlyList<string> Namespaces = ["bench-0", "bench-1", "bench-2", "bench-3"];

    public const string Crd = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.bench.konupgrade.dev"},
        "spec":{"group":"bench.konupgrade.dev","scope":"Namespaced","names":{"kind":"Widget","listKind":"WidgetList","plural":"widgets","singular":"widget"},
        "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
        "properties":{"size":{"type":"integer"},"colour":{"type":"string"},"owner":{"type":"string"},"parts":{"type":"array","items":{"type":"object",
        "properties":{"name":{"type":"string"},"count":{"type":"integer"}}}}}}}}}}]}}
        """;

    public static string Collection(string ns) => $"/apis/{Group}/v1/namespaces/{ns}/widgets";

    public static string NamespaceOf(int number) => Namespaces[number % Namespaces.Count];

    public static byte[] Json(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
        {"apiVersion":"bench.konupgrade.dev/v1","kind":"Widget","metadata":{"name":"widget-{{{number:D6}}}","namespace":"{{{NamespaceOf(number)}}}","labels":{"app":"bench","shard":"s{{{number % 16}}}"}},"spec":{"size":{{{number}}},"colour":"blue","owner":"team-{{{number % 40}}}","parts":[{"name":"left","count":{{{number % 7}}}},{"name":"right","count":{{{number % 5}}}}]}}
        """));
}
