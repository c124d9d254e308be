namespace KonUpgrade.Model;

/// <summary>What an export does with Secrets, and with what a system names as sensitive.</summary>
public enum SecretHandling
{
    /// <summary>They are left out, each with a line of its own in <c>left-out.jsonl</c>.</summary>
    Skip,

    /// <summary>They are written encrypted, for the holder of a certificate's private key.</summary>
    Encrypt,

    /// <summary>They are written in the clear, readable for the owner of the files alone.</summary>
    Include,
}
