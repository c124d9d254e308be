using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Results;

/// <summary>
/// Gets the warnings and errors of a backup or restore one by one: a DownloadRequest asks Velero for a signed URL, behind
/// which they lie in the bucket. That this can't be had (no right, a URL that only the cluster can reach, a file that is too
/// large) is told, and is no failure: the counts are known all the same.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="reporter">Told what is missing.</param>
/// <param name="time">The clock.</param>
internal sealed class VeleroResults(ClusterConnection cluster, IReporter reporter, TimeProvider time)
{
    // What is read at most, as it comes and unpacked: ten thousand messages have a tenth of it.
    private const int MostBytes = 8 << 20;
    private const int MostUnpacked = 64 << 20;

    private static readonly TimeSpan s_answer = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_fetch = TimeSpan.FromSeconds(30);

    /// <summary>What has ended, with its warnings and errors where there are any.</summary>
    public async Task<T> AddAsync<T>(T ended, CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        if (ended.Warnings + ended.Errors == 0 || ended.Phase == "FailedValidation" || !ended.HasEnded)
            return ended;
        try
        {
            var issues = VeleroIssues.Read(await FetchAsync(await UrlAsync(ended, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));
            var missing = issues.Count(issue => issue.IsError) < Math.Min(ended.Errors, VeleroIssues.Most) || ended.Errors > VeleroIssues.Most || ended.Warnings > VeleroIssues.Most
                ? "Velero counts more than it lists, or there are too many to be listed."
                : null;
            return (T)((VeleroOperation)ended with { Issues = issues, IssuesMissing = missing });
        }
        catch (Exception e) when (e is UpgradeException or HttpRequestException or IOException or InvalidDataException or JsonException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = $"Its {(ended.Errors > 0 ? "errors" : "warnings")} can't be listed: {Why(e)}";
            reporter.Warning($"{cluster.Context.Name}, {VeleroFailures.What(ended)} {ended.Name}: {ended.Errors} errors and {ended.Warnings} warnings. {why} They can be seen where the bucket can be reached: velero {VeleroFailures.What(ended)} describe {ended.Name} --details.");
            return (T)((VeleroOperation)ended with { IssuesMissing = why });
        }
    }

    // The URL is a key to the bucket: it is in no message.
    private async Task<Uri> UrlAsync(VeleroOperation ended, CancellationToken cancellationToken)
    {
        var (client, resource) = (cluster.Client, VeleroResources.DownloadRequests);
        var name = $"konupgrade-{Guid.NewGuid():N}";
        var request = new JsonObject
        {
            ["apiVersion"] = resource.ApiVersion,
            ["kind"] = resource.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ended.VeleroNamespace },
            ["spec"] = new JsonObject { ["target"] = new JsonObject { ["kind"] = ended is VeleroBackup ? "BackupResults" : "RestoreResults", ["name"] = ended.Name } },
        };
        string? uid;
        using (var made = await client.CreateAsync(resource, ended.VeleroNamespace, JsonTree.Write(request), new WriteOptions(), cancellationToken).ConfigureAwait(false))
            uid = made.Uid;
        try
        {
            string? url = null;
            var (isDone, _) = await new ObjectFollower(client, reporter, time).FollowAsync(resource, ended.VeleroNamespace, name, Look, s_answer, cancellationToken).ConfigureAwait(false);
            return isDone && Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"
                ? address
                : throw new TimeoutException(isDone ? "Velero gave no URL" : $"Velero's server did not answer in {s_answer.TotalSeconds:0} s");

            bool Look(KubernetesObject? now)
            {
                url = now?.Root.Member("status"u8).Text("downloadURL");
                return now?.Root.Member("status"u8).Member("phase"u8).Is("Processed"u8) == true;
            }
        }
        finally
        {
            try
            {
                await client.DeleteAsync(resource, ended.VeleroNamespace, name, new DeleteOptions { Uid = uid }, CancellationToken.None).ConfigureAwait(false);
            }
            catch (UpgradeException e)
            {
                // Velero removes what has expired by itself.
                reporter.Verbose($"{name} stays for Velero to remove. {e.Failure.Message}");
            }
        }
    }

    private static async Task<byte[]> FetchAsync(Uri url, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, ConnectTimeout = TimeSpan.FromSeconds(10) };
        using var http = new HttpClient(handler) { Timeout = s_fetch };
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        // The time to read is within the time to fetch.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_fetch);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new InvalidDataException($"{url.Host} answers {(int)response.StatusCode} {response.ReasonPhrase}");
        var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return await UnpackAsync(await ReadAsync(stream, MostBytes, limit.Token).ConfigureAwait(false), limit.Token).ConfigureAwait(false);
    }

    private static async Task<byte[]> UnpackAsync(byte[] body, CancellationToken cancellationToken)
    {
        // A store that unpacks it on the way gives the text itself.
        if (body is not [0x1f, 0x8b, ..])
            return body;
        using var packed = new MemoryStream(body);
        var stream = new GZipStream(packed, CompressionMode.Decompress);
        await using (stream.ConfigureAwait(false))
            return await ReadAsync(stream, MostUnpacked, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (read.Length + count > most)
                throw new InvalidDataException($"they are more than {most >> 20} MiB");
            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    private static string Why(Exception e) => e switch
    {
        UpgradeException upgrade => upgrade.Failure.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError } => "the address of the bucket that Velero gives can't be reached from here; it may be known within the cluster alone.",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "the certificate of the bucket that Velero gives is not trusted here.",
        HttpRequestException => "the connection to the bucket broke.",
        OperationCanceledException => $"the bucket did not answer in {s_fetch.TotalSeconds:0} s.",
        JsonException => "what lies in the bucket is no JSON.",
        _ => e.Message.TrimEnd('.') + ".",
    };
}
