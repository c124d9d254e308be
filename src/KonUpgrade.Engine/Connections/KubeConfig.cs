using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>
/// The kubeconfig, merged of its files as kubectl merges them: of entries with the same name, and of current contexts, the
/// first one holds; files of a list that don't exist are passed over.
/// </summary>
public sealed class KubeConfig
{
    private readonly Dictionary<string, ClusterEntry> _clusters = [];
    private readonly Dictionary<string, UserEntry> _users = [];
    private readonly Dictionary<string, ContextEntry> _contexts = [];
    private readonly List<ClusterContext> _known = [];

    private KubeConfig(IReadOnlyList<string> paths) => Paths = paths;

    /// <summary>All contexts, in the order of the files.</summary>
    public IReadOnlyList<ClusterContext> Contexts => _known;

    /// <summary>The current context, or null where none is set or the one that is set doesn't exist.</summary>
    public ClusterContext? Current => _known.FirstOrDefault(c => c.IsCurrent);

    /// <summary>What its reader should know and what is no error, each with file, line and column: a document that kubectl would not read either.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>The files that were looked for.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Reads the kubeconfig.</summary>
    /// <param name="path">A file, or several joined by the platform's path separator; null for <c>$KUBECONFIG</c>, then <c>~/.kube/config</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="location">The directory in which relative paths begin, those of <c>$KUBECONFIG</c> too; null for the process's own.</param>
    /// <exception cref="UpgradeException">
    /// KubeConfigNotFound, KubeConfigUnreadable, InvalidKubeConfig, or a syntax error; those of a text with file, line and column.
    /// </exception>
    public static async Task<KubeConfig> LoadAsync(string? path, CancellationToken cancellationToken, string? location = null)
    {
        var environment = path ?? Environment.GetEnvironmentVariable("KUBECONFIG");
        var paths = string.IsNullOrEmpty(environment)
            ? [HomeDirectory.PathTo(".kube", "config")]
            : environment.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(file => location is null ? file : Path.GetFullPath(file, location)).Distinct().ToList();
        var config = new KubeConfig(paths);
        var files = new List<(KubeConfigFile File, string Path)>();
        foreach (var file in paths)
        {
            byte[] text;
            try
            {
                text = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                continue;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw KubeConfigErrors.Unreadable(file, e);
            }
            files.Add((KubeConfigFile.Read(text, file), file));
        }
        if (files.Count == 0)
        {
            // Within a pod there is a login without any file; one that was named is missed all the same.
            if (path is not null || InClusterLogin.Find() is null)
                throw KubeConfigErrors.NotFound(paths);
            config._known.Add(InClusterLogin.Context(isCurrent: true));
            return config;
        }
        config.Merge(files);
        return config;
    }

    /// <summary>
    /// Reads a kubeconfig that is no file of this machine, such as one in a Secret. It must stand by itself: whoever wrote
    /// it may neither have files of this machine read nor programs started.
    /// </summary>
    /// <param name="text">The kubeconfig as UTF-8 YAML.</param>
    /// <param name="what">What messages call it.</param>
    /// <exception cref="UpgradeException">InvalidKubeConfig, a syntax error, KubeConfigNotSelfContained.</exception>
    public static KubeConfig Read(ReadOnlyMemory<byte> text, string what)
    {
        var file = KubeConfigFile.Read(text, what);
        foreach (var user in file.Users)
        {
            var why = user switch
            {
                { Exec: not null } => "starts a program to log in",
                { AuthProvider: not null } => "logs in by an auth provider",
                { TokenFile: not null } or { ClientCertificate: not null } or { ClientKey: not null } => "names a file",
                _ => null,
            };
            if (why is not null)
                throw KubeConfigErrors.NotSelfContained(user.Place, $"the user '{user.Name}' {why}");
        }
        if (file.Clusters.Find(cluster => cluster.CertificateAuthority is not null) is { } naming)
            throw KubeConfigErrors.NotSelfContained(naming.Place, $"the cluster '{naming.Name}' names a file");
        var config = new KubeConfig([what]);
        config.Merge([(file, what)]);
        return config;
    }

    /// <summary>The context of that name, or the current one for null.</summary>
    /// <exception cref="UpgradeException">ContextNotFound, naming the known ones; NoCurrentContext.</exception>
    public ClusterContext Find(string? name)
    {
        if (name is null)
            return Current ?? throw KubeConfigErrors.NoCurrentContext(Paths);
        return _known.FirstOrDefault(c => c.Name == name)
            ?? throw KubeConfigErrors.UnknownContext(name, [.. _known.Select(c => c.Name)], Paths, Warnings);
    }

    internal (ContextEntry Context, ClusterEntry Cluster, UserEntry? User) Resolve(ClusterContext context)
    {
        var entry = _contexts[context.Name];
        if (entry.Cluster is null || !_clusters.TryGetValue(entry.Cluster, out var cluster))
        {
            throw KubeConfigErrors.Invalid(entry.Place, entry.Cluster is null
                ? $"the context '{entry.Name}' names no cluster."
                : $"the context '{entry.Name}' names the cluster '{entry.Cluster}', which is not there.");
        }
        UserEntry? user = null;
        if (entry.User is not null && !_users.TryGetValue(entry.User, out user))
            throw KubeConfigErrors.Invalid(entry.Place, $"the context '{entry.Name}' names the user '{entry.User}', which is not there.");
        return (entry, cluster, user);
    }

    private void Merge(List<(KubeConfigFile File, string Path)> files)
    {
        Warnings = [.. files.Select(f => f.File.PassedOver).OfType<KubeConfigPlace>()
            .Select(place => $"{place}: here a second document begins, which is not read, as kubectl does not read it. Put its entries into the first one, or into a file of its own.")];
        string? current = null;
        foreach (var (file, _) in files)
        {
            current ??= file.CurrentContext;
            foreach (var cluster in file.Clusters)
                _clusters.TryAdd(cluster.Name, cluster);
            foreach (var user in file.Users)
                _users.TryAdd(user.Name, user);
        }
        var joined = string.Join(Path.PathSeparator, Paths.Select(Path.GetFullPath));
        foreach (var (file, _) in files)
        {
            foreach (var context in file.Contexts)
            {
                if (!_contexts.TryAdd(context.Name, context))
                    continue;
                _known.Add(new ClusterContext
                {
                    Name = context.Name,
                    KubeConfigPath = joined,
                    ClusterEntry = context.Cluster,
                    User = context.User,
                    Namespace = context.Namespace,
                    Server = context.Cluster is not null && _clusters.TryGetValue(context.Cluster, out var cluster) ? cluster.Server : null,
                    Login = context.User is not null && _users.TryGetValue(context.User, out var user) ? user.Login : null,
                    IsCurrent = context.Name == current,
                });
            }
        }
    }
}
