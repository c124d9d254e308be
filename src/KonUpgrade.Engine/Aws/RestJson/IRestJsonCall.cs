using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.RestJson;

/// <summary>A call of a service: how it is sent, what it is about, and what its errors mean.</summary>
internal interface IRestJsonCall
{
    /// <summary>The operation's name in the service's model.</summary>
    string Operation { get; }

    /// <summary>What it is about, in a sentence: <c>the cluster 'blue'</c>.</summary>
    string Subject { get; }

    /// <summary>What it is about, as people write it.</summary>
    string Target { get; }

    /// <summary>The body's object, or null.</summary>
    object? Body { get; }

    /// <summary>What is sent.</summary>
    RestJsonRequest Request(byte[]? body);

    /// <summary>The exception of a call that failed.</summary>
    /// <param name="e">What the SDK threw.</param>
    /// <param name="region">The region that was asked.</param>
    AwsException Failed(Exception e, string region);

    /// <summary>The exception of a call whose failure is known.</summary>
    AwsException Failed(Failure failure, Exception e);
}

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
internal interface IRestJsonPage<out T>
{
    /// <summary>What is on it.</summary>
    IReadOnlyList<T> Items { get; }

    /// <summary>What asks for the next page; null or empty at the end.</summary>
    string? NextToken { get; }
}
