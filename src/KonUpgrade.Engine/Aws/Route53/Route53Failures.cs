using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>What the errors of Route 53 mean, and what to do about them: the one place that knows the service's codes.</summary>
internal static class Route53Failures
{
    /// <summary>The code for a zone that is not there.</summary>
    public const string NoZone = "NoSuchHostedZone";

    /// <summary>The code for a batch of which something does not fit what the zone has: nothing of it was done.</summary>
    public const string BatchRefused = "InvalidChangeBatch";

    /// <summary>The failure of a call.</summary>
    /// <param name="e">What the SDK threw.</param>
    /// <param name="call">What the call was for.</param>
    public static Failure Of(Exception e, AwsCall call) => Own((e as AmazonServiceException)?.ErrorCode) is var (id, kind, remedy)
        ? new Failure { Id = id, Kind = kind, Message = AwsFailures.Sentence(call, e), Recommendation = remedy, Target = call.Target }
        : AwsFailures.Of(e, call);

    /// <summary>That a list does not go on.</summary>
    public static Failure SamePage(string zoneId) => new()
    {
        Id = "AwsAnswerUnreadable",
        Kind = FailureKind.InvalidData,
        Message = $"What answered ListResourceRecordSets for {zoneId} is no answer of Route 53: the same page comes again and again.",
        Recommendation = "Look whether -EndpointUrl or AWS_ENDPOINT_URL leads to the service.",
        Target = zoneId,
    };

    private static (string Id, FailureKind Kind, string Remedy)? Own(string? code) => code switch
    {
        NoZone => ("HostedZoneNotFound", FailureKind.NotFound, "Look at the zone's id, and at the account that the credentials belong to."),
        BatchRefused => ("RecordChangeRefused", FailureKind.Conflict, "Look at what the service says: nothing of the change was made. Somebody may have changed the records meanwhile; look at them anew."),
        "InvalidInput" or "InvalidDomainName" => ("RecordChangeInvalid", FailureKind.InvalidData, "Look at what the service says: nothing was changed."),
        "PriorRequestNotComplete" => ("HostedZoneBusy", FailureKind.LimitsExceeded, "Another change of the zone is not finished: run it again a little later."),
        "NoSuchChange" => ("RecordChangeNotFound", FailureKind.NotFound, "The service keeps changes for a time only: look at the records themselves."),
        _ => null,
    };
}
