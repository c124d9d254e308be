using KonUpgrade.Engine.Tests.Module;
using KonUpgrade.Engine.Tests.Nodepools;
using KonUpgrade.Engine.Tests.Nodepools.Moving;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Tests.Upgrades;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>Begins with what takes longest: what waits for its clusters or programs most of the time then does so while the others work, and nothing long is left over to run alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly IReadOnlyList<string> s_longest =
        [.. new[] { typeof(PesterTests), typeof(NodepoolMoverTests), typeof(CrashTests), typeof(MoveCrashTests), typeof(KubectlDrainTests), typeof(UpgradeUndoTests) }.Select(type => $" for {type.FullName} ")];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Place)];

    // A class without a collection of its own choice has one that is named after it.
    private static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        s_longest.Index().Where(one => collection.TestCollectionDisplayName.Contains(one.Item, StringComparison.Ordinal)).Select(one => one.Index).DefaultIfEmpty(s_longest.Count).First();
}
