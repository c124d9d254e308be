namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>The home directory of whoever runs this.</summary>
public static class HomeDirectory
{
    /// <summary>
    /// A path in the home directory. It is one whether or not the directory is there: what is looked for in a home that is
    /// missing is not found, and never looked for where the process happens to be.
    /// </summary>
    /// <param name="parts">The names on the way from the home directory.</param>
    public static string PathTo(params string[] parts)
    {
        // Without the option .NET gives nothing where the directory is missing, and the path would be relative.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine([home.Length > 0 ? home : Path.DirectorySeparatorChar.ToString(), .. parts]);
    }
}
