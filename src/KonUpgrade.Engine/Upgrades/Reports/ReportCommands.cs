using KonUpgrade.Engine.Upgrades.Journals;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>The commands that go on with an upgrade, to be copied into PowerShell.</summary>
internal sealed class ReportCommands(string upgrade, IJournalStore store)
{
    /// <summary>The one that goes on.</summary>
    /// <param name="approve">The steps that are let go on.</param>
    public string Resume(params string[] approve) => $"Resume-BlueGreenUpgrade {Journal}{(approve.Length > 0 ? $" -Approve {string.Join(", ", approve)}" : "")}";

    /// <summary>The one that takes back.</summary>
    public string Undo() => $"Undo-BlueGreenUpgrade {Journal}";

    /// <summary>How the journal is called in text.</summary>
    public string JournalName => store.Path is { } path ? path : $"ConfigMaps of namespace {ClusterJournalStore.Namespace} in {store.Cluster}, upgrade {upgrade}";

    private string Journal => store.Path is { } path ? $"-JournalPath {Quoted(path)}" : $"-JournalCluster {Quoted(store.Cluster!)} -Name {Quoted(upgrade)}";

    // PowerShell takes four other signs for a single quotation mark, too.
    private static string Quoted(string text) => text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or ':') && text[0] != '-'
        ? text
        : $"'{string.Concat(text.Select(static c => c is '\'' or '\u2018' or '\u2019' or '\u201a' or '\u201b' ? new string(c, 2) : c.ToString()))}'";
}
