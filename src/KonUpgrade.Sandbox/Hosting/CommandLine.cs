using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>The sandbox as a program.</summary>
internal static partial class CommandLine
{
    private const string Help = """
        Simulated Kubernetes clusters on loopback, for tests and practice.

        KonUpgrade.Sandbox --cluster NAME=VERSION [--cluster NAME=VERSION ...] [options]

          --cluster NAME=VERSION    a cluster and its version, 1.21 to 1.34 (blue=1.32, green=1.34.1)
          --directory DIR           where kubeconfig, ca.crt, control.token and aws.credentials are written; default: a temporary directory
          --identity TEXT           what the UIDs of the clusters follow from, for the same clusters each time; default: new ones
          --port N                  the first cluster's port; the others, the control endpoint and EKS follow; default: any free ports
          --write-delay TIME        each write is answered no sooner than this (8ms, 1s); default: at once
          --page-lifetime TIME      how long the pages of a list can be asked for (30s, 5m); default: 5m
          --seed-objects NAME=N     N small custom objects (samples.bench.konupgrade.dev) in that cluster
          --seed NAME=FILE          the objects of a file, a line of JSON each, in that cluster
          --data-plane NAME[=SPEED] that cluster lives: nodes, scheduler, kubelets, controllers, on a clock that is SPEED times
                                    as fast as the real one (1; 60; 0 stands still)
          --nodes NAME=N            N nodes of 4 CPUs and 16Gi in that cluster, which lives then
          --backup-speed N          the clock of AWS Backup is N times as fast as the real one; default: 1
          --load-balancers NAME     that cluster's Ingresses and Services of type LoadBalancer get load balancers
          --dns-zone NAME           a hosted zone of Route 53; default: sandbox.test
          --dns-speed N             the clock of Route 53 is N times as fast as the real one; default: 1
          --velero NAME[=VERSION]   that cluster has Velero (v1.16.2), with a bucket that all such clusters share, and
                                    when it lives a node at least, for the server's pod
          --velero-speed N          the clock of Velero is N times as fast as the real one; default: 1
          --parent-pid N            end when this process is no more
          --until-stdin-closes      end when the standard input closes
          --help                    this text

        It is a model of an API server, and answers 501 where it has none. Not evaluated, and said on the standard error
        when such a definition is established: x-kubernetes-validations (CEL) of custom resources. What they would refuse
        is taken.

        In a cluster that lives, a Pod's annotations or labels say how it behaves, each a time (500ms, 5s, never):
        sandbox.konupgrade.dev/start-after, ready-after, complete-after, fail-after, end-after. Not modelled: volumes (claims
        stay Pending and hold no Pod back), host ports, topology spread, preemption, metrics.

        Every cluster is a cluster of EKS as well: one endpoint for all of them, over plain HTTP, that the aws program and
        the SDKs can be pointed at. Its address, region and access key stand under "eks" in the line below, the key in aws.credentials too. Modelled are
        clusters (list, describe), node groups (all of it) and their updates. A node group makes nodes come and go; with
        its first one a cluster begins to live as with --data-plane. Lives that fail are asked for at the control endpoint.

        AWS Backup is at the same address, with the same key: vaults and their locks, backup jobs, recovery points, restore jobs
        and the region's settings, but no plans and no copies. What there is to protect, and the role for it, stands under
        "backup"; it is no more than ARNs.

        Load balancers are names that nothing on this machine resolves: the address under "loadBalancer" of a cluster answers over plain
        HTTP in their stead, with 200 for a host that an Ingress or Service serves. Faults strike it as the group load-balancer.

        Route 53 is at the same address, with the same key: hosted zones, record sets with every routing policy and alias, and
        changes that are PENDING before they are INSYNC. It answers no queries for names. Its zones stand under "dns".

        Velero acts on Backup, Restore, BackupStorageLocation, DownloadRequest, DeleteBackupRequest and ServerStatusRequest objects: a
        backup is stored in the bucket, appears in the other clusters with the next sync, and can be restored there. Schedules,
        hooks, item actions of plugins and resource modifiers are taken and not acted on. What is on a volume is what its
        PersistentVolume's annotation sandbox.konupgrade.dev/content says.

        When it is ready it prints one line of JSON: kubeconfig, control, token, clusters, eks, backup, dns, velero, pid. It ends on SIGTERM, on
        POST /sandbox/stop at the control endpoint and, without --parent-pid, on Ctrl+C. Exit code 0: ended as asked; 1: could not start; 2: wrong arguments.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        Arguments arguments;
        try
        {
            if (args.Contains("--help") || args.Contains("-h"))
            {
                Console.WriteLine(Help);
                return 0;
            }
            arguments = Read(args);
        }
        catch (FormatException wrong)
        {
            await Console.Error.WriteLineAsync($"{wrong.Message} (--help shows what is possible)");
            return 2;
        }
        try
        {
            await ServeAsync(arguments);
            return 0;
        }
        catch (Exception failed) when (failed is SandboxException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return 1;
        }
    }

    private static async Task ServeAsync(Arguments arguments)
    {
        using var end = new CancellationTokenSource();
        void End()
        {
            try
            {
                end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The signal came while the end was already under way.
            }
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            // Ctrl+C reaches every process of the terminal. A shell that started the sandbox means its own command with it.
            if (arguments.ParentPid is null) End();
        });
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            End();
        });
        await using SandboxHost host = await SandboxHost.StartAsync(arguments.Options, end.Token);
        foreach ((string cluster, int count) in arguments.Nodes)
        {
            for (int i = 1; i <= count; i++) await host.Cluster(cluster).DataPlane!.AddNodeAsync(new NodeShape { Name = $"{cluster}-node-{i}" }, end.Token);
        }
        foreach (SandboxClusterOptions cluster in arguments.Options.Clusters)
        {
            // Whoever is told that all is ready finds the server's Pod ready.
            if (cluster.Velero is not null && host.Cluster(cluster.Name).DataPlane is { } plane) await plane.AdvanceAsync(TimeSpan.FromSeconds(10), end.Token);
        }
        foreach ((string cluster, int count) in arguments.Samples) host.Cluster(cluster).SeedSamples(count);
        foreach ((string cluster, string file) in arguments.Seeds) host.Cluster(cluster).Seed(File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)));
        Console.WriteLine(new ControlServer(host).Describe().ToJsonString());
        var reasons = new List<Task> { host.StopAsked, WhenCancelledAsync(end.Token) };
        if (arguments.ParentPid is { } pid) reasons.Add(ParentEndsAsync(pid, end.Token));
        if (arguments.UntilStdinCloses) reasons.Add(StdinClosesAsync(end.Token));
        await Task.WhenAny(reasons);
        await end.CancelAsync();
    }

    private static async Task WhenCancelledAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            // That is what was waited for.
        }
    }

    private static async Task ParentEndsAsync(int pid, CancellationToken cancellation)
    {
        try
        {
            using Process parent = Process.GetProcessById(pid);
            await parent.WaitForExitAsync(cancellation);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or OperationCanceledException)
        {
            // It is no more, or the sandbox ends for another reason.
        }
    }

    private static async Task StdinClosesAsync(CancellationToken cancellation)
    {
        byte[] ignored = new byte[256];
        await using Stream input = Console.OpenStandardInput();
        try
        {
            while (await input.ReadAsync(ignored, cancellation) > 0)
            {
            }
        }
        catch (Exception closed) when (closed is IOException or OperationCanceledException)
        {
            // Closed, the other way.
        }
    }

    private static Arguments Read(string[] args)
    {
        var clusters = new List<SandboxClusterOptions>();
        var samples = new List<(string, int)>();
        var seeds = new List<(string, string)>();
        var options = new SandboxOptions { Clusters = clusters };
        var planes = new Dictionary<string, double>(StringComparer.Ordinal);
        var veleros = new Dictionary<string, VeleroInstallation>(StringComparer.Ordinal);
        var grown = new List<(string, int)>();
        var zones = new List<DnsZone>();
        var balanced = new List<string>();
        int? parent = null;
        bool untilStdin = false;
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string? inline = null;
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (name.StartsWith("--", StringComparison.Ordinal) && equals > 0) (name, inline) = (name[..equals], name[(equals + 1)..]);
            string Value() => inline ?? (i + 1 < args.Length ? args[++i] : throw new FormatException($"{name} needs a value."));
            switch (name)
            {
                case "--cluster":
                    (string cluster, string version) = Pair(name, Value());
                    KubernetesVersion.Parse(version);
                    clusters.Add(new SandboxClusterOptions(cluster, version));
                    break;
                case "--directory":
                    options = options with { Directory = Value() };
                    break;
                case "--identity":
                    options = options with { Identity = Value() };
                    break;
                case "--port":
                    options = options with { Port = Number(name, Value(), 65_000) };
                    break;
                case "--write-delay":
                    options = options with { WriteDelay = Time(name, Value()) };
                    break;
                case "--page-lifetime":
                    options = options with { PageLifetime = Time(name, Value()) };
                    break;
                case "--seed-objects":
                    (string where, string count) = Pair(name, Value());
                    samples.Add((where, Number(name, count, 10_000_000)));
                    break;
                case "--seed":
                    seeds.Add(Pair(name, Value()));
                    break;
                case "--data-plane":
                    string lives = Value();
                    (string whose, double speed) = lives.Contains('=', StringComparison.Ordinal) ? Speed(name, lives) : (lives, 1);
                    planes[whose] = speed;
                    break;
                case "--nodes":
                    (string grows, string nodes) = Pair(name, Value());
                    grown.Add((grows, Number(name, nodes, 5_000)));
                    break;
                case "--backup-speed":
                    options = options with { Backup = new BackupSettings { Speed = Number(name, Value(), 1_000_000) } };
                    break;
                case "--load-balancers":
                    balanced.Add(Value());
                    break;
                case "--dns-zone":
                    zones.Add(new DnsZone(Value()));
                    break;
                case "--dns-speed":
                    options = options with { Dns = options.Dns! with { Speed = Number(name, Value(), 1_000_000) } };
                    break;
                case "--velero":
                    string has = Value();
                    (string with, VeleroInstallation installation) = has.Contains('=', StringComparison.Ordinal) && Pair(name, has) is var (owner, release)
                        ? (owner, new VeleroInstallation { Version = release })
                        : (has, new VeleroInstallation());
                    veleros[with] = installation;
                    break;
                case "--velero-speed":
                    options = options with { Velero = new VeleroSettings { Speed = Number(name, Value(), 1_000_000) } };
                    break;
                case "--parent-pid":
                    parent = Number(name, Value(), int.MaxValue);
                    break;
                case "--until-stdin-closes":
                    untilStdin = true;
                    break;
                default:
                    throw new FormatException($"The option '{args[i]}' is not known.");
            }
        }
        if (zones.Count > 0) options = options with { Dns = options.Dns! with { Zones = zones } };
        if (clusters.Count == 0) throw new FormatException("No cluster is asked for: --cluster blue=1.32");
        foreach (string seeded in samples.Select(pair => pair.Item1).Concat(seeds.Select(pair => pair.Item1)))
        {
            if (!clusters.Exists(cluster => cluster.Name == seeded)) throw new FormatException($"There is no cluster '{seeded}' to seed.");
        }
        foreach ((string cluster, _) in grown) planes.TryAdd(cluster, 1);
        foreach ((string lives, double speed) in planes)
        {
            int at = clusters.FindIndex(cluster => cluster.Name == lives);
            if (at < 0) throw new FormatException($"There is no cluster '{lives}' to live.");
            clusters[at] = clusters[at] with { DataPlane = new DataPlaneSettings { Speed = speed } };
        }
        foreach (string cluster in balanced)
        {
            int at = clusters.FindIndex(other => other.Name == cluster);
            if (at < 0) throw new FormatException($"There is no cluster '{cluster}' to have load balancers.");
            clusters[at] = clusters[at] with { HasLoadBalancers = true };
        }
        foreach ((string cluster, VeleroInstallation installation) in veleros)
        {
            int at = clusters.FindIndex(other => other.Name == cluster);
            if (at < 0) throw new FormatException($"There is no cluster '{cluster}' to have Velero.");
            clusters[at] = clusters[at] with { Velero = installation };
            // In a cluster that lives its server is a Pod, which needs a node.
            if (clusters[at].DataPlane is not null && !grown.Exists(nodes => nodes.Item1 == cluster && nodes.Item2 > 0)) grown.Add((cluster, 1));
        }
        return new Arguments(options, samples, seeds, grown, parent, untilStdin);
    }

    private static (string, string) Pair(string option, string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && equals < text.Length - 1 ? (text[..equals], text[(equals + 1)..]) : throw new FormatException($"{option} is written NAME=VALUE, not '{text}'.");
    }

    private static (string, double) Speed(string option, string text)
    {
        (string cluster, string number) = Pair(option, text);
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double speed) && speed <= 100_000
            ? (cluster, speed)
            : throw new FormatException($"{option}: '{number}' is no speed from 0 to 100000.");
    }

    private static int Number(string option, string text, int most)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most
            ? number
            : throw new FormatException($"{option}: '{text}' is no number from 0 to {most}.");

    private static TimeSpan Time(string option, string text)
    {
        Match match = IsTime().Match(text);
        if (!match.Success) throw new FormatException($"{option}: '{text}' is no time; write it as 8ms, 30s or 5m.");
        double number = double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            _ => TimeSpan.FromMinutes(number),
        };
    }

    [GeneratedRegex(@"^([0-9]{1,6}(?:\.[0-9]{1,3})?)(ms|s|m)\z")]
    private static partial Regex IsTime();

    private sealed record Arguments(
        SandboxOptions Options,
        IReadOnlyList<(string Cluster, int Count)> Samples,
        IReadOnlyList<(string Cluster, string File)> Seeds,
        IReadOnlyList<(string Cluster, int Count)> Nodes,
        int? ParentPid,
        bool UntilStdinCloses);
}
