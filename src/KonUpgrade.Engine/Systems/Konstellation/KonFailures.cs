using System.Globalization;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>What can be wrong with files of a directory of <c>kon cluster export</c>.</summary>
internal static class KonFailures
{
    public static Failure Foreign(string file, string why) => new()
    {
        Id = "ForeignFile",
        Kind = FailureKind.InvalidData,
        Message = $"'kon cluster export' did not write {file}: {why}",
        Recommendation = "Move it out of the directory, or put right what it holds and what it is called.",
        Target = file,
    };

    public static Failure NotYaml(string file, string? where) => new()
    {
        Id = "ConfigNotYaml",
        Kind = FailureKind.ParserError,
        Message = $"The config is not valid YAML: {where ?? file}",
        Recommendation = "Put it right there; Konstellation reads configs as YAML.",
        Target = where ?? file,
    };

    public static Failure Stale(string file, DateTime written, DateTime last) => new()
    {
        Id = "StaleFile",
        Kind = FailureKind.InvalidData,
        Message = string.Create(CultureInfo.InvariantCulture,
            $"{file} was left by an earlier export: it was written {written:yyyy-MM-dd HH:mm} UTC, and the last export {last:yyyy-MM-dd HH:mm} UTC. kon never removes files, so what it describes may have been deleted since."),
        Recommendation = "Export again into an empty directory; where the file is wanted, write it anew (touch) and run the command again.",
        Target = file,
    };
}
