namespace KonUpgrade.Rehearsal;

/// <summary>What the command line asks for.</summary>
internal sealed record RehearsalOptions
{
    public const string Usage = """
        Rehearses an upgrade from a blue cluster to a green one, on simulated clusters on this machine.

        dotnet run --project src/KonUpgrade.Rehearsal [-- options]

          --path DIR       where the export goes (default: artifacts/rehearsal): a directory that is empty or not there,
                           or holds the export of an earlier rehearsal, which is replaced
          --blue VERSION   the Kubernetes version of blue, 1.22 to 1.34 (default: 1.32)
          --green VERSION  the Kubernetes version of green (default: 1.34)
          --help           this text

        Exit code 0 when all is as it should be, 1 when something is not, 2 for a wrong option.
        """;

    public string Path { get; init; } = System.IO.Path.GetFullPath(System.IO.Path.Combine("artifacts", "rehearsal"));

    public string BlueVersion { get; init; } = "1.32";

    public string GreenVersion { get; init; } = "1.34";

    /// <summary>Reads the options; null where they make no sense.</summary>
    public static RehearsalOptions? Parse(IReadOnlyList<string> args)
    {
        var options = new RehearsalOptions();
        for (var i = 0; i + 1 < args.Count; i += 2)
        {
            RehearsalOptions? changed = args[i] switch
            {
                "--path" => options with { Path = System.IO.Path.GetFullPath(args[i + 1]) },
                "--blue" => options with { BlueVersion = args[i + 1] },
                "--green" => options with { GreenVersion = args[i + 1] },
                _ => null,
            };
            if (changed is null)
                return null;
            options = changed;
        }

        return args.Count % 2 == 0 ? options : null;
    }
}
