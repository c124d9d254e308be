using System.Text;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>Writes the kubeconfig by which the clusters are reached.</summary>
internal static class KubeConfigFile
{
    /// <summary>Writes the file, readable by its owner alone.</summary>
    public static void Write(string path, string authorityPem, IReadOnlyList<KubeConfigCluster> clusters)
    {
        var text = new StringBuilder("apiVersion: v1\nkind: Config\nclusters:\n");
        foreach (KubeConfigCluster cluster in clusters)
            text.Append($"- name: {cluster.Name}\n  cluster:\n    server: {cluster.Server.GetLeftPart(UriPartial.Authority)}\n    certificate-authority-data: {Base64(authorityPem)}\n");
        text.Append("users:\n");
        foreach (KubeConfigCluster cluster in clusters)
        {
            text.Append($"- name: {cluster.Name}-admin\n  user:\n    client-certificate-data: {Base64(cluster.AdminCertificate)}\n    client-key-data: {Base64(cluster.AdminKey)}\n");
            foreach ((string user, string token) in cluster.Tokens) text.Append($"- name: {user}\n  user:\n    token: {token}\n");
        }
        text.Append("contexts:\n");
        foreach (KubeConfigCluster cluster in clusters)
        {
            text.Append($"- name: {cluster.Name}\n  context:\n    cluster: {cluster.Name}\n    user: {cluster.Name}-admin\n");
            foreach ((string user, _) in cluster.Tokens) text.Append($"- name: {user}\n  context:\n    cluster: {cluster.Name}\n    user: {user}\n");
        }
        text.Append($"current-context: {clusters[0].Name}\n");
        PrivateFile.Write(path, text.ToString());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

/// <summary>One cluster of a kubeconfig, with its users.</summary>
internal sealed record KubeConfigCluster(string Name, Uri Server, string AdminCertificate, string AdminKey, IReadOnlyList<(string User, string Token)> Tokens);
