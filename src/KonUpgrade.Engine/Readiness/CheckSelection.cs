using System.IO.Enumeration;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>Which checks are meant, by ids that may hold <c>*</c> and <c>?</c>.</summary>
/// <param name="Include">Those that run; empty for all.</param>
/// <param name="Exclude">Those that do not; or, with a colon and the target of a finding behind the id (<c>BudgetsLetGo:PodDisruptionBudget shop/*</c>), findings that are accepted and block no more.</param>
public sealed record CheckSelection(IReadOnlyList<string> Include, IReadOnlyList<string> Exclude)
{
    private const char Colon = ':';

    /// <summary>All checks.</summary>
    public static CheckSelection All { get; } = new([], []);

    /// <summary>Those of some checks that are meant.</summary>
    /// <param name="checks">The checks that there are here.</param>
    /// <param name="elsewhere">The ids of those that other clusters have, and this one has not: they may be named.</param>
    /// <exception cref="UpgradeException">An id fits none (<c>UnknownCheck</c>), or none is left (<c>NoCheckLeft</c>): a gate that checks nothing must not pass.</exception>
    public IReadOnlyList<IReadinessCheck<TSubject>> Of<TSubject>(IReadOnlyList<IReadinessCheck<TSubject>> checks, IEnumerable<string> elsewhere)
        where TSubject : IReadinessSubject
    {
        ArgumentNullException.ThrowIfNull(checks);
        var ids = checks.Select(check => check.Rule.Id).Concat(elsewhere).Distinct(StringComparer.Ordinal).ToList();
        var left = Exclude.Where(word => !word.Contains(Colon, StringComparison.Ordinal)).ToList();
        var accepted = Exclude.Where(word => word.Contains(Colon, StringComparison.Ordinal)).Select(word => word.Split(Colon, 2)).Select(parts => (Id: parts[0], Target: parts[1])).ToList();
        foreach (var word in Include.Concat(left).Concat(accepted.Select(one => one.Id)))
        {
            if (!ids.Exists(id => Fits(word, id)))
                throw new UpgradeException(Unknown(word, ids));
        }

        var meant = checks.Where(check => (Include.Count == 0 || Include.Any(word => Fits(word, check.Rule.Id))) && !left.Exists(word => Fits(word, check.Rule.Id)))
            .Select(check => Accepting(check, [.. accepted.Where(one => Fits(one.Id, check.Rule.Id)).Select(one => one.Target)])).ToList();
        return meant.Count > 0 ? meant : throw new UpgradeException(new Failure
        {
            Id = "NoCheckLeft",
            Kind = FailureKind.InvalidArgument,
            Message = "-Include and -Exclude together leave no check.",
            Recommendation = "Exclude less.",
        });
    }

    private static IReadinessCheck<TSubject> Accepting<TSubject>(IReadinessCheck<TSubject> check, IReadOnlyList<string> targets)
        where TSubject : IReadinessSubject =>
        targets.Count == 0 ? check : new AcceptingCheck<TSubject>(check, finding => targets.Any(target => Fits(target, finding.Target)));

    private static bool Fits(string word, string id) => FileSystemName.MatchesSimpleExpression(word, id, ignoreCase: true);

    private static Failure Unknown(string word, IReadOnlyList<string> ids) => new()
    {
        Id = "UnknownCheck",
        Kind = FailureKind.InvalidArgument,
        Message = $"No check has the id '{word}'.{NearWords.Hint(word, ids)}",
        Recommendation = $"The ids are: {string.Join(", ", ids)}.",
        Target = word,
    };
}
