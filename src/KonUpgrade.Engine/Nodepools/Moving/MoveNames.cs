using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>What a new pool, and the call that makes it, are called.</summary>
internal static class MoveNames
{
    private const int Longest = 63;

    // A longer number is a date or an id, and no counter. Nor is the time of day after a date.
    private const int MostDigits = 4;
    private const int DateDigits = 8;

    /// <summary>The old name with the next number that is free: <c>workers-2</c> after <c>workers</c>, <c>workers-3</c> after that.</summary>
    public static string Next(string old, IReadOnlySet<string> taken)
    {
        var (stem, number) = Split(old);
        while (true)
        {
            number++;
            var end = string.Create(CultureInfo.InvariantCulture, $"-{number}");
            var name = stem[..Math.Min(stem.Length, Longest - end.Length)] + end;
            if (!taken.Contains(name))
                return name;
        }
    }

    /// <summary>
    /// The token of the call that makes a pool. Another process that makes the same one for the same old one sends the same,
    /// so that a call that was sent and not seen is not made twice. It looks as those that the services' own SDKs make.
    /// </summary>
    /// <param name="clusterUid">The cluster.</param>
    /// <param name="old">The pool that is replaced.</param>
    /// <param name="name">The new one's name.</param>
    /// <param name="shape">What it is made with: a service takes no token twice for what differs.</param>
    /// <param name="attempt">Which attempt it is, from 1.</param>
    public static string Token(string clusterUid, Nodepool old, string name, NodepoolShape shape, int attempt)
    {
        var parts = new[] { clusterUid, old.Id ?? old.Name, name, attempt.ToString(CultureInfo.InvariantCulture), JsonSerializer.Serialize(shape) };
        return new Guid(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(parts))[..16]).ToString();
    }

    private static (string Stem, int Number) Split(string name)
    {
        var dash = name.LastIndexOf('-');
        var digits = name[(dash + 1)..];
        var isTime = digits.Length == MostDigits && dash > 0 && EndsInDate(name.AsSpan(0, dash));
        return dash > 0 && !isTime && digits.Length <= MostDigits && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? (name[..dash], number)
            : (name, 1);
    }

    private static bool EndsInDate(ReadOnlySpan<char> stem) =>
        stem[(stem.LastIndexOf('-') + 1)..] is { Length: DateDigits } last && !last.ContainsAnyExceptInRange('0', '9');
}
