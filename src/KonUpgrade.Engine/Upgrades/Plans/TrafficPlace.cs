using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Plans;

/// <summary>
/// Where it is decided which cluster the host names of a plan lead to: by Route 53, elsewhere, or by a load balancer's rule.
/// What can't be found out here stays as it was asked for; the step finds out.
/// </summary>
internal static class TrafficPlace
{
    /// <summary>The step that switches by Route 53.</summary>
    public const string Here = "traffic";

    /// <summary>The step that waits until somebody else has switched.</summary>
    public const string Elsewhere = "traffic-elsewhere";

    // Source: AWS Load Balancer Controller, docs/guide/ingress/annotations.md.
    private const string LoginAnnotation = "alb.ingress.kubernetes.io/auth-type";

    private static readonly ApiResource s_ingresses = new() { Group = "networking.k8s.io", Version = "v1", Kind = "Ingress", Plural = "ingresses", Singular = "ingress", Namespaced = true };

    /// <summary>The settings of a plan, with the host names at the step that can lead them.</summary>
    /// <param name="setting">What was given.</param>
    /// <param name="green">Green.</param>
    /// <param name="blue">Blue.</param>
    /// <param name="aws">As whom Route 53 is asked; null for not at all.</param>
    /// <param name="reporter">Told what is done otherwise than was asked for.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> FindAsync(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> setting, ClusterConnection blue, ClusterConnection green, AwsOptions? aws, IReporter reporter, CancellationToken cancellationToken)
    {
        // Who names a zone, or says himself what is elsewhere, knows.
        if (!setting.TryGetValue(Here, out var given) || setting.ContainsKey(Elsewhere) || Of(given, "hostedZone") is not null || Of(given, "hosts") is not { } hosts)
            return setting;
        // What is no list of names is refused with the step that it was given for.
        if (StepText.WhyNot(StepFields.Hosts, hosts) is not null)
            return setting;
        var names = hosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (await HasLoginAsync(blue, cancellationToken).ConfigureAwait(false))
        {
            var host = await LoginHostAsync(green, cancellationToken).ConfigureAwait(false);
            if (host is null)
                return setting;
            reporter.Warning($"Users of {blue.Context.Name} log in at its load balancer (Cognito), which holds them to its own host name: the plan has the step '{Elsewhere}' in place of '{Here}', for whoever changes the rule that redirects {hosts}, to {host}. -Setting @{{ {Here} = @{{ hostedZone = … }} }} keeps the switch of records.");
            return Moved(setting, given, names, new() { ["redirectTo"] = host });
        }

        if (aws is null || !AwsSetup.IsHere(aws.Environment))
            return setting;
        var elsewhere = await ElsewhereAsync(names, aws, reporter, cancellationToken).ConfigureAwait(false);
        if (elsewhere.Count == 0)
            return setting;
        reporter.Warning($"No hosted zone of this account's Route 53 has {string.Join(", ", elsewhere)}: the plan has the step '{Elsewhere}' for whoever keeps that DNS. Where it is the wrong account, log in to the right one, or name the zone: -Setting @{{ {Here} = @{{ hostedZone = … }} }}.");
        return Moved(setting, given, elsewhere, []);
    }

    private static async Task<IReadOnlyList<string>> ElsewhereAsync(IReadOnlyList<string> names, AwsOptions aws, IReporter reporter, CancellationToken cancellationToken)
    {
        var elsewhere = new List<string>();
        try
        {
            using var dns = new TrafficDns(aws, reporter);
            foreach (var name in names)
            {
                if (HostNames.Normal(name) is { } hostName && !await dns.HasZoneAsync(hostName, cancellationToken).ConfigureAwait(false))
                    elsewhere.Add(name);
            }
        }
        catch (UpgradeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reporter.Verbose($"Whether Route 53 has the zone of {string.Join(", ", names)} is not known here: {e.Failure.Message}");
            return [];
        }

        return elsewhere;
    }

    private static async Task<bool> HasLoginAsync(ClusterConnection cluster, CancellationToken cancellationToken) => await LoginIngressAsync(cluster, static _ => true, cancellationToken).ConfigureAwait(false);

    private static async Task<string?> LoginHostAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        string? host = null;
        await LoginIngressAsync(cluster, ingress => (host = ingress.Root.Member("spec").Objects("rules").Select(static rule => rule.Text("host")).FirstOrDefault(static name => name is { Length: > 0 })) is not null, cancellationToken).ConfigureAwait(false);
        return host is null ? null : HostNames.Normal(host);
    }

    private static async Task<bool> LoginIngressAsync(ClusterConnection cluster, Func<KubernetesObject, bool> isMeant, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var ingress in cluster.Client.ListAsync(s_ingresses, new ListOptions(), cancellationToken).ConfigureAwait(false))
            {
                using (ingress)
                {
                    if (ingress.Annotation(LoginAnnotation) == "cognito" && isMeant(ingress))
                        return true;
                }
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode is 403 or 404)
        {
            // Who may not look at Ingresses is not told.
        }

        return false;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Moved(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> setting, IReadOnlyDictionary<string, string> given, IReadOnlyCollection<string> names, Dictionary<string, string> own)
    {
        var made = setting.ToDictionary(StringComparer.Ordinal);
        own["hosts"] = string.Join(',', names);
        foreach (var field in StepKind.Find(StepKind.ExternalTraffic)!.Fields)
        {
            if (Of(given, field.Name) is { } value && field.Name is not ("probe" or "probeAddress" or "skipCertificateCheck"))
                own.TryAdd(field.Name, value);
        }

        made[Elsewhere] = own;
        var left = Of(given, "hosts")!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Except(names).ToList();
        if (left.Count == 0)
            made.Remove(Here);
        else
            made[Here] = given.Where(pair => !pair.Key.Equals("hosts", StringComparison.OrdinalIgnoreCase)).Append(KeyValuePair.Create("hosts", string.Join(',', left))).ToDictionary(StringComparer.Ordinal);
        return made;
    }

    // A plan's reader writes names as it likes.
    private static string? Of(IReadOnlyDictionary<string, string> given, string name) => given.Where(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).FirstOrDefault();
}
