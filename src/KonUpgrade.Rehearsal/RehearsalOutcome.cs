using System.Globalization;
using KonUpgrade.Rehearsal.Display;

namespace KonUpgrade.Rehearsal;

/// <summary>Whether all of a rehearsal is as it should be, and what is not.</summary>
internal sealed class RehearsalOutcome
{
    private readonly List<string> _problems = [];

    /// <summary>Whether nothing was found that is not as it should be.</summary>
    public bool IsGood => _problems.Count == 0;

    /// <summary>A number of things.</summary>
    public static string Count(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Notes what is not as it should be.</summary>
    public void Problem(string problem) => _problems.Add(problem);

    /// <summary>Notes it, where something does not hold that should.</summary>
    public void Expect(bool holds, string otherwise)
    {
        if (!holds)
            Problem(otherwise);
    }

    /// <summary>Shows what was found, where the export is, and how long it took.</summary>
    public void Show(PhaseDisplay display, string exportPath, IReadOnlyList<string> parts, TimeSpan elapsed)
    {
        display.Line();
        foreach (var problem in _problems)
            display.Problem(problem);
        display.Line($"{(parts.Count == 1 ? $"The export is in {exportPath}" : $"The exports are in {exportPath}, in {string.Join(", ", parts)}")}: export.yaml sums it up, left-out.jsonl says what stayed behind and why.");
        display.Line(string.Create(
            CultureInfo.InvariantCulture, $"{(IsGood ? "All is as it should be" : $"{Count(_problems.Count, "thing")} not as it should be")}, after {elapsed.TotalSeconds:0.0} seconds."));
    }
}
