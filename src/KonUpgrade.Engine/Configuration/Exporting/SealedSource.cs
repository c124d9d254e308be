using System.Security.Cryptography;
using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>
/// Tells from which state of an object an encrypted file was made, so that a file is not made anew while the object stays
/// as it is. It is made of what says nothing of the content: a checksum of the content itself would let everybody try
/// likely passwords against it.
/// </summary>
internal static class SealedSource
{
    private static readonly string s_program = typeof(SealedSource).Assembly.GetName().Version?.ToString() ?? "";

    /// <summary>
    /// A word for the state: of the object's UID and resourceVersion, which the server gives each of its states once, of how
    /// it was read, of which fields are changed on the way, and of the program. Empty where the server gave none.
    /// </summary>
    public static string Of(KubernetesObject o, IReadOnlyList<ManifestEdit> edits)
    {
        if (o.Uid is not { Length: > 0 } uid || o.ResourceVersion is not { Length: > 0 } version)
            return "";
        var text = new StringBuilder($"{s_program}\n{uid}\n{version}\n{o.ApiVersion}");
        foreach (var edit in edits)
            text.Append('\n').Append(edit.Path).Append(edit.Value is null ? " -" : " +");
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))).ToLowerInvariant();
    }
}
