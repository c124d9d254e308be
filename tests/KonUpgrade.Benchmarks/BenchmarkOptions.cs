using System.Globalization;

namespace KonUpgrade.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/KonUpgrade.Benchmarks -- export|import|scan|drain|upgrade|crash|faults [options]

          --context NAME     measure against this context of the kubeconfig instead of a sandbox; what is made there (a
                             CustomResourceDefinition and the namespaces bench-0 to bench-3) is removed, so none of it may be there
          --kubeconfig FILE  the kubeconfig to find the context in (default: as kubectl)
          --objects N        how many custom objects (default: 20000 to export, 2000 to import), or manifests (50000 to scan)
          --large N          how many for the second, larger export, 0 for none (default: 100000 on a sandbox, 0 with --context)
          --runs N           runs of each contender, of which the median counts (default: 3)
          --directory DIR    where files go (default: /dev/shm where it is there, else the temporary folder)
          --without-kubectl  leave kubectl out
          --every N          try only every Nth point of crash, every Nth case of faults
          --system NAME      only the plans of one system: Konstellation, KubeflowAws, or Kubernetes for the small one
          --only TEXT        of faults only the cases whose name, as it is printed where something differs, has that in it
          --nodes N          how many nodes the drained pool has (default: 50)
          --deployments N    how many Deployments stand on it, each with a budget of maxUnavailable 1 (default: 100)
          --pods N           how many pods each of them has (default: 10)
          --throttle N       how many nodes we drain at once, to try another number than the cmdlet's own

        drain empties a pool of a sandbox that lives by the real clock: pods end within 1 s, what comes for them is Ready after
        2 s, on as many other nodes. kubectl does it with drain --selector --ignore-daemonsets --delete-emptydir-data. Each run
        has a fresh sandbox, and least_seconds is what nothing that keeps the budgets can undercut. It knows --runs, --nodes,
        --deployments, --pods, --throttle and --without-kubectl.

        scan looks for deprecated API versions in files of small manifests, and knows --objects, --runs and --directory alone.

        upgrade moves objects from one sandbox to another and knows --objects and --directory alone. crash kills an upgrade
        after every line of its journal and every request that changes something, runs it again, and compares what both
        clusters and their account of AWS have in the end with an undisturbed run; faults lets requests of each verb and
        of each service of AWS fail in each way, and the journal's disk be full. Both try the whole plans of Konstellation
        and of Kubeflow on AWS as the rehearsal has them, and a smaller one of everything that is written in a way of its
        own. They tell what differs, and end with 1 where something does.

        Each contender runs in a process of its own. The clocks: ours start within the process, before the kubeconfig is read,
        and so hold the connection and the discovery; those of the raw client and of the bare files start within the process
        too, when the login is read and the bytes are at hand; kubectl's starts with its process. All end with the last byte.

        Prints rows "name: value". Times are medians in seconds, a ratio is their time divided by ours, peaks are MiB (VmHWM).
        """;

    public required string Verb { get; init; }

    public string? Context { get; init; }

    public string? KubeConfig { get; init; }

    public int Objects { get; init; }

    public int Large { get; init; }

    public int Runs { get; init; } = 3;

    /// <summary>Every how manieth point or case is tried.</summary>
    public int Every { get; init; } = 1;

    /// <summary>The system whose plans crash and faults try; null for all.</summary>
    public string? System { get; init; }

    /// <summary>What the name of a case has in it.</summary>
    public string Only { get; init; } = "";

    /// <summary>Nodes of the pool that is drained.</summary>
    public int Nodes { get; init; } = 50;

    /// <summary>Deployments on it.</summary>
    public int Deployments { get; init; } = 100;

    /// <summary>Pods of each of them.</summary>
    public int Pods { get; init; } = 10;

    /// <summary>How many nodes we drain at once; null for the cmdlet's own number.</summary>
    public int? Throttle { get; init; }

    public string Directory { get; init; } = global::System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    public bool WithKubectl { get; init; } = true;

    public static BenchmarkOptions? Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0] is not ("export" or "import" or "scan" or "drain" or "upgrade" or "crash" or "faults"))
            return null;
        var options = new BenchmarkOptions { Verb = args[0], Objects = args[0] switch { "import" => 2_000, "scan" => 50_000, _ => 20_000 }, Large = -1 };
        for (var i = 1; i < args.Count; i++)
        {
            if (args[i] == "--without-kubectl")
            {
                options = options with { WithKubectl = false };
                continue;
            }

            if (i + 1 == args.Count)
                return null;
            var value = args[++i];
            BenchmarkOptions? changed = args[i - 1] switch
            {
                "--context" => options with { Context = value },
                "--kubeconfig" => options with { KubeConfig = Path.GetFullPath(value) },
                "--directory" => options with { Directory = Path.GetFullPath(value) },
                "--only" => options with { Only = value },
                "--system" => options with { System = value },
                "--objects" when Number(value) is { } number => options with { Objects = number },
                "--large" when Number(value) is { } number => options with { Large = number },
                "--every" when Number(value) is { } number and > 0 => options with { Every = number },
                "--nodes" when Number(value) is { } number and > 0 => options with { Nodes = number },
                "--deployments" when Number(value) is { } number and > 0 => options with { Deployments = number },
                "--pods" when Number(value) is { } number and > 0 => options with { Pods = number },
                "--throttle" when Number(value) is { } number and > 0 => options with { Throttle = number },
                "--runs" when Number(value) is { } number and > 0 => options with { Runs = number },
                _ => null,
            };
            if (changed is null)
                return null;
            options = changed;
        }

        return options.Large >= 0 ? options : options with { Large = options.Context is null ? 100_000 : 0 };
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
