using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Foundation.Sealing;

public sealed class CertificateFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _certificate = TestCertificates.Rsa();

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, bool> Forms => new()
    {
        { "der", false }, { "pem", false }, { "pem+key", true }, { "key+pem", true }, { "pem+encrypted key", true }, { "pfx", true }, { "pfx with password", true },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_form_is_read(string form, bool withKey)
    {
        using var rsa = _certificate.GetRSAPrivateKey()!;
        var pem = _certificate.ExportCertificatePem() + "\n";
        var (bytes, password) = form switch
        {
            "der" => (_certificate.Export(X509ContentType.Cert), null),
            "pem" => (Text(pem), null),
            "pem+key" => (Text(pem + rsa.ExportPkcs8PrivateKeyPem()), null),
            "key+pem" => (Text(rsa.ExportRSAPrivateKeyPem() + "\n" + pem), null),
            "pem+encrypted key" => (Text(pem + rsa.ExportEncryptedPkcs8PrivateKeyPem("hush", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))), "hush"),
            "pfx" => (_certificate.Export(X509ContentType.Pfx), null),
            _ => (_certificate.Export(X509ContentType.Pfx, "hush"), (string?)"hush"),
        };
        var path = _folder["file"];
        File.WriteAllBytes(path, bytes);

        using var loaded = CertificateFile.Load(path, Secure(password));

        Assert.Equal(_certificate.Thumbprint, loaded.Thumbprint);
        Assert.Equal(withKey, loaded.HasPrivateKey);
        using var seal = new SealingKey(loaded);
        if (withKey)
        {
            using var key = new OpeningKey(loaded);
            Assert.Equal("a"u8.ToArray(), key.Open(seal.Seal("a"u8, "n", ""), "n", "f"));
        }
    }

    [Fact]
    public void What_is_no_certificate_is_told_with_its_path()
    {
        Assert.Equal("CertificateNotFound", Fails(_folder["none.pem"], null).Id);
        Assert.Equal("CertificateUnreadable", Fails(_folder.Write("text", "password: hush"), null).Id);
        Assert.Equal("CertificateUnreadable", Fails(_folder.Write("empty", ""), null).Id);
        Assert.Equal("CertificateUnreadable", Fails(_folder.Write("cut.pem", _certificate.ExportCertificatePem()[..200]), null).Id);
        File.WriteAllBytes(_folder["p.pfx"], _certificate.Export(X509ContentType.Pfx, "hush"));
        var failure = Fails(_folder["p.pfx"], "wrong");
        Assert.Contains(_folder["p.pfx"], failure.Message, StringComparison.Ordinal);
        Assert.Contains("password is wrong", failure.Message, StringComparison.Ordinal);
        Assert.Contains("needs a password", Fails(_folder["p.pfx"], null).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_keeps_a_key_from_being_read_is_told()
    {
        using var rsa = _certificate.GetRSAPrivateKey()!;
        using var other = TestCertificates.Rsa(key: 1);
        using var otherKey = other.GetRSAPrivateKey()!;
        var pem = _certificate.ExportCertificatePem() + "\n";
        var encrypted = _folder.Write("encrypted.pem", pem + rsa.ExportEncryptedPkcs8PrivateKeyPem("hush", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Assert.Contains("its private key is encrypted, and needs a password", Fails(encrypted, null).Message, StringComparison.Ordinal);
        Assert.Contains("password of its private key is wrong", Fails(encrypted, "wrong").Message, StringComparison.Ordinal);
        Assert.Contains("-CertificatePassword", Fails(encrypted, null).Recommendation, StringComparison.Ordinal);
        Assert.Contains("not that of the certificate", Fails(_folder.Write("mixed.pem", pem + otherKey.ExportPkcs8PrivateKeyPem()), null).Message, StringComparison.Ordinal);
        var old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        Assert.Contains("openssl pkcs8", Fails(_folder.Write("old.pem", pem + old), "hush").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_others_may_read_is_told_and_a_certificate_alone_is_for_everybody()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes of files.");
            return;
        }

        using var rsa = _certificate.GetRSAPrivateKey()!;
        var path = _folder.Write("key.pem", _certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem());
        using var loaded = CertificateFile.Load(path, null);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Null(CertificateFile.OpenToOthers(path, loaded));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Equal("0640", CertificateFile.OpenToOthers(path, loaded));
        using var open = X509CertificateLoader.LoadCertificate(_certificate.Export(X509ContentType.Cert));
        Assert.Null(CertificateFile.OpenToOthers(path, open));
    }

    private static Failure Fails(string path, string? password) =>
        Assert.Throws<UpgradeException>(() => CertificateFile.Load(path, Secure(password)).Dispose()).Failure;

    private static byte[] Text(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    private static SecureString? Secure(string? text)
    {
        if (text is null)
            return null;
        var secure = new SecureString();
        foreach (var c in text)
            secure.AppendChar(c);
        return secure;
    }
}
