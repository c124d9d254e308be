using KonUpgrade.Engine.Trust;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Engine.Tests.Trust;

public sealed class RoleTrusterTests : IAsyncLifetime
{
    private LiveTrust _live = null!;

    private TrustedIssuer Issuer => TrustedIssuer.Of(_live.Provider)!;

    public async ValueTask InitializeAsync() => _live = await LiveTrust.StartAsync();

    public ValueTask DisposeAsync() => _live.DisposeAsync();

    [Fact]
    public async Task Each_role_gets_the_ServiceAccounts_that_name_it_and_no_other()
    {
        _live.Role("app", path: "/shop/").Role("jobs");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("shop/app"));
        await _live.NameAsync("lab", "api", LiveTrust.Arn("shop/app"));
        await _live.NameAsync("shop", "batch", LiveTrust.Arn("jobs"));
        await _live.NameAsync("shop", "plain", null);
        var changes = await _live.GrantsAsync();
        var plans = await LiveTrust.PlanAsync(changes);
        Assert.Equal(["jobs: Planned", "app: Planned"], plans.Select(p => p.ToString()));
        Assert.Equal(LiveTrust.Service, _live.Iam.Role("app").TrustPolicy);
        Assert.Equal(["lab/api", "shop/web"], plans[1].ServiceAccounts);
        Assert.Equal(["system:serviceaccount:lab:api", "system:serviceaccount:shop:web"], plans[1].Subjects);
        Assert.Contains("+             \"system:serviceaccount:lab:api\",", plans[1].Difference);
        var done = await LiveTrust.RunAsync(changes);
        Assert.Equal(["jobs: Granted", "app: Granted"], done.Select(p => p.ToString()));
        Assert.Equal(plans.Select(p => p.PolicyAfter), [_live.Iam.Role("jobs").TrustPolicy, _live.Iam.Role("app").TrustPolicy]);
        var policy = Policy("app");
        Assert.True(policy.Trusts(Issuer, "system:serviceaccount:shop:web"));
        Assert.False(policy.Trusts(Issuer, "system:serviceaccount:shop:batch"));
        Assert.False(policy.Trusts(Issuer with { Audience = "somebody" }, "system:serviceaccount:shop:web"));
    }

    [Fact]
    public async Task A_second_time_nothing_is_written_and_taking_back_leaves_what_was_there()
    {
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        await LiveTrust.RunAsync(await _live.GrantsAsync());
        var writes = _live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Slow, Verb = "UpdateAssumeRolePolicy" });
        Assert.Equal(["app: Unchanged"], (await LiveTrust.RunAsync(await _live.GrantsAsync())).Select(p => p.ToString()));
        Assert.Equal(0, _live.Host.Faults.Struck(writes));
        var revoked = Assert.Single(await LiveTrust.RunAsync(await _live.RevocationsAsync()));
        Assert.Equal(("app: Revoked", "system:serviceaccount:shop:web"), ($"{revoked}", Assert.Single(revoked.Subjects)));
        Assert.Equal(LiveTrust.Service, _live.Iam.Role("app").TrustPolicy);
        Assert.Equal(["app: Unchanged"], (await LiveTrust.RunAsync(await _live.RevocationsAsync())).Select(p => p.ToString()));
    }

    [Fact]
    public async Task A_grant_is_taken_back_as_it_was_made_whether_the_cluster_is_there_or_not()
    {
        var before = TrustPolicy.Parse("app", LiveTrust.Service).With(Issuer, ["system:serviceaccount:shop:old"]).Document;
        _live.Role("app", before);
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        var granted = Assert.Single(await LiveTrust.RunAsync(await _live.GrantsAsync()));
        await _live.NameAsync("shop", "later", LiveTrust.Arn("app"));
        var later = Assert.Single(await LiveTrust.RunAsync(await _live.GrantsAsync()));
        Assert.Equal(["system:serviceaccount:shop:later"], later.Subjects);
        var revoked = await LiveTrust.RunAsync([_live.Truster.Revocation(granted), _live.Truster.Revocation(granted), _live.Truster.Revocation(later)]);
        Assert.Equal(["Revoked", "Unchanged", "Revoked"], revoked.Select(p => $"{p.Action}"));
        Assert.Equal(before, _live.Iam.Role("app").TrustPolicy);
        // What was trusted before the grant is none of it, and what would have been granted was not.
        Assert.Equal(["Unchanged", "Unchanged"], (await LiveTrust.RunAsync(
            [_live.Truster.Revocation(granted with { Action = RoleTrustAction.Unchanged }), _live.Truster.Revocation(later with { Action = RoleTrustAction.Planned })])).Select(p => $"{p.Action}"));
    }

    [Fact]
    public async Task A_namespace_alone_is_granted_and_taken_back()
    {
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        await _live.NameAsync("lab", "nb", LiveTrust.Arn("app"));
        Assert.Equal(["system:serviceaccount:lab:nb"], (await LiveTrust.RunAsync(await _live.GrantsAsync("lab")))[0].Subjects);
        Assert.Equal(["system:serviceaccount:shop:web"], (await LiveTrust.RunAsync(await _live.GrantsAsync()))[0].Subjects);
        Assert.Equal(["system:serviceaccount:lab:nb"], (await LiveTrust.RunAsync(await _live.RevocationsAsync("lab")))[0].Subjects);
        Assert.Equal(["system:serviceaccount:shop:web"], Policy("app").Added(Issuer));
    }

    [Fact]
    public async Task What_a_policy_became_since_it_was_looked_at_stays()
    {
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        var changes = await _live.GrantsAsync();
        await LiveTrust.PlanAsync(changes);
        _live.Role("app", IamRole.TrustOf("backup.amazonaws.com"));
        var done = Assert.Single(await LiveTrust.RunAsync(changes));
        Assert.Equal((RoleTrustAction.Granted, IamRole.TrustOf("backup.amazonaws.com")), (done.Action, done.PolicyBefore));
        Assert.Contains("backup.amazonaws.com", _live.Iam.Role("app").TrustPolicy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_audience_has_its_own_statement_and_must_be_known_to_IAM()
    {
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        await _live.NameAsync("shop", "vault", LiveTrust.Arn("app"), ""","eks.amazonaws.com/audience":"vault.example" """);
        var refused = Assert.Single(await LiveTrust.RunAsync(await _live.GrantsAsync()));
        Assert.Equal("OidcAudienceMissing", refused.Failure?.Id);
        Assert.Contains("--client-id vault.example", refused.Failure!.Recommendation, StringComparison.Ordinal);
        _live.Iam.Add(new IamIdentityProvider(_live.Issuer) { Audiences = ["sts.amazonaws.com", "vault.example"] });
        var granted = Assert.Single(await LiveTrust.RunAsync(await _live.GrantsAsync()));
        Assert.Equal(2, granted.Subjects.Count);
        Assert.True(Policy("app").Trusts(Issuer with { Audience = "vault.example" }, "system:serviceaccount:shop:vault"));
        Assert.False(Policy("app").Trusts(Issuer with { Audience = "vault.example" }, "system:serviceaccount:shop:web"));
        await LiveTrust.RunAsync([_live.Truster.Revocation(granted)]);
        Assert.Equal(LiveTrust.Service, _live.Iam.Role("app").TrustPolicy);
    }

    [Fact]
    public async Task A_statement_that_names_no_subject_is_enough_and_told()
    {
        var anybody = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"" + _live.Provider + "\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{\"StringEquals\":{\""
            + Issuer.Host + ":aud\":\"sts.amazonaws.com\"}}}]}";
        _live.Role("app", anybody);
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        var changes = await _live.GrantsAsync();
        Assert.Equal(RoleTrustAction.Unchanged, (await LiveTrust.PlanAsync(changes))[0].Action);
        Assert.Equal(RoleTrustAction.Unchanged, (await LiveTrust.RunAsync(changes))[0].Action);
        Assert.Contains("Role app trusts every ServiceAccount", Assert.Single(_live.Told.Of("warning")), StringComparison.Ordinal);
        Assert.Equal(anybody, _live.Iam.Role("app").TrustPolicy);
    }

    [Theory]
    [InlineData("RoleArnInvalid")]
    [InlineData("RoleNotFound")]
    [InlineData("RoleOfAnotherAccount")]
    [InlineData("RolePathDiffers")]
    [InlineData("OidcProviderNotFound")]
    [InlineData("OidcAudienceMissing")]
    [InlineData("TrustDenied")]
    [InlineData("TrustPolicyTooLarge")]
    [InlineData("TrustPolicyUnreadable")]
    [InlineData("AwsAccessDenied")]
    public async Task What_can_not_be_trusted_is_told_and_the_others_are(string failure)
    {
        _live.Role("zebra").Role("app");
        await _live.NameAsync("shop", "other", LiveTrust.Arn("zebra"));
        var arn = LiveTrust.Arn("app");
        var others = RoleTrustAction.Granted;
        switch (failure)
        {
            case "RoleArnInvalid": arn = "app"; break;
            case "RoleNotFound": _live.Iam.RemoveRole("app"); break;
            case "RoleOfAnotherAccount": arn = "arn:aws:iam::999999999999:role/app"; break;
            case "RolePathDiffers": _live.Role("app", path: "/shop/"); break;
            case "OidcProviderNotFound":
                _live.Iam.RemoveIdentityProvider(_live.Provider);
                others = RoleTrustAction.Failed;
                break;
            case "OidcAudienceMissing":
                _live.Iam.Add(new IamIdentityProvider(_live.Issuer) { Audiences = ["somebody"] });
                others = RoleTrustAction.Failed;
                break;
            case "TrustDenied": _live.Role("app", """{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:*"}]}"""); break;
            case "TrustPolicyTooLarge": _live.Role("app", Large(1900)); break;
            case "AwsAccessDenied": _live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "UpdateAssumeRolePolicy", Name = "app" }); break;
            default: _live.Role("app", "none"); break;
        }
        var before = _live.Iam.Roles.ToDictionary(role => role.Name, role => role.TrustPolicy);
        await _live.NameAsync("shop", "web", arn);
        var done = await LiveTrust.RunAsync(await _live.GrantsAsync());
        var bad = Assert.Single(done, trust => trust.RoleName == "app");
        Assert.Equal((RoleTrustAction.Failed, failure), (bad.Action, bad.Failure?.Id));
        Assert.NotEmpty(bad.Failure!.Recommendation!);
        Assert.Equal(others, Assert.Single(done, trust => trust.RoleName == "zebra").Action);
        Assert.Equal(before.GetValueOrDefault("app"), _live.Iam.Roles.FirstOrDefault(role => role.Name == "app")?.TrustPolicy);
    }

    [Fact]
    public async Task Where_the_quota_may_not_be_asked_the_service_decides_and_the_role_is_named()
    {
        _live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "GetAccountSummary" });
        _live.Role("large", Large(1900)).Role("huge", Large(4000));
        await _live.NameAsync("shop", "big", LiveTrust.Arn("large"));
        await _live.NameAsync("shop", "bigger", LiveTrust.Arn("huge"));
        var changes = await _live.GrantsAsync();
        Assert.Equal(["huge Failed TrustPolicyTooLarge", "large Planned "], (await LiveTrust.PlanAsync(changes)).Select(p => $"{p.RoleName} {p.Action} {p.Failure?.Id}"));
        var refused = (await LiveTrust.RunAsync(changes))[1];
        Assert.Equal(("large", "TrustPolicyTooLarge", FailureKind.LimitsExceeded), (refused.Failure?.Target, refused.Failure?.Id, refused.Failure?.Kind));
        Assert.Equal(Large(1900), _live.Iam.Role("large").TrustPolicy);
        _live.Iam.Settings = _live.Iam.Settings with { TrustPolicyQuota = 4096 };
        Assert.Equal(RoleTrustAction.Granted, (await LiveTrust.RunAsync(changes))[1].Action);
    }

    [Fact]
    public async Task A_raised_quota_holds()
    {
        _live.Iam.Settings = _live.Iam.Settings with { TrustPolicyQuota = 4096 };
        _live.Role("large", Large(1900));
        await _live.NameAsync("shop", "big", LiveTrust.Arn("large"));
        Assert.Equal(["large: Granted"], (await LiveTrust.RunAsync(await _live.GrantsAsync())).Select(p => p.ToString()));
    }

    [Fact]
    public async Task The_last_statement_is_not_taken_back()
    {
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        await LiveTrust.RunAsync(await _live.GrantsAsync());
        var alone = "{\"Version\":\"2012-10-17\",\"Statement\":[" + System.Text.Json.Nodes.JsonNode.Parse(_live.Iam.Role("app").TrustPolicy)!["Statement"]![1]!.ToJsonString() + "]}";
        _live.Role("app", alone);
        Assert.Equal("TrustPolicyWouldBeEmpty", Assert.Single(await LiveTrust.RunAsync(await _live.RevocationsAsync())).Failure?.Id);
        Assert.Equal(alone, _live.Iam.Role("app").TrustPolicy);
    }

    [Fact]
    public async Task A_login_that_may_not_ask_for_the_issuer_is_told_to_name_it()
    {
        _live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, PathPrefix = "/.well-known/" });
        // Where no ServiceAccount names a role, nobody needs to know.
        Assert.Empty(await _live.GrantsAsync());
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        var e = await Assert.ThrowsAsync<UpgradeException>(() => _live.GrantsAsync());
        Assert.Equal(("IssuerForbidden", FailureKind.PermissionDenied), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("-Issuer", e.Failure.Recommendation, StringComparison.Ordinal);
        var given = await _live.Truster.GrantsAsync(_live.Green, new RoleTrustOptions { Issuer = _live.Issuer }, TestContext.Current.CancellationToken);
        Assert.Single(given);
    }

    [Fact]
    public async Task A_login_that_AWS_refuses_ends_the_run()
    {
        _live.Role("app");
        await _live.NameAsync("shop", "web", LiveTrust.Arn("app"));
        _live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "GetRole", Reason = "ExpiredToken" });
        var changes = await _live.GrantsAsync();
        Assert.Equal("AwsLoginRefused", (await Assert.ThrowsAnyAsync<UpgradeException>(() => LiveTrust.PlanAsync(changes))).Failure.Id);
    }

    private TrustPolicy Policy(string role) => TrustPolicy.Parse(role, _live.Iam.Role(role).TrustPolicy);

    private static string Large(int more) => LiveTrust.Service.Replace("ec2.amazonaws.com", new string('x', more), StringComparison.Ordinal);
}
