using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Backup.Service;
using KonUpgrade.Sandbox.Backup.Stores;
using KonUpgrade.Sandbox.Balancing;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Dns.Service;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Eks.Service;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Iam;
using KonUpgrade.Sandbox.Iam.Operations;
using KonUpgrade.Sandbox.Konstellation;
using KonUpgrade.Sandbox.Kubeflow;
using KonUpgrade.Sandbox.Kubermatic;
using KonUpgrade.Sandbox.Velero;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>
/// A running sandbox: simulated clusters on loopback, a kubeconfig that reaches them and a control endpoint. It ends
/// when it is disposed.
/// </summary>
public sealed partial class SandboxHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IAsyncDisposable> _running = [];
    private readonly List<IDisposable> _certificates = [];
    private readonly List<SandboxCluster> _clusters = [];
    private readonly List<BalancerLoop> _balancers = [];
    private readonly bool _ownsDirectory;
    private readonly SemaphoreSlim _installing = new(1);
    private VeleroRegion? _velero;
    private int _storagePort;
    private bool _storageServed;
    private bool _disposed;

    private SandboxHost(string directory, bool ownsDirectory)
    {
        Directory = directory;
        _ownsDirectory = ownsDirectory;
    }

    /// <summary>Where kubeconfig, ca.crt, control.token and aws.credentials lie.</summary>
    public string Directory { get; }

    /// <summary>
    /// The kubeconfig. Its contexts are named after the clusters (all rights), and <c>NAME-viewer</c> (reads all but
    /// Secrets) and <c>NAME-nobody</c> (is logged in, and may do nothing).
    /// </summary>
    public string KubeConfigPath => Path.Combine(Directory, "kubeconfig");

    /// <summary>The certificate of the authority behind all endpoints, as PEM.</summary>
    public string CertificateAuthorityPath => Path.Combine(Directory, "ca.crt");

    /// <summary>Where faults, seeds and denials are given over HTTPS.</summary>
    public Uri ControlUri { get; private set; } = new("https://127.0.0.1");

    /// <summary>The bearer token that the control endpoint asks for: other users of this machine reach loopback too.</summary>
    public string ControlToken { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));

    /// <summary>A file with the control endpoint's token, readable by its owner alone.</summary>
    public string ControlTokenPath => Path.Combine(Directory, "control.token");

    /// <summary>The clusters, in the order of the options.</summary>
    public IReadOnlyList<SandboxCluster> Clusters => _clusters;

    /// <summary>What goes wrong, in all clusters unless a fault names one.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>The EKS of the simulated region; null where the options have none.</summary>
    public SandboxEks? Eks { get; private set; }

    /// <summary>The AWS Backup of the simulated region, at EKS' address; null where the options have none, or no EKS.</summary>
    public SandboxBackup? Backup { get; private set; }

    /// <summary>The IAM of the account, at EKS' address; null where the options have none, or no EKS.</summary>
    public SandboxIam? Iam { get; private set; }

    /// <summary>The Route 53 of the account, at EKS' address; null where the options have none, or no EKS.</summary>
    public SandboxDns? Dns { get; private set; }

    /// <summary>The Velero servers of the clusters that have one.</summary>
    public SandboxVelero Velero { get; private set; } = null!;

    /// <summary>Completes when someone asked the control endpoint to end the sandbox.</summary>
    public Task StopAsked => _stopAsked.Task;

    /// <summary>A cluster by its name.</summary>
    /// <exception cref="SandboxException">There is none of this name.</exception>
    public SandboxCluster Cluster(string name)
        => _clusters.Find(cluster => cluster.Name == name)
        ?? throw new SandboxException($"The sandbox has no cluster '{name}'; it has {string.Join(", ", _clusters.Select(cluster => cluster.Name))}.");

    /// <summary>Lays Velero into a cluster; its server works when this returns.</summary>
    /// <exception cref="SandboxException">There is no such cluster, or it has a Velero.</exception>
    public async Task InstallVeleroAsync(string cluster, VeleroInstallation? installation = null, CancellationToken cancellationToken = default)
    {
        SandboxCluster found = Cluster(cluster);
        await _installing.WaitAsync(cancellationToken);
        try
        {
            if (!_storageServed)
            {
                // Plain HTTP, as for clients of AWS: what comes to a URL has no way to trust one more authority.
                Endpoint endpoint = await Endpoint.StartAsync(_storagePort, certificate: null, clientCertificates: false, new StorageServer(_velero!.Storage, _velero.Signing, () => _velero.Now).AnswerAsync, cancellationToken);
                _running.Add(endpoint);
                _velero.StorageUri = endpoint.Uri;
                _storageServed = true;
            }
            VeleroInstallation asked = installation ?? new VeleroInstallation();
            _velero!.Install(found.Simulated, asked);
            if (asked.RoleArn is null) AddVeleroRole(found.Simulated, asked);
        }
        finally
        {
            _installing.Release();
        }
    }

    /// <summary>Sets a Kubermatic to work whose objects lie in the clusters already.</summary>
    /// <param name="master">The cluster that is its master.</param>
    /// <param name="seeds">The clusters of its seeds, by the Seeds' names.</param>
    /// <param name="pace">How long a round takes, in which each seed reconciles as many user clusters as it may at once.</param>
    /// <exception cref="SandboxException">There is no cluster of such a name.</exception>
    public SandboxKubermatic StartKubermatic(string master, IReadOnlyDictionary<string, string> seeds, TimeSpan pace)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        var loop = new KubermaticLoop(Cluster(master).Simulated, seeds.ToDictionary(seed => seed.Key, seed => Cluster(seed.Value).Simulated, StringComparer.Ordinal), pace);
        _running.Add(loop);
        return new SandboxKubermatic(loop);
    }

    /// <summary>Starts a sandbox; it serves when this returns.</summary>
    /// <exception cref="SandboxException">The options are wrong, or a port cannot be had.</exception>
    public static async Task<SandboxHost> StartAsync(SandboxOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        string directory = options.Directory is null
            ? System.IO.Directory.CreateTempSubdirectory("konupgrade-sandbox-").FullName
            : System.IO.Directory.CreateDirectory(Path.GetFullPath(options.Directory)).FullName;
        var host = new SandboxHost(directory, options.Directory is null);
        try
        {
            await host.StartAllAsync(options, cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Select(running => running.DisposeAsync().AsTask()));
        foreach (IDisposable certificate in _certificates) certificate.Dispose();
        _stopping.Dispose();
        _installing.Dispose();
        if (_ownsDirectory && System.IO.Directory.Exists(Directory)) System.IO.Directory.Delete(Directory, recursive: true);
    }

    internal void AskToStop() => _stopAsked.TrySetResult();

    private async Task StartAllAsync(SandboxOptions options, CancellationToken cancellation)
    {
        var settings = new ClusterSettings
        {
            Identity = options.Identity ?? Guid.NewGuid().ToString(),
            Log = options.Log is null ? Console.Error : TextWriter.Synchronized(options.Log),
            WriteDelay = options.WriteDelay,
            PageLifetime = options.PageLifetime,
            BookmarkInterval = options.BookmarkInterval,
            EstablishDelay = options.EstablishDelay,
        };
        _velero = new VeleroRegion(options.Velero, options.Eks?.AccountId ?? "123456789012", settings.Log);
        _running.Add(_velero);
        Velero = new SandboxVelero(_velero);
        var authority = new CertificateAuthority("KonUpgrade sandbox");
        _certificates.Add(authority);
        var written = new List<KubeConfigCluster>();
        int port = options.Port;
        foreach (SandboxClusterOptions asked in options.Clusters)
        {
            // An authority for logins of its own: blue's administrator is nobody on green.
            var logins = new CertificateAuthority($"{asked.Name} logins");
            _certificates.Add(logins);
            var authenticator = new Authenticator(asked.Name, logins.Certificate);
            var simulated = new SimulatedCluster(asked.Name, ReadVersion(asked), authenticator, Faults, settings);
            _running.Add(simulated);
            _running.Add(KubeflowLoop.Start(simulated));
            _running.Add(KonstellationLoop.Start(simulated));
            if (asked.DataPlane is { } live) simulated.StartPlane(live);
            var server = new ApiServer(simulated, _stopping.Token);
            X509Certificate2 certificate = authority.IssueServer(asked.Name, $"{asked.Name}.sandbox.test");
            _certificates.Add(certificate);
            Endpoint endpoint = await Endpoint.StartAsync(port, certificate, clientCertificates: true, server.AnswerAsync, cancellation);
            _running.Add(endpoint);
            if (port > 0) port++;
            _clusters.Add(new SandboxCluster(simulated, endpoint.Uri));
            (string clientCertificate, string key) = logins.IssueClient(authenticator.Admin.Name, "system:masters");
            written.Add(new KubeConfigCluster(asked.Name, endpoint.Uri, clientCertificate, key,
                [(authenticator.Viewer.Name, authenticator.ViewerToken), (authenticator.Nobody.Name, authenticator.NobodyToken)]));
        }
        X509Certificate2 controlCertificate = authority.IssueServer("control");
        _certificates.Add(controlCertificate);
        Endpoint control = await Endpoint.StartAsync(port, controlCertificate, clientCertificates: false, new ControlServer(this).AnswerAsync, cancellation);
        _running.Add(control);
        ControlUri = control.Uri;
        string region = options.Eks?.Region ?? new EksSettings().Region;
        foreach (SandboxCluster cluster in _clusters.Where((_, at) => options.Clusters[at].HasLoadBalancers))
        {
            var loop = new BalancerLoop(cluster.Simulated, region);
            _running.Add(loop);
            _balancers.Add(loop);
            // Plain HTTP on any free port: it stands for hosts of any name.
            Endpoint balancer = await Endpoint.StartAsync(0, certificate: null, clientCertificates: false, new BalancerServer(loop, Faults).AnswerAsync, cancellation);
            _running.Add(balancer);
            cluster.LoadBalancerUri = balancer.Uri;
        }
        if (options.Eks is { } eks) await StartEksAsync(eks, options, port > 0 ? port + 1 : 0, authority.Pem, settings, cancellation);
        _storagePort = port > 0 ? port + 2 : 0;
        foreach (SandboxClusterOptions asked in options.Clusters)
        {
            if (asked.Velero is { } installation) await InstallVeleroAsync(asked.Name, installation, cancellation);
        }
        await File.WriteAllTextAsync(CertificateAuthorityPath, authority.Pem, cancellation);
        PrivateFile.Write(ControlTokenPath, ControlToken);
        KubeConfigFile.Write(KubeConfigPath, authority.Pem, written);
    }

    // Plain HTTP: clients of AWS have no way of their own to trust one more authority, and nothing secret goes over it.
    private async Task StartEksAsync(EksSettings settings, SandboxOptions options, int port, string authorityPem, ClusterSettings clusters, CancellationToken cancellation)
    {
        var region = new EksRegion(settings, Faults);
        foreach (SandboxCluster cluster in _clusters) region.Add(new EksCluster(region, cluster.Simulated, cluster.Uri, authorityPem));
        AwsKey Key() => region.Settings.Key;
        var services = new List<IAwsService> { new EksService(region) };
        if (options.Iam is { } iam)
        {
            IamAccount account = Account(iam, settings, options.Backup, Key);
            services.Add(IamService.Of(account));
            services.Add(CallerService.Of(Key));
            region.Iam = account;
            Iam = new SandboxIam(account);
        }
        if (options.Backup is { } backups)
        {
            var backup = new BackupRegion(backups, backups.Resources ?? BackupDefaults.Of(_clusters.Select(cluster => cluster.Name), clusters.Identity, Key()), Key, region.Iam is { } account ? role => account.MayAssume(role, "backup.amazonaws.com") : null);
            services.AddRange([new BackupService(backup), new TaggingService(backup), DatabaseService.Of(backup), new BucketService(backup)]);
            Backup = new SandboxBackup(backup);
        }
        if (options.Dns is { } dns)
        {
            var zones = new DnsAccount(dns) { TargetIsIn = (target, zone) => Balancer.IsZoneOf(target, zone, Key().Region) };
            services.Add(new Route53Service(zones));
            Dns = new SandboxDns(zones);
        }
        services.Add(BalancerService.Of(() => _balancers.SelectMany(loop => loop.Balancers), Key));
        var server = new AwsServer(services, Key, Faults, clusters.Log, _stopping.Token);
        Endpoint endpoint = await Endpoint.StartAsync(port, certificate: null, clientCertificates: false, server.AnswerAsync, cancellation);
        _running.Add(endpoint);
        Eks = new SandboxEks(region, endpoint.Uri) { CredentialsPath = Path.Combine(Directory, "aws.credentials") };
        PrivateFile.Write(Eks.CredentialsPath, $"# KonUpgrade sandbox\n[default]\naws_access_key_id = {settings.AccessKeyId}\naws_secret_access_key = {settings.SecretAccessKey}\n");
    }

    // The role that the server's account names, which trusts that account of its own cluster.
    private void AddVeleroRole(SimulatedCluster cluster, VeleroInstallation installation)
    {
        if (Iam is not { } iam) return;
        string? provider = iam.IdentityProviders.FirstOrDefault(entry => entry.Value.Issuer == new Uri(cluster.Issuer)).Key;
        if (provider is not null) iam.Add(IamDefaults.OfServiceAccount(VeleroServer.RoleOf(cluster.Name), provider, new Uri(cluster.Issuer), installation.Namespace, "velero"));
    }

    private IamAccount Account(IamSettings settings, EksSettings eks, BackupSettings? backups, Func<AwsKey> key)
    {
        var account = new IamAccount(settings, key);
        foreach (IamPolicy policy in IamDefaults.Policies()) account.Add(policy);
        foreach (IamRole role in _clusters.SelectMany(cluster => IamDefaults.OfCluster(cluster.Name))) account.Add(role);
        foreach (string name in eks.Roles) account.Add(new IamRole(name));
        foreach (string name in backups?.Roles ?? []) account.Add(IamDefaults.OfBackup(name));
        foreach (IamRole role in settings.Roles) account.Add(role);
        if (!settings.HasIdentityProviders) return account;
        foreach (SandboxCluster cluster in _clusters) account.Add(new IamIdentityProvider(new Uri(cluster.Simulated.Issuer)));
        return account;
    }

    private static void Check(SandboxOptions options)
    {
        if (options.Clusters.Count == 0) throw new SandboxException("A sandbox needs at least one cluster, such as blue=1.32.");
        foreach (SandboxClusterOptions cluster in options.Clusters)
        {
            if (!IsName().IsMatch(cluster.Name))
                throw new SandboxException($"'{cluster.Name}' is no name for a cluster: small letters, digits and '-' are allowed, 50 at most.");
            ReadVersion(cluster);
        }
        IGrouping<string, SandboxClusterOptions>? twice = options.Clusters.GroupBy(cluster => cluster.Name).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw new SandboxException($"There are two clusters named '{twice.Key}'.");
    }

    private static KubernetesVersion ReadVersion(SandboxClusterOptions cluster)
    {
        try
        {
            return KubernetesVersion.Parse(cluster.Version);
        }
        catch (FormatException unreadable)
        {
            throw new SandboxException($"The cluster {cluster.Name} cannot be simulated: {unreadable.Message}", unreadable);
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?\\z")]
    private static partial Regex IsName();
}
