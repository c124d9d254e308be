using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>Decides how an exec entry is answered: in the process where we know the plugin, else by running it, where that is allowed.</summary>
internal static class ExecLogins
{
    public static IClusterLogin Create(
        ClusterEntry cluster, UserEntry user, ExecEntry exec, ClientCertificate? certificate, Uri server, ConnectionOptions options, IReporter reporter)
    {
        if (options.Exec == ExecPolicy.Forbid)
        {
            throw new UpgradeException(new Failure
            {
                Id = "ExecForbidden",
                Kind = FailureKind.Authentication,
                Message = $"The user '{user.Name}' ({user.Place}) logs in with the program {Path.GetFileName(exec.Command)}, and no program may be started here.",
                Recommendation = "Use a context with a token or a client certificate, such as one of a service account.",
                Target = user.Name,
            });
        }
        return new ExecLogin(cluster, user, exec, certificate, server, options, reporter);
    }
}
