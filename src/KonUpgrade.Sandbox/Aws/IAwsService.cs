using KonUpgrade.Sandbox.Requests;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>A service of the region.</summary>
internal interface IAwsService
{
    /// <summary>The name that its requests are signed for, and that rights begin with: eks.</summary>
    string Name { get; }

    /// <summary>It is one for all regions, and its requests are signed for the first of them as well as for this one.</summary>
    bool IsGlobal => false;

    /// <summary>Takes a request apart.</summary>
    /// <exception cref="AwsError">It is none of the service's.</exception>
    IAwsRequest Read(HttpRequest request, byte[] body);

    /// <summary>What the service calls a fault of its own.</summary>
    /// <param name="isUnavailable">It is overloaded or down.</param>
    (string Type, string Message) Fault(bool isUnavailable);

    /// <summary>Tells an error as the service does.</summary>
    AwsAnswer Tell(AwsError error, string requestId) => AwsAnswer.Json(error.Status, error.ToJson());
}

/// <summary>A request to a service, taken apart.</summary>
internal interface IAwsRequest
{
    /// <summary>The operation's name in the service's model.</summary>
    string Operation { get; }

    /// <summary>The cluster that it is about; empty for none.</summary>
    string Cluster { get; }

    /// <summary>The ARN of what it is about; <c>*</c> where it is nothing single.</summary>
    string Arn { get; }

    /// <summary>The request as faults see it.</summary>
    RequestInfo ToInfo(string path);

    /// <summary>Does it, and makes the answer.</summary>
    /// <exception cref="AwsError">It is refused.</exception>
    AwsAnswer Serve();

    /// <summary>An error of the service about it.</summary>
    AwsError Error(int status, string type, string message, int retryAfterSeconds = 0);
}
