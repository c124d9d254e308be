using KonUpgrade.Sandbox.Tests.Kubectl;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>A whole backup and restore with kubectl alone. Skipped where it is not on the PATH.</summary>
public sealed class KubectlVeleroTests : VeleroPlay
{
    protected override VeleroSettings Settings => new() { Speed = 30 };

    [Fact]
    public async Task A_backup_is_created_waited_for_and_restored()
    {
        SeedShop();
        string backup = await WriteAsync("backup", "{\"apiVersion\":\"velero.io/v1\",\"kind\":\"Backup\",\"metadata\":{\"name\":\"one\",\"namespace\":\"velero\"},\"spec\":{\"includedNamespaces\":[\"shop\"],\"ttl\":\"720h0m0s\"}}");
        Assert.Contains("backup.velero.io/one created", await KubectlAsync("blue", "create", "-f", backup), StringComparison.Ordinal);
        await KubectlAsync("blue", "wait", "-n", "velero", "backup/one", "--for=jsonpath={.status.phase}=Completed", "--timeout=30s");
        await KubectlAsync("green", "wait", "-n", "velero", "backup.velero.io/one", "--for=create", "--timeout=30s");
        string restore = await WriteAsync("restore", "{\"apiVersion\":\"velero.io/v1\",\"kind\":\"Restore\",\"metadata\":{\"name\":\"back\",\"namespace\":\"velero\"},\"spec\":{\"backupName\":\"one\"}}");
        await KubectlAsync("green", "apply", "-f", restore);
        await KubectlAsync("green", "wait", "-n", "velero", "restore/back", "--for=jsonpath={.status.phase}=Completed", "--timeout=30s");
        Assert.Equal("blue", await KubectlAsync("green", "get", "configmap", "settings", "-n", "shop", "-o", "jsonpath={.data.color}"));
        string locations = await KubectlAsync("green", "get", "bsl", "-n", "velero");
        Assert.Matches(@"NAME\s+PHASE\s+LAST VALIDATED\s+AGE\s+DEFAULT", locations);
        Assert.Matches(@"default\s+Available\s+\S+\s+\S+\s+true", locations);
        Assert.Contains("configmap/settings", await KubectlAsync("green", "get", "all,configmaps", "-n", "shop", "-l", "velero.io/restore-name=back", "-o", "name"), StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(string name, string json)
    {
        string file = Path.Combine(Host.Directory, $"{name}.json");
        await File.WriteAllTextAsync(file, json, TestContext.Current.CancellationToken);
        return file;
    }

    private Task<string> KubectlAsync(string cluster, params string[] arguments) => KubectlProgram.RunAsync(Host, 0, ["--context", cluster, .. arguments]);
}
