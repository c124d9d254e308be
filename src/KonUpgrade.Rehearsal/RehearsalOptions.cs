using KonUpgrade.Rehearsal.Content;

namespace KonUpgrade.Rehearsal;

/// <summary>What the command line asks for.</summary>
internal sealed record RehearsalOptions
{
    public const string Usage = """
        Rehearses an upgrade from a blue cluster to a green one, or of a Kubermatic in place, on simulated clusters on this
        machine.

        dotnet run --project src/KonUpgrade.Rehearsal [-- options]

          --system NAME    what moves: Konstellation (default), or KubeflowAws, with snapshots of the stores and Velero; or what
                           is upgraded in place: Kubermatic, a master and two seeds, the rehearsal playing the installer
          --path DIR       where the export goes (default: artifacts/rehearsal and the system's name): a directory that is
                           empty or not there, or holds the export of an earlier rehearsal of the system, which is replaced
          --blue VERSION   the Kubernetes version of blue, 1.21 to 1.34 (default: 1.32)
          --green VERSION  the Kubernetes version of green (default: 1.34); of no use in place
          --break STEP     lets a step fail, and shows the way back: export, import, serve and so on; a name that is none
                           shows which there are
          --report FILE    writes the report of the upgrade at the end, as JSON where the file's name ends so, otherwise as a
                           page for a browser; a file that is there is replaced
          --help           this text

        Exit code 0 when all is as it should be, 1 when something is not, 2 for a wrong option.
        """;

    /// <summary>The system that moves.</summary>
    public RehearsedSystem System { get; init; } = RehearsedSystem.All[0];

    /// <summary>Where the export goes, as a full path.</summary>
    public string Path => GivenPath ?? global::System.IO.Path.GetFullPath(global::System.IO.Path.Combine("artifacts", "rehearsal", System.Name));

    /// <summary>The directory that was asked for, as a full path; null for the system's own.</summary>
    public string? GivenPath { get; init; }

    public string BlueVersion { get; init; } = "1.32";

    public string GreenVersion { get; init; } = "1.34";

    public string? Break { get; init; }

    /// <summary>The report's file, as a full path; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="FormatException">One of them is not known, or has no value; the message names it.</exception>
    public static RehearsalOptions Parse(IReadOnlyList<string> args)
    {
        var options = new RehearsalOptions();
        for (var i = 0; i < args.Count; i += 2)
        {
            var name = args[i];
            if (name is not ("--path" or "--blue" or "--green" or "--break" or "--system" or "--report"))
                throw new FormatException($"The option '{name}' is not known.");
            if (i + 1 == args.Count || args[i + 1].Length == 0 || args[i + 1].StartsWith("--", StringComparison.Ordinal))
                throw new FormatException($"The option {name} needs a value.");
            options = name switch
            {
                "--path" => options with { GivenPath = global::System.IO.Path.GetFullPath(args[i + 1]) },
                "--blue" => options with { BlueVersion = args[i + 1] },
                "--break" => options with { Break = args[i + 1] },
                "--report" => options with { Report = global::System.IO.Path.GetFullPath(args[i + 1]) },
                "--system" => options with { System = SystemOf(args[i + 1]) },
                _ => options with { GreenVersion = args[i + 1] },
            };
        }

        return options;
    }

    private static RehearsedSystem SystemOf(string text) =>
        RehearsedSystem.All.FirstOrDefault(system => string.Equals(system.Name, text, StringComparison.OrdinalIgnoreCase))
        ?? throw new FormatException($"'{text}' is no system that can be rehearsed: {string.Join(", ", RehearsedSystem.All.Select(system => system.Name))}.");
}
