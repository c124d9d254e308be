using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>One line of a journal.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Time">When it was written, UTC.</param>
/// <param name="Event">What it tells.</param>
/// <param name="Step">Of which step; null where it is about the upgrade.</param>
/// <param name="Attempt">Of which attempt at the step.</param>
/// <param name="Data">What else; null for nothing.</param>
internal sealed record JournalRecord(long Number, DateTimeOffset Time, JournalEvent Event, string? Step, int Attempt, JsonObject? Data);
