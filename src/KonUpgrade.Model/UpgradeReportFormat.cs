namespace KonUpgrade.Model;

/// <summary>For whom the report of an upgrade is written.</summary>
public enum UpgradeReportFormat
{
    /// <summary>For people: one page that stands for itself.</summary>
    Html,

    /// <summary>For programs.</summary>
    Json,
}
