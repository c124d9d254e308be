using System.Management.Automation;
using System.Security;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that works with the configuration of clusters.</summary>
public abstract class ClusterCmdlet : SelectingCmdlet
{
    /// <summary>How many requests may be under way at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>The limit as it was given, or null.</summary>
    private protected int? Throttle => ThrottleLimit > 0 ? ThrottleLimit : null;

    /// <summary>The certificates that open what is encrypted, once it is known that they can; null where the command line names none.</summary>
    /// <param name="given">Files, or certificates.</param>
    /// <param name="password">The password of the files, or null.</param>
    /// <param name="target">What an error is about, where not the certificate.</param>
    private protected GivenCertificates? OpeningCertificates(object[]? given, SecureString? password, object? target = null)
    {
        var certificates = CertificatesOf(given, password);
        if (certificates is not null)
            Run((host, token) => certificates.CheckOpeningAsync(host, token), new RunOptions { TimeLimit = Timeout, Target = target });
        return certificates;
    }
}
