using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>A cluster that is meant, with a client that is logged in to it.</summary>
public sealed class ClusterConnection : IAsyncDisposable
{
    private readonly IDisposable? _login;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ClusterIdentity? _identity;

    private ClusterConnection(ClusterContext context, KubernetesClient client, IDisposable? login, EksReference? eks = null)
    {
        Context = context;
        Client = client;
        _login = login;
        Eks = eks;
    }

    /// <summary>The context that leads there.</summary>
    public ClusterContext Context { get; }

    /// <summary>The client.</summary>
    public KubernetesClient Client { get; }

    /// <summary>What EKS calls it, and as whom it is asked; null where nothing tells.</summary>
    internal EksReference? Eks { get; }

    /// <summary>Finds the context and makes its client. The server is not asked for anything yet.</summary>
    /// <exception cref="UpgradeException">What is wrong with the kubeconfig or the way to log in.</exception>
    public static async Task<ClusterConnection> OpenAsync(ClusterTarget target, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (target.Managed is { } managed)
            return Open(managed.ToContext(), ManagedEndpoint.Build(managed, options, reporter), EksReference.Of(managed, options), reporter);
        var config = target.KubeConfigPath is null && target.Context == InClusterLogin.ContextName && InClusterLogin.Find() is not null
            ? null
            : await KubeConfig.LoadAsync(target.KubeConfigPath, cancellationToken, target.Location).ConfigureAwait(false);
        foreach (var warning in config?.Warnings ?? [])
            reporter.Warning(warning);
        var context = config?.Find(target.Context) ?? InClusterLogin.Context(isCurrent: false);
        var endpoint = config is null || context.Name == InClusterLogin.ContextName && context.KubeConfigPath.Length == 0
            ? InClusterLogin.Endpoint(options)
            : await EndpointBuilder.BuildAsync(config, context, options, reporter, cancellationToken).ConfigureAwait(false);
        EksReference? eks = null;
        if (config is not null && context.KubeConfigPath.Length > 0)
        {
            var (_, cluster, user) = config.Resolve(context);
            eks = EksReference.Of(cluster, user, endpoint.Server, options);
        }
        return Open(context, endpoint, eks, reporter);
    }

    /// <summary>Makes the client of the current context of a kubeconfig that is no file of this machine, such as one in a Secret.</summary>
    /// <param name="kubeConfig">The kubeconfig as UTF-8 YAML; it must stand by itself, as <see cref="KubeConfig.Read"/> says.</param>
    /// <param name="name">How the cluster is called.</param>
    /// <param name="options">How connections are made.</param>
    /// <param name="reporter">Told how it logs in.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">What is wrong with the kubeconfig or the way to log in.</exception>
    public static async Task<ClusterConnection> OpenAsync(
        ReadOnlyMemory<byte> kubeConfig, string name, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var config = KubeConfig.Read(kubeConfig, name);
        var endpoint = await EndpointBuilder.BuildAsync(config, config.Find(null), options, reporter, cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"{name}: {endpoint.Server}, login by {endpoint.Login.Description}");
        var context = config.Find(null) with { Name = name, KubeConfigPath = "" };
        return new ClusterConnection(context, new KubernetesClient(endpoint with { Name = name }, reporter), endpoint.Login as IDisposable);
    }

    /// <summary>
    /// Which cluster it is, asked once. A login that may not read kube-system has no identity, and that is no error here;
    /// a server that can't be reached or a login that is refused is.
    /// </summary>
    public async Task<ClusterIdentity> GetIdentityAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _identity ??= await ReadIdentityAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether two connections lead to the same cluster, whatever their contexts are called.</summary>
    /// <returns>Null where one of them can't be known.</returns>
    public async Task<bool?> IsSameClusterAsync(ClusterConnection other, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(other);
        var mine = await GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var theirs = await other.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        return mine.Uid is null || theirs.Uid is null ? null : mine.IsSameAs(theirs);
    }

    /// <summary>Refuses another connection that leads to the same cluster; one of which that can't be known is not refused.</summary>
    /// <exception cref="UpgradeException">SameCluster.</exception>
    public async Task RefuseSameClusterAsync(ClusterConnection other, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (await IsSameClusterAsync(other, cancellationToken).ConfigureAwait(false) == true)
            throw new UpgradeException(SameCluster(Context.Name, other.Context.Name));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync().ConfigureAwait(false);
        _login?.Dispose();
        _gate.Dispose();
    }

    /// <summary>Two sides are one.</summary>
    internal static Failure SameCluster(string blue, string green) => new()
    {
        Id = "SameCluster",
        Kind = FailureKind.Refused,
        Message = $"{blue} and {green} are the same cluster.",
        Recommendation = "Name two clusters; Get-ClusterContext lists the contexts.",
        Target = green,
    };

    private static ClusterConnection Open(ClusterContext context, ClusterEndpoint endpoint, EksReference? eks, IReporter reporter)
    {
        reporter.Verbose($"{context.Name}: {endpoint.Server}, login by {endpoint.Login.Description}");
        return new ClusterConnection(context, new KubernetesClient(endpoint, reporter), endpoint.Login as IDisposable, eks);
    }

    private async Task<ClusterIdentity> ReadIdentityAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var system = await Client.GetAsync(ClusterNamespaces.Resource, null, "kube-system", cancellationToken).ConfigureAwait(false);
            return system?.Uid is { Length: > 0 } uid
                ? new ClusterIdentity(uid, null)
                : new ClusterIdentity(null, Unknown($"{Context.Name} has no namespace kube-system with a UID"));
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            return new ClusterIdentity(null, e.Failure with { Recommendation = "Grant the login the right to get the namespace kube-system." });
        }
    }

    private Failure Unknown(string message) => new() { Id = "IdentityUnknown", Kind = FailureKind.NotFound, Message = message, Target = Context.Name };
}
