using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests.Velero;

/// <summary>What a backup or restore is refused for, for good.</summary>
public sealed class ValidationTests : VeleroPlay
{
    [Theory]
    [InlineData("\"storageLocation\":\"other\"", "backup storage location named other was not found")]
    [InlineData("\"includedNamespaces\":[\"a\",\"b\"],\"excludedNamespaces\":[\"b\"]", "excludes list cannot contain an item in the includes list: b")]
    [InlineData("\"includedResources\":[\"deploy\"],\"excludedResources\":[\"deployments.apps\"]", "excludes list cannot contain an item in the includes list: deployments.apps")]
    [InlineData("\"includedNamespaces\":[\"*\",\"a\"]", "'*' only")]
    [InlineData("\"includedResources\":[\"pods\"],\"includedNamespaceScopedResources\":[\"pods\"]", "cannot be used together")]
    [InlineData("\"labelSelector\":{\"matchLabels\":{\"a\":\"b\"} },\"orLabelSelectors\":[{\"matchLabels\":{\"a\":\"b\"} }]", "only one can be specified")]
    [InlineData("\"volumeSnapshotLocations\":[\"other\"]", "VolumeSnapshotLocation CRD for the location other")]
    [InlineData("\"ttl\":\"for ever\"", "invalid duration")]
    [InlineData("\"resourcePolicy\":{\"kind\":\"configmap\",\"name\":\"none\"}", "ResourcePolicies")]
    public async Task A_backup_that_contradicts_itself_fails_validation(string spec, string words)
    {
        SeedShop();
        await BackUpAsync("one", spec);
        Assert.Equal("FailedValidation", await PhaseAsync(Blue, $"{Backups}/one"));
        JsonObject backup = await GetAsync(Blue, $"{Backups}/one");
        Assert.Contains(words, Errors(backup), StringComparison.Ordinal);
        Assert.Null(backup["status"]!["startTimestamp"]);
        await AdvanceAsync(5);
        Assert.Empty(Servers.Files("velero"));
    }

    [Theory]
    [InlineData("\"scheduleName\":\"daily\",\"backupName\":\"one\"", "not both")]
    [InlineData("\"includedNamespaces\":[\"shop\"]", "must be specified")]
    [InlineData("\"scheduleName\":\"daily\"", "No completed backups found for schedule daily")]
    [InlineData("\"backupName\":\"one\",\"includedResources\":[\"nodes\"]", "non-restorable")]
    [InlineData("\"backupName\":\"one\",\"includedNamespaces\":[\"a\"],\"excludedNamespaces\":[\"a\"]", "excludes list cannot contain")]
    [InlineData("\"backupName\":\"one\",\"existingResourcePolicy\":\"replace\"", "existingResourcePolicy replace")]
    [InlineData("\"backupName\":\"one\",\"resourceModifier\":{\"kind\":\"ConfigMap\",\"name\":\"none\"}", "resource modifiers configmap velero/none")]
    public async Task A_restore_that_contradicts_itself_fails_validation(string spec, string words)
    {
        SeedShop();
        await BackedUpAsync("one");
        (await Green.PostAsync(Restores, $$"""{"apiVersion":"velero.io/v1","kind":"Restore","metadata":{"name":"back"},"spec":{ {{spec}} } }""")).Must(201);
        Assert.Equal("FailedValidation", await PhaseAsync(Green, $"{Restores}/back"));
        Assert.Contains(words, Errors(await GetAsync(Green, $"{Restores}/back")), StringComparison.Ordinal);
        (await Green.GetAsync("/api/v1/namespaces/shop")).Must(404);
    }

    [Fact]
    public async Task Definitions_refuse_what_is_no_value_of_theirs()
    {
        (await Blue.PostAsync(Locations, """{"apiVersion":"velero.io/v1","kind":"BackupStorageLocation","metadata":{"name":"other"},"spec":{"provider":"aws","accessMode":"Sometimes","objectStorage":{"bucket":"b"} } }""")).Must(422);
        (await Blue.PostAsync(Locations, """{"apiVersion":"velero.io/v1","kind":"BackupStorageLocation","metadata":{"name":"other"},"spec":{"provider":"aws"} }""")).Must(422);
        (await Blue.PostAsync(Downloads, """{"apiVersion":"velero.io/v1","kind":"DownloadRequest","metadata":{"name":"other"},"spec":{"target":{"kind":"Everything","name":"b"} } }""")).Must(422);
        (await Blue.PostAsync(Backups, """{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"other"},"spec":{"hooks":{"resources":[{"name":"h","pre":[{"exec":{"command":["sync"],"onError":"Ignore"} }]}]} } }""")).Must(422);
        JsonObject pruned = await BackUpAsync("one", "\"includedNamespaces\":[\"shop\"],\"unheardOf\":true");
        Assert.Null(pruned["spec"]!["unheardOf"]);
        (await Blue.GetAsync($"{Backups}/one/status")).Must(404);
    }

    [Fact]
    public async Task A_name_that_is_taken_in_the_bucket_fails()
    {
        SeedShop();
        await BackUpAsync("one");
        await AdvanceAsync(5);
        (await Blue.DeleteAsync($"{Backups}/one")).Must(200);
        await BackUpAsync("one");
        Assert.Equal("Failed", await PhaseAsync(Blue, $"{Backups}/one"));
        Assert.Equal("backup already exists in object storage", (string?)(await GetAsync(Blue, $"{Backups}/one"))["status"]!["failureReason"]);
    }
}
