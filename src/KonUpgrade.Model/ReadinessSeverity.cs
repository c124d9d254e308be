namespace KonUpgrade.Model;

/// <summary>How much a finding weighs.</summary>
public enum ReadinessSeverity
{
    /// <summary>It should be known and may stay.</summary>
    Advisory,

    /// <summary>Nothing should go on before it is mended.</summary>
    Blocking,
}
