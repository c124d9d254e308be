namespace KonUpgrade.Sandbox.Access;

/// <summary>What a user may do before any rule denies it.</summary>
internal enum UserRights
{
    /// <summary>Everything.</summary>
    All,

    /// <summary>get, list and watch of everything but Secrets.</summary>
    ReadWithoutSecrets,

    /// <summary>Discovery, and to ask who he is.</summary>
    None,

    /// <summary>Not logged in: version and health alone.</summary>
    Anonymous,
}

/// <summary>Who asks.</summary>
internal sealed record SandboxUser(string Name, UserRights Rights, IReadOnlyList<string> Groups)
{
    public static SandboxUser NotLoggedIn { get; } = new("system:anonymous", UserRights.Anonymous, ["system:unauthenticated"]);
}
