using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Judges a server's certificate against a kubeconfig's own authorities. Any of them is an end of the chain, a root or
/// not: Go's verifier, whose habits kubeconfigs are written for, takes it so.
/// </summary>
internal sealed class CertificateVerifier(X509Certificate2Collection? authorities, bool skip, TimeProvider time)
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private volatile CertificateProblem? _last;

    /// <summary>Why the last certificate was refused; null where none was.</summary>
    public CertificateProblem? LastProblem => _last;

    public bool Verify(object sender, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (skip)
            return true;
        _last = Judge(certificate, sent, errors);
        return _last is null;
    }

    private CertificateProblem? Judge(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf)
            return new CertificateProblem(CertificateProblemKind.Missing, "the server showed no certificate");
        if (authorities is null)
        {
            // The system's own authorities: the platform has judged the chain.
            if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && sent is not null)
                return FromStatus(leaf, sent.ChainStatus.Select(s => s.Status).Aggregate(X509ChainStatusFlags.NoError, (a, b) => a | b));
        }
        else if (JudgeChain(leaf, sent) is { } problem)
        {
            return problem;
        }
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? new CertificateProblem(CertificateProblemKind.NameMismatch, $"the server's certificate is for {Names(leaf)}")
            : null;
    }

    private CertificateProblem? JudgeChain(X509Certificate2 leaf, X509Chain? sent)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(authorities!);
        policy.ExtraStore.AddRange(authorities!);
        if (sent is not null)
        {
            foreach (var element in sent.ChainElements)
                policy.ExtraStore.Add(element.Certificate);
            policy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(ServerAuthentication);
        policy.VerificationTime = time.GetLocalNow().DateTime;
        chain.Build(leaf);
        const X509ChainStatusFlags AnchorIsOurs = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot
            | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;
        // From the leaf up to the first certificate that the kubeconfig names. What lies above it doesn't matter.
        var seen = X509ChainStatusFlags.NoError;
        foreach (var element in chain.ChainElements)
        {
            foreach (var status in element.ChainElementStatus)
                seen |= status.Status & ~AnchorIsOurs;
            if (seen != X509ChainStatusFlags.NoError)
                return FromStatus(leaf, seen);
            if (authorities!.Any(a => a.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)))
                return null;
        }
        return FromStatus(leaf, X509ChainStatusFlags.UntrustedRoot);
    }

    private static CertificateProblem FromStatus(X509Certificate2 leaf, X509ChainStatusFlags status)
    {
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return new CertificateProblem(
                CertificateProblemKind.NotTimeValid,
                $"the server's certificate, or one above it, is not valid now (the server's own: {Day(leaf.NotBefore)} to {Day(leaf.NotAfter)})");
        }
        const X509ChainStatusFlags Unknown = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.NotSignatureValid;
        return (status & Unknown) != 0
            ? new CertificateProblem(CertificateProblemKind.UnknownAuthority, $"the server's certificate was issued by '{leaf.Issuer}', which is not trusted")
            : new CertificateProblem(CertificateProblemKind.Other, $"the server's certificate does not hold ({status})");
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static string Names(X509Certificate2 leaf)
    {
        var names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).Take(8).ToList();
        return names.Count > 0 ? string.Join(", ", names) : $"'{leaf.Subject}', without any alternative names";
    }
}

/// <summary>Why a server's certificate was refused.</summary>
internal sealed record CertificateProblem(CertificateProblemKind Kind, string Message);

/// <summary>The families of refused certificates.</summary>
internal enum CertificateProblemKind
{
    Missing,
    UnknownAuthority,
    NameMismatch,
    NotTimeValid,
    Other,
}
