namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A field that another manager owns.</summary>
/// <param name="Manager">The manager's name.</param>
/// <param name="Field">The field's path as the server writes it: <c>.spec.replicas</c>.</param>
/// <param name="Message">The server's whole sentence, with the manager's operation and version.</param>
public sealed record FieldConflict(string Manager, string Field, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field} ({Manager})";
}
