namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>Field paths as people read them: <c>spec.replicas</c>, <c>metadata.labels['app.kubernetes.io/name']</c>.</summary>
internal static class FieldPathText
{
    /// <summary>The path of a member of what is at a path.</summary>
    public static string Append(string path, string name)
    {
        if (!IsPlain(name))
            return $"{path}['{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}']";
        return path.Length == 0 ? name : $"{path}.{name}";
    }

    private static bool IsPlain(string name)
    {
        if (name.Length == 0)
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '$'))
                return false;
        }
        return true;
    }
}
