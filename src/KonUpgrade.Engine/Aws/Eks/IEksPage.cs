namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>One page of a list of names.</summary>
internal interface IEksPage
{
    /// <summary>The names.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>What asks for the next page; null or empty at the end.</summary>
    string? NextToken { get; }
}
