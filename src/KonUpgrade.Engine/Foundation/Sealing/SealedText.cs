using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Sealing;

/// <summary>
/// A sealed text as it stands in a file: a line with the format and its version, one with the key id, one that says of
/// which state the text is, and the wrapped key, the nonce, the tag and the cipher text in base64, a line each. Lines of
/// text so that it survives whatever a repository does to files.
/// </summary>
internal sealed record SealedText(string KeyId, string Source, byte[] WrappedKey, byte[] Nonce, byte[] Tag, byte[] Cipher)
{
    public const int KeyLength = 32;
    public const int NonceLength = 12;
    public const int TagLength = 16;

    private const int Lines = 7;
    private const string Format = "konupgrade.dev/sealed ";
    private const string Version = "v1";

    /// <summary>The SHA-256 of a certificate's public key (SubjectPublicKeyInfo): a renewed certificate of the same key opens what the old one sealed.</summary>
    public static string KeyIdOf(X509Certificate2 certificate) => Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>What the tag covers beside the text: the header, and the name, so that a text moved to another object's file can't be opened there.</summary>
    public static byte[] BoundTo(string keyId, string source, string name) => Encoding.UTF8.GetBytes($"{Format}{Version}\n{keyId}\n{source}\n{name}");

    public byte[] ToBytes() => Encoding.ASCII.GetBytes(
        $"{Format}{Version}\nkey: {KeyId}\nsource: {Source}\nwrapped: {Convert.ToBase64String(WrappedKey)}\nnonce: {Convert.ToBase64String(Nonce)}\ntag: {Convert.ToBase64String(Tag)}\ntext: {Convert.ToBase64String(Cipher)}\n");

    /// <summary>Reads a sealed text.</summary>
    /// <exception cref="UpgradeException">EncryptedFileDamaged, EncryptedFormatUnknown.</exception>
    public static SealedText Parse(ReadOnlySpan<byte> bytes, string file)
    {
        var lines = Encoding.ASCII.GetString(bytes).ReplaceLineEndings("\n").Split('\n');
        if (!lines[0].StartsWith(Format, StringComparison.Ordinal))
            throw Damaged(file, "it does not begin as an encrypted file does");
        if (lines[0][Format.Length..] != Version)
            throw new UpgradeException(new Failure
            {
                Id = "EncryptedFormatUnknown",
                Kind = FailureKind.NotSupported,
                Message = $"{file} is encrypted in a format that this version of KonUpgrade does not know: its first line is not '{Format}{Version}'.",
                Recommendation = "Use the version of KonUpgrade that made the export, or a newer one.",
                Target = file,
            });
        if (lines.Skip(Lines).Any(line => !string.IsNullOrWhiteSpace(line)))
            throw Damaged(file, $"there is text after its {Lines} lines");
        var text = new SealedText(
            Line(lines, 1, "key: ", file), Line(lines, 2, "source: ", file),
            Bytes(lines, 3, "wrapped: ", file), Bytes(lines, 4, "nonce: ", file), Bytes(lines, 5, "tag: ", file), Bytes(lines, 6, "text: ", file));
        return text.Nonce.Length == NonceLength && text.Tag.Length == TagLength ? text : throw Damaged(file, "a line has another length than it should");
    }

    public static UpgradeException Damaged(string file, string why) => new(new Failure
    {
        Id = "EncryptedFileDamaged",
        Kind = FailureKind.Security,
        Message = $"{file} can't be decrypted: {why}.",
        Recommendation = "Take the file from a copy of the export, or export again.",
        Target = file,
    });

    private static string Line(string[] lines, int number, string name, string file) =>
        number < lines.Length && lines[number].StartsWith(name, StringComparison.Ordinal)
            ? lines[number][name.Length..]
            : throw Damaged(file, $"line {number + 1} does not begin with '{name.TrimEnd()}'");

    private static byte[] Bytes(string[] lines, int number, string name, string file)
    {
        var line = Line(lines, number, name, file);
        var bytes = new byte[line.Length / 4 * 3];
        return Convert.TryFromBase64String(line, bytes, out var length) ? bytes[..length] : throw Damaged(file, $"line {number + 1} is no base64");
    }
}
