using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>What backups and restores that came back have in common.</summary>
internal static class ReturnedVelero
{
    /// <summary>The objects of a value, live or rebuilt.</summary>
    public static object? All<T>(object? value, Func<object?, T> rebuild)
        where T : VeleroOperation => ReturnedObject.Unwrap(value) switch
        {
            null => null,
            T one => new[] { one },
            IEnumerable many and not (string or IDictionary) => many.Cast<object?>().Select(item => One(item, rebuild)).ToArray(),
            var other => new[] { One(other, rebuild) },
        };

    /// <summary>Its name.</summary>
    public static string Name(object? bag) =>
        ReturnedObject.Text(bag, nameof(VeleroOperation.Name)) ?? throw new ArgumentTransformationMetadataException("What came in has no name.");

    /// <summary>A number; null where there is none.</summary>
    public static int? Count(object? bag, string property) => ReturnedObject.Text(bag, property) is null ? null : (int)ReturnedObject.Number(bag, property);

    /// <summary>A moment, in the way that CliXml or JSON brings it back; null where there is none.</summary>
    public static DateTimeOffset? Time(object? bag, string property) => ReturnedObject.Unwrap((bag as PSObject)?.Properties[property]?.Value) switch
    {
        DateTimeOffset time => time,
        DateTime time => time,
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => null,
    };

    private static T One<T>(object? value, Func<object?, T> rebuild)
        where T : VeleroOperation => ReturnedObject.Unwrap(value) switch
        {
            T one => one,
            var bag when ReturnedObject.Was<T>(bag, nameof(VeleroOperation.Name), nameof(VeleroOperation.Phase), nameof(VeleroOperation.VeleroNamespace), typeof(T) == typeof(VeleroBackup) ? nameof(VeleroBackup.StorageLocation) : nameof(VeleroRestore.BackupName)) => rebuild(bag),
            _ => throw new ArgumentTransformationMetadataException($"'{value}' is no {(typeof(T) == typeof(VeleroBackup) ? "backup" : "restore")}. Give objects of Get-{typeof(T).Name} or New-{typeof(T).Name}."),
        };
}
