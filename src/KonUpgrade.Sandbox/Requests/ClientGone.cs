using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Requests;

/// <summary>What a request fails with whose client is gone: nobody is left to answer, and nothing is wrong with the sandbox.</summary>
internal static class ClientGone
{
    /// <summary>Whether that is why it failed.</summary>
    public static bool Is(HttpContext context, Exception failure) => failure switch
    {
        OperationCanceledException => context.RequestAborted.IsCancellationRequested,
        // A body that the client broke off.
        BadHttpRequestException => true,
        // No request reads or writes anything but its own connection, which may be ended for another request on it, too.
        IOException => true,
        _ => false,
    };
}
