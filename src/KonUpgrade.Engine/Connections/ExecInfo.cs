using System.Text;
using System.Text.Json;

namespace KonUpgrade.Engine.Connections;

/// <summary>What a login program is told in <c>KUBERNETES_EXEC_INFO</c>.</summary>
internal static class ExecInfo
{
    public static string Write(ExecEntry exec, ClusterEntry cluster, Uri server)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("kind", "ExecCredential");
            json.WriteString("apiVersion", exec.ApiVersion);
            json.WriteStartObject("spec");
            if (exec.ProvideClusterInfo)
                WriteCluster(json, cluster, server);
            json.WriteBoolean("interactive", false);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteCluster(Utf8JsonWriter json, ClusterEntry cluster, Uri server)
    {
        json.WriteStartObject("cluster");
        json.WriteString("server", server.OriginalString);
        if (cluster.TlsServerName is not null)
            json.WriteString("tls-server-name", cluster.TlsServerName);
        if (cluster.InsecureSkipTlsVerify)
            json.WriteBoolean("insecure-skip-tls-verify", true);
        var authority = cluster.CertificateAuthorityData
            ?? (cluster.CertificateAuthority is { } file && File.Exists(file) ? Convert.ToBase64String(File.ReadAllBytes(file)) : null);
        if (authority is not null)
            json.WriteString("certificate-authority-data", authority);
        if (cluster.ProxyUrl is not null)
            json.WriteString("proxy-url", cluster.ProxyUrl);
        if (cluster.DisableCompression)
            json.WriteBoolean("disable-compression", true);
        if (cluster.ExecConfig is { } config)
        {
            json.WritePropertyName("config");
            json.WriteRawValue(config.Span);
        }
        json.WriteEndObject();
    }
}
