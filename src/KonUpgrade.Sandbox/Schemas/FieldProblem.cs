namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// One thing that is wrong with one field, in the form of the causes in an API server's Status
/// (reason, message, field). <see cref="Path"/> is dotted with indices and quoted keys: spec.ports[0].name.
/// </summary>
/// <param name="Path">The field; empty for the object as a whole.</param>
/// <param name="Reason">FieldValueRequired, FieldValueInvalid, FieldValueNotSupported, FieldValueTypeInvalid, FieldValueDuplicate, FieldValueForbidden, FieldValueTooLong, FieldValueTooMany.</param>
/// <param name="Message">The server's words after the path ("Required value: ...").</param>
internal sealed record FieldProblem(string Path, string Reason, string Message)
{
    public const string RequiredReason = "FieldValueRequired";
    public const string InvalidReason = "FieldValueInvalid";
    public const string NotSupportedReason = "FieldValueNotSupported";
    public const string TypeInvalidReason = "FieldValueTypeInvalid";
    public const string DuplicateReason = "FieldValueDuplicate";
    public const string ForbiddenReason = "FieldValueForbidden";
    public const string TooLongReason = "FieldValueTooLong";
    public const string TooManyReason = "FieldValueTooMany";

    /// <summary>Path and message as the server joins them in a Status message.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
