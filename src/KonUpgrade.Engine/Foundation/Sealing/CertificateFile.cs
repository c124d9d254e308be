using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Sealing;

/// <summary>Certificates in files: PEM (with or without the private key), DER, or PFX.</summary>
public static class CertificateFile
{
    // No certificate file comes near it; a path that was mistyped may lead to anything.
    private const long MaxLength = 4 * 1024 * 1024;

    /// <summary>Reads the certificate of a file, with its private key where the file has it. The key touches no disk where the system allows that.</summary>
    /// <param name="path">The file, as a full path.</param>
    /// <param name="password">What opens a PFX or an encrypted PEM key; null for none.</param>
    /// <exception cref="UpgradeException">CertificateNotFound, CertificateUnreadable.</exception>
    public static X509Certificate2 Load(string path, SecureString? password)
    {
        byte[] bytes;
        try
        {
            if (!File.Exists(path))
                throw Failed("CertificateNotFound", FailureKind.NotFound, path, $"There is no certificate file {path}.", "Name a file with a certificate: PEM, DER or PFX.");
            if (new FileInfo(path).Length is 0 or > MaxLength)
                throw Unreadable(path, "it is empty, or far too large for a certificate", null);
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw Unreadable(path, exception.Message, exception);
        }

        var text = Clear(password);
        try
        {
            return Read(bytes, text);
        }
        catch (CryptographicException exception)
        {
            throw Unreadable(path, Why(bytes, password is not null, exception), exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text.AsSpan()));
        }
    }

    /// <summary>
    /// Who else than its owner may read or change a file, as its mode says it in octal digits: it holds a private key, which
    /// opens what was encrypted for nobody else. Null where nobody may, where it holds no key, and on Windows.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="certificate">What was loaded from it.</param>
    public static string? OpenToOthers(string path, X509Certificate2 certificate)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows() || !certificate.HasPrivateKey)
            return null;
        try
        {
            var mode = File.GetUnixFileMode(path);
            return (mode & Others) == 0 ? null : $"0{Convert.ToString((int)mode, 8)}";
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // It was read a moment ago; who may read what is gone does not matter.
            return null;
        }
    }

    private static string Why(byte[] bytes, bool hasPassword, CryptographicException exception)
    {
        var text = bytes.AsSpan();
        if (text.IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0)
            return "its private key is encrypted in the old way of PEM; 'openssl pkcs8 -topk8' writes it in the new one";
        if (text.IndexOf("-----BEGIN "u8) < 0)
            return hasPassword ? "it is no certificate in PEM, DER or PFX, or the password is wrong" : "it is no certificate in PEM, DER or PFX, or needs a password";
        if (text.IndexOf("BEGIN ENCRYPTED PRIVATE KEY-----"u8) >= 0)
            return hasPassword ? "the password of its private key is wrong, or the key is damaged" : "its private key is encrypted, and needs a password";
        // The key of another certificate, or none that this one could have.
        return exception.InnerException is ArgumentException ? "the private key in it is not that of the certificate in it" : "it is no certificate in PEM, DER or PFX";
    }

    private static X509Certificate2 Read(byte[] bytes, char[] password)
    {
        if (bytes.AsSpan().IndexOf("-----BEGIN "u8) < 0)
        {
            var kind = X509Certificate2.GetCertContentType(bytes);
            if (kind is not (X509ContentType.Cert or X509ContentType.Pfx or X509ContentType.SerializedCert))
                throw new CryptographicException();
            var storage = OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
            return kind == X509ContentType.Pfx ? new X509Certificate2(bytes, password.AsSpan(), storage) : new X509Certificate2(bytes);
        }

        var pem = Encoding.UTF8.GetChars(bytes);
        try
        {
            // A public part alone has no key; anything else must fit its certificate.
            if (pem.AsSpan().IndexOf("PRIVATE KEY-----") < 0)
                return X509Certificate2.CreateFromPem(pem);
            return pem.AsSpan().IndexOf("BEGIN ENCRYPTED PRIVATE KEY-----") < 0
                ? X509Certificate2.CreateFromPem(pem, pem)
                : X509Certificate2.CreateFromEncryptedPem(pem, pem, password);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(pem.AsSpan()));
        }
    }

    private static char[] Clear(SecureString? password)
    {
        if (password is null)
            return [];
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(password);
        try
        {
            var text = new char[password.Length];
            Marshal.Copy(pointer, text, 0, text.Length);
            return text;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }

    private static UpgradeException Unreadable(string path, string why, Exception? exception) =>
        Failed("CertificateUnreadable", FailureKind.InvalidArgument, path, $"The certificate {path} can't be read: {why}.", "Name a file with a certificate (PEM, DER or PFX), and its password with -CertificatePassword (a SecureString) where it has one; or load it, and give the X509Certificate2.", exception);

    private static UpgradeException Failed(string id, FailureKind kind, string path, string message, string recommendation, Exception? exception = null) => new(
        new Failure { Id = id, Kind = kind, Message = message, Recommendation = recommendation, Target = path }, exception);
}
