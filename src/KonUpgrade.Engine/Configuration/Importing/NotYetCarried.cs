namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>Kinds that no import carries yet, whatever the system.</summary>
internal static class NotYetCarried
{
    /// <summary>Why objects of a kind are left alone, or null.</summary>
    public static string? WhyNot(string group, string kind) => (group, kind) switch
    {
        ("", "PersistentVolumeClaim") => "Its data does not move with it, and an empty volume would shadow the data: leave it to the tool that moves the data.",
        ("", "PersistentVolume") => "It stands for storage that the source still uses: leave it to the tool that moves the data.",
        _ => null,
    };
}
