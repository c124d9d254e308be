namespace KonUpgrade.Model;

/// <summary>How far it is known what an import would do with an object.</summary>
public enum ImportVerification
{
    /// <summary>
    /// It could not be tried: a webhook refuses dry runs or is not there yet, or nobody knows the schema. What is said is
    /// what nothing speaks against.
    /// </summary>
    None,

    /// <summary>Its namespace or its kind comes with the same import: it was checked against the schema of its kind.</summary>
    Schema,

    /// <summary>The server was asked: it tried the write without keeping it (dry run), or has the object already.</summary>
    Server,
}
