using System.Security.Cryptography.X509Certificates;
using System.Text;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Foundation.Sealing;

public sealed class SealingTests : IDisposable
{
    private const string Name = "v1 Secret shop/db";

    private readonly X509Certificate2 _certificate = TestCertificates.Rsa();
    private readonly X509Certificate2 _other = TestCertificates.Rsa(key: 1);

    public void Dispose()
    {
        _certificate.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("password: hush\n")]
    public void What_was_sealed_is_opened_with_the_private_key(string text)
    {
        using var open = X509CertificateLoader.LoadCertificate(_certificate.Export(X509ContentType.Cert));
        using var seal = new SealingKey(open);
        using var key = new OpeningKey(_certificate);
        var bytes = seal.Seal(Encoding.UTF8.GetBytes(text), Name, "");
        Assert.Equal(text, Encoding.UTF8.GetString(key.Open(bytes, Name, "db.yaml.enc")));
        Assert.DoesNotContain("hush", Encoding.ASCII.GetString(bytes), StringComparison.Ordinal);
        Assert.StartsWith("konupgrade.dev/sealed v1\nkey: " + seal.KeyId + "\n", Encoding.ASCII.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_can_not_decrypt_is_told_before_anything_is_opened()
    {
        // Too short for what it is to open, as it is for a key that may only sign.
        using var small = TestCertificates.Rsa(bits: 512);
        var failure = Assert.Throws<UpgradeException>(() => new OpeningKey(_certificate, small)).Failure;
        Assert.Equal(("PrivateKeyNotUsable", FailureKind.InvalidArgument), (failure.Id, failure.Kind));
        using var elliptic = TestCertificates.Elliptic();
        Assert.Equal("PrivateKeyMissing", Assert.Throws<UpgradeException>(() => new OpeningKey(elliptic)).Failure.Id);
        using var open = X509CertificateLoader.LoadCertificate(_certificate.Export(X509ContentType.Cert));
        Assert.Equal("PrivateKeyMissing", Assert.Throws<UpgradeException>(() => new OpeningKey(open)).Failure.Id);
    }

    [Fact]
    public void The_same_text_is_never_sealed_the_same_way_twice()
    {
        using var seal = new SealingKey(_certificate);
        Assert.NotEqual(seal.Seal("a"u8, Name, ""), seal.Seal("a"u8, Name, ""));
    }

    [Fact]
    public void A_text_can_not_be_passed_off_as_another_objects()
    {
        using var seal = new SealingKey(_certificate);
        using var key = new OpeningKey(_certificate);
        var failure = Fails(() => key.Open(seal.Seal("a"u8, Name, ""), "v1 Secret shop/other", "other.yaml.enc"));
        Assert.Equal(("EncryptedFileDamaged", FailureKind.Security), (failure.Id, failure.Kind));
        Assert.Contains("other.yaml.enc", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_any_byte_is_noticed()
    {
        using var seal = new SealingKey(_certificate);
        using var key = new OpeningKey(_certificate);
        var sealedText = seal.Seal("password: hush"u8, Name, "");
        var noticed = 0;
        for (var i = 0; i < sealedText.Length - 1; i++)
        {
            var changed = sealedText.ToArray();
            changed[i] ^= 1;
            try
            {
                // The last digit of a base64 text has bits that mean nothing.
                Assert.Equal("password: hush"u8, key.Open(changed, Name, "f"));
            }
            catch (UpgradeException exception)
            {
                Assert.Contains(exception.Failure.Id, new[] { "EncryptedFileDamaged", "EncryptedFormatUnknown", "WrongCertificate" });
                noticed++;
            }
        }

        Assert.InRange(noticed, sealedText.Length - 6, sealedText.Length);
    }

    [Fact]
    public void A_text_with_something_after_it_is_damaged()
    {
        using var seal = new SealingKey(_certificate);
        using var key = new OpeningKey(_certificate);
        var sealedText = seal.Seal("password: hush"u8, Name, "");
        Assert.Equal("EncryptedFileDamaged", Fails(() => key.Open([.. sealedText, .. "more"u8], Name, "f")).Id);
        Assert.Equal("EncryptedFileDamaged", Fails(() => key.Open([.. sealedText, .. "\n\nmore: x\n"u8], Name, "f")).Id);
        // Programs that end files with empty lines lose nothing.
        Assert.Equal("password: hush"u8, key.Open([.. sealedText, .. "\r\n\n"u8], Name, "f"));
    }

    [Fact]
    public void Half_a_text_is_damaged()
    {
        using var seal = new SealingKey(_certificate);
        using var key = new OpeningKey(_certificate);
        var sealedText = seal.Seal("password: hush"u8, Name, "");
        for (var length = 0; length < sealedText.Length - 1; length += 7)
            Assert.Contains(Fails(() => key.Open(sealedText.AsSpan(0, length), Name, "f")).Id, new[] { "EncryptedFileDamaged", "EncryptedFormatUnknown", "WrongCertificate" });
    }

    [Fact]
    public void Line_breaks_that_a_repository_changed_do_no_harm()
    {
        using var seal = new SealingKey(_certificate);
        using var key = new OpeningKey(_certificate);
        var text = Encoding.ASCII.GetString(seal.Seal("a: b"u8, Name, "")).ReplaceLineEndings("\r\n");
        Assert.Equal("a: b"u8.ToArray(), key.Open(Encoding.ASCII.GetBytes(text), Name, "f"));
    }

    [Fact]
    public void The_wrong_certificate_is_named()
    {
        using var seal = new SealingKey(_certificate);
        using var key = new OpeningKey(_other);
        var failure = Fails(() => key.Open(seal.Seal("a"u8, Name, ""), Name, "f"));
        Assert.Equal("WrongCertificate", failure.Id);
        Assert.Contains(seal.KeyId, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_format_is_refused_and_not_guessed_at()
    {
        using var key = new OpeningKey(_certificate);
        var failure = Fails(() => key.Open("konupgrade.dev/sealed v2\nx"u8, Name, "f"));
        Assert.Equal(("EncryptedFormatUnknown", FailureKind.NotSupported), (failure.Id, failure.Kind));
    }

    [Fact]
    public void Certificates_that_can_not_serve_are_refused_at_once()
    {
        using var elliptic = TestCertificates.Elliptic();
        Assert.Equal("CertificateNotUsable", Fails(() => new SealingKey(elliptic).Dispose()).Id);
        using var weak = TestCertificates.Rsa(1024);
        Assert.Equal("CertificateNotUsable", Fails(() => new SealingKey(weak).Dispose()).Id);
        using var expired = TestCertificates.Rsa(fromDays: -9, toDays: -2, key: 2);
        Assert.Contains("expired", Fails(() => new SealingKey(expired).Dispose()).Message, StringComparison.Ordinal);
        using var early = TestCertificates.Rsa(fromDays: 2, toDays: 9, key: 3);
        Assert.Equal("CertificateNotUsable", Fails(() => new SealingKey(early).Dispose()).Id);
        using var open = X509CertificateLoader.LoadCertificate(_certificate.Export(X509ContentType.Cert));
        Assert.Equal("PrivateKeyMissing", Fails(() => new OpeningKey(open).Dispose()).Id);
    }

    [Fact]
    public void An_expired_certificate_still_opens_what_was_sealed_for_it()
    {
        using var expired = TestCertificates.Rsa(fromDays: -9, toDays: -2, key: 2);
        using var seal = new SealingKey(expired, DateTimeOffset.UtcNow.AddDays(-5));
        using var key = new OpeningKey(_certificate, expired);
        Assert.Equal("a"u8.ToArray(), key.Open(seal.Seal("a"u8, Name, ""), Name, "f"));
    }

    [Fact]
    public void Of_a_sealed_text_it_can_be_told_for_whom_and_of_which_state_it_is()
    {
        using var seal = new SealingKey(_certificate);
        using var again = new SealingKey(_certificate);
        using var other = new SealingKey(_other);
        var bytes = seal.Seal("a"u8, Name, "state-1");
        Assert.True(again.IsSealedFrom(bytes, "state-1"));
        Assert.False(again.IsSealedFrom(bytes, "state-2"));
        Assert.False(other.IsSealedFrom(bytes, "state-1"));
        Assert.False(again.IsSealedFrom(seal.Seal("a"u8, Name, ""), ""));
        Assert.False(again.IsSealedFrom("a: b"u8, "state-1"));
    }

    private static Failure Fails(Action action) => Assert.Throws<UpgradeException>(action).Failure;
}
