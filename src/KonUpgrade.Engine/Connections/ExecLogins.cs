using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>Decides how an exec entry is answered: in the process where we know the plugin, else by running it, where that is allowed.</summary>
internal static class ExecLogins
{
    public static IClusterLogin Create(
        ClusterEntry cluster, UserEntry user, ExecEntry exec, ClientCertificate? certificate, Uri server, ConnectionOptions options, IReporter reporter)
    {
        var mayStart = options.Exec == ExecPolicy.Allow;
        string? whyNot = null;
        if (EksTokenArguments.IsKnown(exec.Command))
        {
            var request = EksTokenArguments.Parse(exec.Command, exec.Args, out whyNot);
            if (request is not null && EksTokenSource.TryCreate(request, exec.Value, server, mayStart, options.Time, reporter, out whyNot) is { } source)
            {
                reporter.Verbose($"the user '{user.Name}' logs in with {Path.GetFileName(exec.Command)}; its token for {request.ClusterId} is made in the process");
                return new EksLogin(source, user.Name, certificate, options.Time);
            }
            reporter.Verbose($"the token of {Path.GetFileName(exec.Command)} for the user '{user.Name}' can't be made in the process: {whyNot}");
        }
        if (mayStart)
            return new ExecLogin(cluster, user, exec, certificate, server, options, reporter);
        throw new UpgradeException(new Failure
        {
            Id = "ExecForbidden",
            Kind = FailureKind.Authentication,
            Message = $"The user '{user.Name}' ({user.Place}) logs in with the program {Path.GetFileName(exec.Command)}, and no program may be started here{(whyNot is null ? "" : $"; it can't be answered in the process, as {whyNot}")}.",
            Recommendation = "Use a context with a token or a client certificate, such as one of a service account; for EKS, an exec entry of 'aws eks get-token' with plain arguments.",
            Target = user.Name,
        });
    }
}
