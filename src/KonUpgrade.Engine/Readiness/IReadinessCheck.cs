namespace KonUpgrade.Engine.Readiness;

/// <summary>One check. It only reads. What keeps it from finding out is thrown, and makes this one check unknown.</summary>
/// <typeparam name="TSubject">What it looks at.</typeparam>
public interface IReadinessCheck<in TSubject>
    where TSubject : IReadinessSubject
{
    /// <summary>What it is called, and what it is about.</summary>
    ReadinessRule Rule { get; }

    /// <summary>Looks.</summary>
    /// <param name="subject">At what; what several checks need of it is read once.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<ReadinessOutcome> RunAsync(TSubject subject, CancellationToken cancellationToken);
}
