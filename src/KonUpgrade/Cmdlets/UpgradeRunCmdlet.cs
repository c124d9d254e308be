using System.Management.Automation;
using System.Security;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that runs an upgrade, forward or back: its journal, its clusters and its files.</summary>
public abstract class UpgradeRunCmdlet : ConnectedAwsCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string ClusterSet = "Cluster";
    private protected const string InputObjectSet = "InputObject";

    /// <summary>The journal's file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>The cluster that keeps the journal. Never the current context.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClusterSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? JournalCluster { get; set; }

    /// <summary>Where steps write, such as exports.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkPath { get; set; }

    /// <summary>The file of the system of one's own that the plan is of.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SystemPath { get; set; }

    /// <summary>Certificates with their private keys, for Secrets that travel encrypted: files, or certificates. The first encrypts.</summary>
    [Parameter]
    [CertificateTransformation]
    [ValidateNotNullOrEmpty]
    public object[]? Certificate { get; set; }

    /// <summary>The password of the certificates' files, where they have one.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>After how long the run stops at a safe point.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? MaxDuration { get; set; }

    /// <summary>How many requests may be under way at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>Gives each step as it ends, before the upgrade.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The journal, as the command line names it.</summary>
    /// <param name="name">The upgrade's name, for a journal in a cluster.</param>
    private protected JournalRequest JournalOf(string? name) =>
        JournalPath is { } path ? new JournalRequest(ResolvePath(path), null, null) : new JournalRequest(null, RequestFor(JournalCluster), name);

    /// <summary>The journal of an upgrade that was begun.</summary>
    /// <param name="upgrade">The upgrade that came; null where the command line names its journal.</param>
    /// <param name="name">The upgrade's name, for a journal in a cluster.</param>
    private protected JournalRequest JournalOf(BlueGreenUpgrade? upgrade, string? name) => upgrade is null ? JournalOf(name) : JournalOf(upgrade);

    /// <summary>The journal that an upgrade says it has.</summary>
    private protected JournalRequest JournalOf(BlueGreenUpgrade upgrade) => JournalRequest.Of(upgrade, ResolvePath, ResolveKubeConfig(KubeConfigPath), NoExecPlugin, SessionLocation);

    /// <summary>How it is run, as far as every direction has it.</summary>
    private protected UpgradeRequest RequestOf(JournalRequest journal) => new(journal)
    {
        MaxDuration = MaxDuration,
        KubeConfigPath = ResolveKubeConfig(KubeConfigPath),
        Location = SessionLocation,
        NoExecPlugin = NoExecPlugin,
        Aws = Aws,
        SystemPath = SystemPath is { } path ? ResolvePath(path) : null,
        WorkPath = WorkPath is { } work ? ResolvePath(work) : null,
        Certificates = CertificatesOf(Certificate, CertificatePassword),
        ThrottleLimit = ThrottleLimit > 0 ? ThrottleLimit : null,
        Steps = PassThru,
    };
}
