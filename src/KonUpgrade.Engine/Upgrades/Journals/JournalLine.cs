using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>
/// Lines of a journal as JSON. Each ends with a sum over itself and the sum of the line before it, so that a line that was
/// changed, taken out or put in shows.
/// </summary>
internal static class JournalLine
{
    /// <summary>The sum before the first line.</summary>
    public const string NoSum = "";

    private const string SumStart = ",\"sum\":\"";

    // 128 bits: nobody forges it, it finds what was edited.
    private const int SumLength = 32;

    /// <summary>Writes a line, without its break.</summary>
    /// <param name="record">What it tells.</param>
    /// <param name="previous">The sum of the line before.</param>
    /// <returns>The line and its sum.</returns>
    public static (byte[] Line, string Sum) Write(JournalRecord record, string previous)
    {
        var json = new JsonObject
        {
            ["n"] = record.Number,
            ["time"] = record.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["event"] = record.Event.ToString(),
        };
        if (record.Step is not null)
            json["step"] = record.Step;
        if (record.Attempt > 0)
            json["attempt"] = record.Attempt;
        if (record.Data is not null)
            json["data"] = record.Data.DeepClone();
        var body = JsonTree.Write(json).AsSpan(..^1);
        var sum = SumOf(body, previous);
        return ([.. body, .. Encoding.ASCII.GetBytes($"{SumStart}{sum}\"}}")], sum);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its break.</param>
    /// <param name="number">The number that it must have.</param>
    /// <param name="previous">The sum of the line before.</param>
    /// <param name="record">What it tells.</param>
    /// <param name="sum">Its sum.</param>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    public static JournalFlaw? TryRead(ReadOnlySpan<byte> line, long number, string previous, out JournalRecord? record, out string sum)
    {
        record = null;
        sum = "";
        var tail = SumStart.Length + SumLength + 2;
        if (line.Length <= tail || line[0] != '{' || !line[^tail..].StartsWith(Encoding.ASCII.GetBytes(SumStart)) || !line.EndsWith("\"}"u8))
            return JournalFlaw.Torn;
        sum = Encoding.ASCII.GetString(line.Slice(line.Length - SumLength - 2, SumLength));
        if (sum != SumOf(line[..^tail], previous))
            return JournalFlaw.Edited;
        try
        {
            var json = JsonTree.Parse(line.ToArray());
            // What a later version of the same format tells beside this is not ours to understand.
            if (json["n"]!.GetValue<long>() != number || !Enum.TryParse<JournalEvent>(json["event"]!.GetValue<string>(), out var what))
                return JournalFlaw.Unknown;
            record = new JournalRecord(
                number,
                DateTimeOffset.Parse(json["time"]!.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                what,
                json["step"]?.GetValue<string>(),
                json["attempt"]?.GetValue<int>() ?? 0,
                json["data"]?.AsObject());
            return null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException)
        {
            return JournalFlaw.Unknown;
        }
    }

    /// <summary>A text without the mark that some editors put before it (a BOM).</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> text) => text.StartsWith("\uFEFF"u8) ? text["\uFEFF"u8.Length..] : text;

    /// <summary>Whether a text that was cut off is the beginning of a journal's first line, and not of anything else.</summary>
    public static bool IsBegun(ReadOnlySpan<byte> text)
    {
        var start = "{\"n\":1,"u8;
        return text.Length < start.Length ? start.StartsWith(text) : text.StartsWith(start);
    }

    private static string SumOf(ReadOnlySpan<byte> body, string previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(previous));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset())[..SumLength];
    }
}

/// <summary>What can be wrong with a line.</summary>
internal enum JournalFlaw
{
    /// <summary>It does not end as a line does.</summary>
    Torn,

    /// <summary>Its sum is not that of what it says, or of what came before it.</summary>
    Edited,

    /// <summary>It is whole, and tells what this version does not know.</summary>
    Unknown,
}
