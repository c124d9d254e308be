using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using KonUpgrade.Engine.Aws.Backup;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>
/// What we send to AWS Backup, and read from it, is in the service's own published model under these names and with these
/// types. The model is part of botocore, wherever that is installed for python3.
/// </summary>
public sealed class BackupModelTests(BackupModelTests.Botocore botocore) : IClassFixture<BackupModelTests.Botocore>
{
    private const string Shapes = "shapes";

    public static TheoryData<Type, string[]> Records => new()
    {
        { typeof(StartBackupJobRequest), ["StartBackupJobInput"] },
        { typeof(StartBackupJobResponse), ["StartBackupJobOutput"] },
        { typeof(BackupJob), ["DescribeBackupJobOutput", "BackupJob"] },
        { typeof(BackupJobFilter), ["ListBackupJobsInput"] },
        { typeof(ListBackupJobsResponse), ["ListBackupJobsOutput"] },
        { typeof(RecoveryPointCreator), ["RecoveryPointCreator"] },
        { typeof(Lifecycle), ["Lifecycle"] },
        { typeof(CreateBackupVaultRequest), ["CreateBackupVaultInput"] },
        { typeof(CreateBackupVaultResponse), ["CreateBackupVaultOutput"] },
        { typeof(BackupVault), ["DescribeBackupVaultOutput", "BackupVaultListMember"] },
        { typeof(ListBackupVaultsResponse), ["ListBackupVaultsOutput"] },
        { typeof(RecoveryPoint), ["DescribeRecoveryPointOutput", "RecoveryPointByBackupVault"] },
        { typeof(RecoveryPointByResource), ["RecoveryPointByResource"] },
        { typeof(CalculatedLifecycle), ["CalculatedLifecycle"] },
        { typeof(ListRecoveryPointsByBackupVaultResponse), ["ListRecoveryPointsByBackupVaultOutput"] },
        { typeof(ListRecoveryPointsByResourceResponse), ["ListRecoveryPointsByResourceOutput"] },
        { typeof(RecoveryPointRestoreMetadata), ["GetRecoveryPointRestoreMetadataOutput"] },
        { typeof(StartRestoreJobRequest), ["StartRestoreJobInput"] },
        { typeof(StartRestoreJobResponse), ["StartRestoreJobOutput"] },
        { typeof(RestoreJob), ["DescribeRestoreJobOutput", "RestoreJobsListMember"] },
        { typeof(ListRestoreJobsResponse), ["ListRestoreJobsOutput"] },
        { typeof(ListProtectedResourcesResponse), ["ListProtectedResourcesOutput"] },
        { typeof(ProtectedResource), ["ProtectedResource"] },
        { typeof(RegionSettings), ["DescribeRegionSettingsOutput"] },
        { typeof(ListTagsResponse), ["ListTagsOutput"] },
    };

