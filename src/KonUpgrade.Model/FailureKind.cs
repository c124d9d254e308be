namespace KonUpgrade.Model;

/// <summary>The families of failures. Each maps to one error category in PowerShell.</summary>
public enum FailureKind
{
    /// <summary>No family fits.</summary>
    Unspecified,

    /// <summary>An argument, or two arguments together, make no sense.</summary>
    InvalidArgument,

    /// <summary>Data that was read, or sent, is not valid (HTTP 400 and 422).</summary>
    InvalidData,

    /// <summary>A text could not be parsed; the message names file, line and column.</summary>
    ParserError,

    /// <summary>No login, or one that was refused or has expired (HTTP 401).</summary>
    Authentication,

    /// <summary>The login may not do this (HTTP 403).</summary>
    PermissionDenied,

    /// <summary>A certificate or a checksum does not hold.</summary>
    Security,

    /// <summary>The thing is not there (HTTP 404).</summary>
    NotFound,

    /// <summary>The thing is there already (HTTP 409 AlreadyExists).</summary>
    AlreadyExists,

    /// <summary>Somebody else holds or has changed the thing (HTTP 409 Conflict).</summary>
    Conflict,

    /// <summary>Too much was asked for at once (HTTP 429), or a quota is used up.</summary>
    LimitsExceeded,

    /// <summary>The server or the way to it does not work now (HTTP 5xx, no connection).</summary>
    Unavailable,

    /// <summary>The time allowed is over.</summary>
    Timeout,

    /// <summary>What was asked for is not supported here.</summary>
    NotSupported,

    /// <summary>A program or runtime that is needed is not on this machine.</summary>
    NotInstalled,

    /// <summary>A file or directory could not be read.</summary>
    ReadError,

    /// <summary>A file or directory could not be written.</summary>
    WriteError,

    /// <summary>Something that must not be changed would be changed, such as a blue cluster that is green.</summary>
    Refused,

    /// <summary>The work was done as far as it could be, but not wholly.</summary>
    Incomplete,
}
