using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Objects;

/// <summary>What a script can do to a manifest so that it is none any more. No message holds a value.</summary>
internal static class ObjectFailures
{
    // Of a place, in characters.
    private const int MaxPlace = 200;

    public static UpgradeException NotAManifest(string why) => Invalid(
        "NotAManifest", why, "A manifest has apiVersion, kind and metadata.name, and each of them is a text.");

    public static UpgradeException Cycle(string path) => Invalid(
        "ManifestCircle", $"{Short(path)} is within itself: the object never ends.", "Put a copy there in place of the object itself.");

    public static UpgradeException TooDeep(string path, int levels) => Invalid(
        "ManifestTooDeep", $"{Short(path)} is nested deeper than {levels} levels.", "Look whether a part of the object got into itself by copies.");

    public static UpgradeException NotJson(string path, Type type) => Invalid(
        "ValueNotSupported",
        $"{Short(path)} is a {type.FullName}, which no manifest can hold.",
        "Put a text, a number, a truth value, a dictionary or a list there.");

    public static UpgradeException Date(string path, Type type) => Invalid(
        "DateNotText",
        $"{Short(path)} is a {type.Name}, and a manifest has dates as texts: in which form it was written can't be told any more.",
        "Put the text there, such as $date.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ'). ConvertFrom-Json leaves texts alone with -DateKind String.");

    public static UpgradeException NotFinite(string path) => Invalid(
        "NumberNotFinite", $"{Short(path)} is no finite number.", "Put a number there that JSON can write.");

    public static UpgradeException NotANumber(string path) => Invalid(
        "NumberInvalid", $"{Short(path)} is a JsonNumber whose text is no number.", "Put a number there as JSON writes it.");

    public static UpgradeException NotUnicode(string path) => Invalid(
        "TextNotUnicode", $"{Short(path)} is a text with half of a surrogate pair, which no manifest can hold.", "Put the whole character there.");

    public static UpgradeException NewNull(string path) => Invalid(
        "NullMember",
        $"{Short(path)} is $null, and it was not when the object was read: a cluster would take its default.",
        "Give it a value; where it is to go, remove it from what it is in: .Remove('name').");

    public static UpgradeException NameNotText(string path, Type type) => Invalid(
        "NameNotText", $"A member of {(path.Length == 0 ? "the object" : Short(path))} has a name that is a {type.Name} and no text.", "Write the name in quotes: @{ '80' = … }.");

    public static UpgradeException CutOff(string path) => Invalid(
        "ManifestCutOff",
        $"{Short(path)} is the name of a type, which is what is left of an object when it is written less deep than it is.",
        "Write it deeper: ConvertTo-Json -Depth 100, Export-Clixml -Depth 100.");

    /// <summary>An item whose object a script has set to null.</summary>
    public static Failure Emptied(ClusterConfigItem item) => NotAManifest("").Failure with
    {
        Message = $"{item}: its Object is $null, and it was not when the object was read.",
        Recommendation = "Leave out of the pipeline what is not to be imported.",
        Target = item.ToString(),
    };

    // A place may be as deep as a circle is long, and names as long as a script makes them: both ends tell which it is.
    private static string Short(string path) => path.Length <= MaxPlace ? path : $"{Whole(path[..(MaxPlace / 2)])}…{Whole(path[^(MaxPlace / 2)..])}";

    // Without halves of surrogate pairs at the cut.
    private static string Whole(string part) =>
        part[(char.IsLowSurrogate(part[0]) ? 1 : 0)..(char.IsHighSurrogate(part[^1]) ? ^1 : ^0)];

    private static UpgradeException Invalid(string id, string message, string recommendation) => new(new Failure
    {
        Id = id,
        Kind = FailureKind.InvalidData,
        Message = message,
        Recommendation = recommendation,
    });
}