    public static TheoryData<Type, string> Enumerations => new()
    {
        { typeof(BackupJobState), "BackupJobState" },
        { typeof(RestoreJobStatus), "RestoreJobStatus" },
        { typeof(RecoveryPointStatus), "RecoveryPointStatus" },
        { typeof(VaultState), "VaultState" },
        { typeof(VaultType), "VaultType" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public void Every_field_is_one_of_the_models_and_of_its_type(Type record, string[] shapes)
    {
        var model = botocore.Require();
        var wrong = new List<string>();
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.Name != "EqualityContract"))
        {
            // What stands in the path is in the model's structure, too; what is ours alone can't be written.
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is not null && !property.CanWrite)
                continue;
            var members = shapes.Select(shape => model.GetProperty(Shapes).GetProperty(shape).GetProperty("members"))
                .Where(all => all.TryGetProperty(property.Name, out _)).Select(all => model.GetProperty(Shapes).GetProperty(all.GetProperty(property.Name).GetProperty("shape").GetString()!)).ToList();
            if (members.Count == 0)
                wrong.Add($"{property.Name} is in none of {string.Join(", ", shapes)}");
            else if (members.Find(member => !Fits(property.PropertyType, member, model)) is { ValueKind: JsonValueKind.Object } other)
                wrong.Add($"{property.Name} is {property.PropertyType.Name} here, and {other.GetProperty("type").GetString()} there");
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(Enumerations))]
    public void Every_known_value_is_one_of_the_models(Type values, string shape)
    {
        var model = botocore.Require();
        var known = model.GetProperty(Shapes).GetProperty(shape).GetProperty("enum").EnumerateArray().Select(value => value.GetString());
        Assert.Empty(values.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).Except(known));
    }

    [Fact]
    public void Every_state_of_a_backup_job_is_known()
    {
        var known = botocore.Require().GetProperty(Shapes).GetProperty("BackupJobState").GetProperty("enum").EnumerateArray().Select(value => value.GetString());
        Assert.Empty(known.Except(typeof(BackupJobState).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string?)field.GetRawConstantValue())));
    }

    [Fact]
    public void Every_call_has_the_models_method_path_query_and_required_fields()
    {
        var model = botocore.Require();
        const string arn = "arn:aws:backup:eu-west-1:111122223333:recovery-point:1";
        BackupCall[] calls =
        [
            new StartBackupJobRequest { BackupVaultName = "v", ResourceArn = "a", IamRoleArn = "r" }.Call(), DescribeBackupJob.Call("1"), StopBackupJob.Call("1"),
            ListBackupJobs.Call(new BackupJobFilter { ByResourceArn = "a", ByState = "s", ByBackupVaultName = "v", ByResourceType = "t", ByParentJobId = "p" }, "n"),
            new CreateBackupVaultRequest { BackupVaultName = "v" }.Call(), DescribeBackupVault.Call("v"), ListBackupVaults.Call("n"),
            ListRecoveryPointsByBackupVault.Call("v", "a", "p", "n"), ListRecoveryPointsByResource.Call("a", "n"), DescribeRecoveryPoint.Call("v", arn), GetRecoveryPointRestoreMetadata.Call("v", arn),
            new StartRestoreJobRequest { RecoveryPointArn = arn, Metadata = new Dictionary<string, string>() }.Call(), DescribeRestoreJob.Call("1"), ListRestoreJobs.Call("s", "p", "n"),
            ListProtectedResources.Call("n"), DescribeRegionSettings.Call(), ListTags.Call(arn, "n"),
        ];
        foreach (var call in calls)
        {
            var operation = model.GetProperty("operations").GetProperty(call.Operation);
            Assert.Equal((operation.GetProperty("http").GetProperty("method").GetString(), operation.GetProperty("http").GetProperty("requestUri").GetString()), (call.Method, call.Path));
            if (!operation.TryGetProperty("input", out var input))
                continue;
            var shape = model.GetProperty(Shapes).GetProperty(input.GetProperty("shape").GetString()!);
            var query = shape.GetProperty("members").EnumerateObject().Where(member => Text(member.Value, "location") == "querystring").Select(member => Text(member.Value, "locationName"));
            Assert.Empty(call.Query.Select(pair => pair.Name).Except(query));
            foreach (var (name, _) in call.PathValues)
                Assert.Contains($"{{{name}}}", call.Path, StringComparison.Ordinal);
        }

        static string? Text(JsonElement member, string name) => member.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private static bool Fits(Type type, JsonElement shape, JsonElement model)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var kind = shape.GetProperty("type").GetString();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return kind == "map" && Fits(type.GetGenericArguments()[1], Part("value"), model);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return kind == "list" && Fits(type.GetGenericArguments()[0], Part("member"), model);
        return kind switch
        {
            "string" => type == typeof(string),
            "boolean" => type == typeof(bool),
            "long" => type == typeof(long),
            "integer" => type == typeof(int),
            "timestamp" => type == typeof(DateTimeOffset),
            "structure" => type.IsClass && type != typeof(string),
            _ => false,
        };

        JsonElement Part(string name) => model.GetProperty(Shapes).GetProperty(shape.GetProperty(name).GetProperty("shape").GetString()!);
    }

    /// <summary>The model, found once.</summary>
    public sealed class Botocore : IAsyncLifetime
    {
        private JsonDocument? _model;

        public JsonElement Require()
        {
            Assert.SkipWhen(_model is null, "needs botocore for the python3 on PATH, whose data has the model of AWS Backup");
            return _model!.RootElement;
        }

        public async ValueTask InitializeAsync()
        {
            if (await FindAsync() is not { } folder)
                return;
            foreach (var file in new[] { "service-2.json.gz", "service-2.json" }.Select(name => Path.Combine(folder, "data", "backup", "2018-11-15", name)).Where(File.Exists))
            {
                await using var raw = File.OpenRead(file);
                await using Stream text = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(raw, CompressionMode.Decompress) : raw;
                _model = await JsonDocument.ParseAsync(text);
                return;
            }
        }

        public ValueTask DisposeAsync()
        {
            _model?.Dispose();
            return ValueTask.CompletedTask;
        }

        private static async Task<string?> FindAsync()
        {
            try
            {
                using var python = Process.Start(new ProcessStartInfo("python3", ["-c", "import botocore, os; print(os.path.dirname(botocore.__file__))"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                var (said, _) = (await python.StandardOutput.ReadToEndAsync(), await python.StandardError.ReadToEndAsync());
                await python.WaitForExitAsync();
                return python.ExitCode == 0 && Directory.Exists(said.Trim()) ? said.Trim() : null;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return null;
            }
        }
    }
}
