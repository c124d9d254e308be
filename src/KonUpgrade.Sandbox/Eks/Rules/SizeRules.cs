using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Eks.Service;

namespace KonUpgrade.Sandbox.Eks.Rules;

/// <summary>How many nodes there may be, and how many at once may be away.</summary>
internal static class SizeRules
{
    public const string WrongUnavailable = "max-unavailable must be within the range 1 and max size of the node group";

    // The service's quota of nodes in a managed node group.
    private const int MostNodes = 450;

    private const int Usual = 2;

    /// <summary>The sizes of a new group; what is left out is the service's default.</summary>
    public static (int Min, int Max, int Desired) Read(EksRequest request, Parameters? asked)
    {
        int min = asked?.Integer("minSize") ?? 1;
        int desired = asked?.Integer("desiredSize") ?? (asked is null ? Usual : min);
        int max = asked?.Integer("maxSize") ?? Math.Max(Usual, desired);
        CheckAlone(request, min, max, desired);
        if (min > desired) throw request.InvalidParameter("minSize can't be greater than desiredSize");
        if (desired > max) throw request.InvalidParameter("desiredSize can't be greater than maxSize");
        return (min, max, desired);
    }

    /// <summary>The sizes after a change; what is left out stays.</summary>
    public static (int Min, int Max, int Desired) ReadChange(EksRequest request, Parameters? asked, Nodegroup group)
    {
        int min = asked?.Integer("minSize") ?? group.MinSize, max = asked?.Integer("maxSize") ?? group.MaxSize, desired = asked?.Integer("desiredSize") ?? group.DesiredSize;
        CheckAlone(request, min, max, desired);
        if (min > desired) throw request.InvalidParameter($"Minimum capacity {min} can't be greater than desired size {desired}");
        if (desired > max) throw request.InvalidParameter($"Maximum capacity {max} can't be less than desired size {desired}");
        return (min, max, desired);
    }

    /// <summary>How an update of the version goes; null where nothing is said.</summary>
    public static UpdateConfig? ReadUpdate(EksRequest request, Parameters? asked, int max)
    {
        if (asked is null) return null;
        int? number = asked.Integer("maxUnavailable"), percentage = asked.Integer("maxUnavailablePercentage");
        string? strategy = asked.Text("updateStrategy");
        if (number is not null && percentage is not null) throw request.InvalidParameter("You can specify only one of maxUnavailable and maxUnavailablePercentage");
        if (number is null && percentage is null)
        {
            if (strategy is null) throw request.InvalidParameter("You must specify maxUnavailable or maxUnavailablePercentage");
            number = 1;
        }
        if (number is { } most && (most < 1 || most > max || most > UpdateConfig.Most)) throw request.InvalidParameter(WrongUnavailable);
        if (percentage is < 1 or > 100) throw request.InvalidParameter("max-unavailable-percentage must be within the range 1 and 100");
        return strategy is null or "DEFAULT" or "MINIMAL"
            ? new UpdateConfig(number, percentage, strategy)
            : throw request.InvalidParameter($"The update strategy {strategy} is not one of [DEFAULT, MINIMAL]");
    }

    private static void CheckAlone(EksRequest request, int min, int max, int desired)
    {
        if (min < 0) throw request.InvalidParameter("minSize must be 0 or more");
        if (desired < 0) throw request.InvalidParameter("desiredSize must be 0 or more");
        if (max < 1) throw request.InvalidParameter("maxSize must be 1 or more");
        if (max > MostNodes) throw request.LimitExceeded($"The maximum number of nodes for a managed node group is {MostNodes}");
    }
}
