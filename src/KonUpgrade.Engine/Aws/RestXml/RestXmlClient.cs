using System.Xml.Linq;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.RestXml;

/// <summary>A service of the REST-XML protocol.</summary>
/// <inheritdoc cref="AwsXmlCaller"/>
internal sealed class RestXmlClient(
    AwsOptions options,
    IReporter reporter,
    AwsService service,
    Func<AwsLogin, CancellationToken, Task<(Uri Url, string SigningRegion)>> home,
    Func<Exception, AwsCall, Failure> failure) : IDisposable
{
    private readonly RestXmlMarshaller _marshaller = new(service);
    private readonly AwsXmlCaller _caller = new(options, reporter, service, home, failure);

    /// <summary>Calls an operation, and gives the answer's root.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    /// <exception cref="UpgradeException">There are no credentials, or they can't be used.</exception>
    public async Task<XElement> CallAsync(RestXmlCall call, CancellationToken cancellationToken) =>
        (await _caller.CallAsync<RestXmlResponse>(
            (call.Operation, call.About, call.Method == "GET"), new RestXmlRequest(call), _marshaller, RestXmlUnmarshaller.Instance, static response => response.Root.Name.LocalName, cancellationToken).ConfigureAwait(false)).Root;

    /// <inheritdoc/>
    public void Dispose() => _caller.Dispose();
}
