using System.Globalization;
using System.Text;
using KonUpgrade.Engine.Readiness.Deprecations;
using KonUpgrade.Model;

namespace KonUpgrade.Benchmarks;

/// <summary>
/// A search for deprecated API versions in files: small manifests as charts render them, nine in ten of them in a file of
/// their own and the others ten in a file; one in a hundred is in a version that is gone.
/// </summary>
internal sealed class ScanBenchmark(BenchmarkOptions options)
{
    public const string ChildVerb = "child-scan";

    private const int Gone = 100;
    private const int Together = 10;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var directory = new TemporaryDirectory(options.Directory);
        Write(directory.Path);
        var runs = new List<Measurement>();
        for (var run = 0; run < options.Runs; run++)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run + 1} of {options.Runs} …"));
            var measured = await Child.MeasureSelfAsync([ChildVerb, directory.Path], cancellationToken);
            var expected = (options.Objects + Gone - 1) / Gone;
            if (measured.Count != expected)
                throw new InvalidOperationException($"{measured.Count} were found, {expected} are there.");
            runs.Add(measured);
        }

        var seconds = Rows.Median([.. runs.Select(m => m.Seconds)]);
        Rows.Print("scan.manifests", options.Objects);
        Rows.Print("scan.seconds", seconds);
        Rows.Print("scan.manifests_a_minute", Math.Round(options.Objects * 60 / seconds));
        Rows.Print("scan.peak_mib", runs.Max(m => m.PeakMib));
    }

    /// <summary>What runs in a measured process of its own: the search, as the cmdlet makes it.</summary>
    public static Task<int> RunChildAsync(IReadOnlyList<string> args) => Child.ReportAsync(async () =>
    {
        var finder = new DeprecatedApiFinder(new DeprecatedApiOptions(), NullReporter.Instance);
        var found = 0L;
        await foreach (var _ in finder.FindAsync(args[1], CancellationToken.None))
            found++;
        return finder.Failures.Count == 0 ? found : throw new InvalidOperationException(finder.Failures[0].ToString());
    });

    private void Write(string directory)
    {
        var together = new StringBuilder();
        for (var number = 0; number < options.Objects; number++)
        {
            var folder = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"chart-{number / 1000:D3}"));
            Directory.CreateDirectory(folder);
            if (number * Together / options.Objects < Together - 1)
            {
                File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:D6}.yaml")), Manifest(number));
                continue;
            }

            together.Append(Manifest(number));
            if (number % Together != Together - 1 && number != options.Objects - 1)
                continue;
            File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:D6}.yaml")), together.ToString());
            together.Clear();
        }
    }

    private static string Manifest(int number) => string.Create(CultureInfo.InvariantCulture, $$"""
        ---
        # Source: shop/templates/{{(number % 3 == 0 ? "job" : "web")}}.yaml
        {{(number % Gone == 0 ? "apiVersion: batch/v1beta1\nkind: CronJob" : number % 3 == 0 ? "apiVersion: batch/v1\nkind: CronJob" : "apiVersion: v1\nkind: ConfigMap")}}
        metadata:
          name: web-{{number}}
          namespace: shop
          labels:
            app.kubernetes.io/name: web
            app.kubernetes.io/instance: "web-{{number}}"
            helm.sh/chart: shop-1.4.0
          annotations:
            note: "made for {{number}}, and for nothing else"
        {{(number % 3 == 0 || number % Gone == 0
            ? $"""
            spec:
              schedule: "{number % 60} 3 * * *"
              jobTemplate:
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      containers:
                        - name: web
                          image: "registry.example.com/shop/web:1.4.{number}"
                          args: ["--number", "{number}"]
            """
            : $"""
            data:
              LOG_LEVEL: info
              url: https://shop.example.com/items?number={number}
              script: |
                #!/bin/sh
                kind: not a kind
                echo "{number}" | tee /tmp/number
            """)}}

        """);
}
