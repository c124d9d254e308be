using System.Collections.Immutable;

namespace KonUpgrade.Sandbox.Api.BackEnds;

/// <summary>What answers behind the Services of a cluster: what is always there, and what a test put before it.</summary>
internal sealed class BackEndTable
{
    private ImmutableList<BackEnd> _given = [];
    private ImmutableList<BackEnd> _usual = [];

    /// <summary>Adds what answers as long as no test says otherwise.</summary>
    public void Install(IEnumerable<BackEnd> usual) => ImmutableInterlocked.Update(ref _usual, (before, more) => before.AddRange(more), usual);

    /// <summary>Lets one answer before all others.</summary>
    public void Put(BackEnd given) => ImmutableInterlocked.Update(ref _given, (before, one) => before.Insert(0, one), given);

    /// <summary>Takes away all that was put.</summary>
    public void Clear() => ImmutableInterlocked.Update(ref _given, before => before.Clear());

    /// <summary>Whether somebody listens behind a Service.</summary>
    public bool Knows(string @namespace, string service) => All().Any(one => one.Namespace == @namespace && one.Service == service);

    /// <summary>Who answers, or null.</summary>
    public BackEnd? Find(string @namespace, string service, string path) => All().FirstOrDefault(one => one.Answers(@namespace, service, path));

    private IEnumerable<BackEnd> All() => Volatile.Read(ref _given).Concat(Volatile.Read(ref _usual));
}
