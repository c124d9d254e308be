using System.Text.Json.Nodes;
using KonUpgrade.Engine.Trust;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Trust;

public sealed class TrustPolicyTests
{
    private const string Blue = """{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.example/id/BLUE"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"oidc.example/id/BLUE:aud":"sts.amazonaws.com"}}}""";

    private static readonly TrustedIssuer s_green = new("arn:aws:iam::123456789012:oidc-provider/oidc.example/id/9A8B7C6D5E", "oidc.example/id/9A8B7C6D5E");
    private static readonly string s_web = TrustedIssuer.Subject("shop", "web");
    private static readonly string s_job = TrustedIssuer.Subject("shop", "job");

    [Fact]
    public void A_statement_names_audience_and_subject_and_what_was_there_stays()
    {
        var policy = Of(Blue).With(s_green, [s_web]);
        Assert.Equal(
            """{"Version":"2012-10-17","Statement":[""" + Blue + """,{"Sid":"KonUpgrade9A8B7C6D","Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.example/id/9A8B7C6D5E"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"oidc.example/id/9A8B7C6D5E:aud":"sts.amazonaws.com","oidc.example/id/9A8B7C6D5E:sub":"system:serviceaccount:shop:web"}}}]}""",
            policy.Document);
        Assert.True(policy.Trusts(s_green, s_web));
        Assert.False(policy.Trusts(s_green, s_job));
    }

    [Fact]
    public void More_subjects_go_into_the_same_statement_and_none_twice()
    {
        var once = Of(Blue).With(s_green, [s_web]);
        Assert.Same(once, once.With(s_green, [s_web]));
        var both = once.With(s_green, [s_web, s_job, s_job]);
        Assert.Equal(2, Statements(both).Count);
        Assert.Equal([s_job, s_web], both.Added(s_green));
    }

    [Fact]
    public void A_single_statement_becomes_a_list()
    {
        var policy = TrustPolicy.Parse("app", $$"""{"Version":"2012-10-17","Statement":{{Blue}}}""").With(s_green, [s_web]);
        Assert.Equal(2, Statements(policy).Count);
        Assert.Equal(Blue, Statements(policy)[0]!.ToJsonString());
    }

    [Theory]
    [InlineData("\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:web\"}", true)]
    [InlineData("\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":\"sts.amazonaws.com\"}", true)]
    [InlineData("\"StringLike\":{\"oidc.example/id/9A8B7C6D5E:sub\":[\"system:serviceaccount:other:*\",\"system:serviceaccount:shop:*\"]}", true)]
    [InlineData("\"ForAnyValue:StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":\"sts.amazonaws.com\"}", true)]
    [InlineData("\"StringEqualsIfExists\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:web\"}", true)]
    [InlineData("\"StringEqualsIgnoreCase\":{\"OIDC.example/id/9a8b7c6d5e:SUB\":\"System:ServiceAccount:shop:web\"}", true)]
    [InlineData("\"StringLike\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:we?\"}", true)]
    [InlineData("\"StringNotEquals\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:job\"}", false)]
    [InlineData("\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":\"somebody.else\"}", false)]
    [InlineData("\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:*\"}", false)]
    [InlineData("\"StringEquals\":{\"aws:SourceIp\":\"10.0.0.1\"}", false)]
    [InlineData("\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}", false)]
    [InlineData("\"StringLike\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:${aws:username}:*\"}", false)]
    public void What_others_wrote_is_trust_where_that_is_sure(string condition, bool isTrust)
    {
        var policy = Of(Statement("Allow", condition));
        Assert.Equal(isTrust, policy.Trusts(s_green, s_web));
        Assert.Equal(isTrust ? 1 : 2, Statements(policy.With(s_green, [s_web])).Count);
    }

    [Fact]
    public void What_a_statement_denies_is_told()
    {
        var policy = Of(Blue, Statement("Deny", "\"StringLike\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:*\"}"));
        Assert.True(policy.IsDenied(s_green, s_web));
        Assert.False(policy.IsDenied(s_green, TrustedIssuer.Subject("other", "web")));
        Assert.False(policy.With(s_green, [s_web]).Trusts(s_green, s_web));
    }

    [Fact]
    public void Taking_back_leaves_the_policy_as_it_was()
    {
        var before = Of(Blue);
        var after = before.With(s_green, [s_web, s_job]);
        var one = after.Without(s_green, [s_web]);
        Assert.Equal([s_job], one!.Added(s_green));
        Assert.Equal(before.Document, one.Without(s_green, [s_job])!.Document);
        Assert.Same(before, before.Without(s_green, [s_web]));
    }

    [Fact]
    public void A_statement_that_somebody_changed_is_theirs()
    {
        var policy = Of(Blue).With(s_green, [s_web]);
        var changed = TrustPolicy.Parse("app", policy.Document.Replace("\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{\"StringEquals\":{\"oidc.example/id/9A", "\"Action\":[\"sts:AssumeRoleWithWebIdentity\",\"sts:TagSession\"],\"Condition\":{\"StringEquals\":{\"oidc.example/id/9A", StringComparison.Ordinal));
        Assert.NotEqual(policy.Document, changed.Document);
        Assert.Same(changed, changed.Without(s_green, [s_web]));
        Assert.Same(changed, changed.With(s_green, [s_web]));
        var more = changed.With(s_green, [s_job]);
        Assert.Equal(["KonUpgrade9A8B7C6D", "KonUpgrade9A8B7C6Dx2"], Statements(more).Skip(1).Select(s => (string?)s!["Sid"]));
    }

    [Fact]
    public void The_last_statement_of_a_policy_is_not_taken_away()
    {
        var ours = Statements(Of(Blue).With(s_green, [s_web]))[1]!.ToJsonString();
        Assert.Null(Of(ours).Without(s_green, [s_web]));
        Assert.Null(TrustPolicy.Parse("app", $$"""{"Statement":{{ours}}}""").Without(s_green, [s_web]));
    }

    [Fact]
    public void A_grant_that_stands_among_several_subjects_is_not_added_again()
    {
        var subjects = $"[\"{s_job}\",\"{s_web}\"]";
        var policy = Of(Statement("Allow", "\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":[\"somebody\",\"sts.amazonaws.com\"],\"oidc.example/id/9A8B7C6D5E:sub\":" + subjects + "}"));
        Assert.Same(policy, policy.With(s_green, [s_web, s_job]));
        Assert.False(policy.TrustsAnybody(s_green));
        Assert.Empty(policy.Added(s_green));
        Assert.Same(policy, policy.Without(s_green, [s_web]));
    }

    [Theory]
    [InlineData("\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":\"sts.amazonaws.com\"}", true)]
    [InlineData("\"StringLike\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:*\"}", true)]
    [InlineData("\"StringLike\":{\"oidc.example/id/9A8B7C6D5E:sub\":\"system:serviceaccount:shop:*\"}", false)]
    [InlineData("\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":\"somebody\"}", false)]
    public void A_statement_without_a_subject_trusts_anybody(string condition, bool anybody) => Assert.Equal(anybody, Of(Statement("Allow", condition)).TrustsAnybody(s_green));

    [Fact]
    public void What_IAM_writes_otherwise_is_still_ours()
    {
        var policy = Of(Blue).With(s_green, [s_web]);
        var listed = TrustPolicy.Parse("app", policy.Document.Replace("\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":\"sts.amazonaws.com\"", "\"Action\":[\"sts:AssumeRoleWithWebIdentity\"],\"Condition\":{\"StringEquals\":{\"oidc.example/id/9A8B7C6D5E:aud\":[\"sts.amazonaws.com\"]", StringComparison.Ordinal));
        Assert.NotEqual(policy.Document, listed.Document);
        Assert.Equal([s_web], listed.Added(s_green));
        Assert.Equal(2, Statements(listed.With(s_green, [s_job])).Count);
        Assert.Equal(Of(Blue).Document, listed.Without(s_green, [s_web])!.Document);
    }

    [Fact]
    public void Each_audience_has_a_statement_of_its_own()
    {
        var other = s_green with { Audience = "vault" };
        var policy = Of(Blue).With(s_green, [s_web]).With(other, [s_web]);
        Assert.Equal(3, Statements(policy).Count);
        Assert.True(policy.Trusts(other, s_web) && policy.Trusts(s_green, s_web));
        Assert.Equal([s_web], policy.Added(s_green));
        Assert.Equal(Of(Blue).Document, policy.Without(s_green, [s_web])!.Document);
    }

    [Fact]
    public void Blanks_do_not_count()
    {
        var policy = TrustPolicy.Parse("app", $$"""{ "Version" : "2012-10-17", "Statement" : [ {{Blue}} ] }""");
        Assert.Equal(Of(Blue).Document.Length, policy.Size);
    }

    [Fact]
    public void A_difference_shows_what_is_added_with_what_stands_around_it()
    {
        var before = Of(Blue);
        var difference = PolicyDifference.Of(before, before.With(s_green, [s_web]));
        Assert.Equal("…", difference[0]);
        Assert.All(difference.Skip(1), line => Assert.True(line[..2] is "+ " or "  ", line));
        Assert.Contains("+         \"StringEquals\": {", difference);
        Assert.Contains(difference, line => line.StartsWith("+ ", StringComparison.Ordinal) && line.Contains(s_web, StringComparison.Ordinal));
        Assert.DoesNotContain(difference, line => line.StartsWith("+ ", StringComparison.Ordinal) && line.Contains("BLUE", StringComparison.Ordinal));
        var back = PolicyDifference.Of(before.With(s_green, [s_web, s_job]), before.With(s_green, [s_web]));
        Assert.Contains(back, line => line.StartsWith("- ", StringComparison.Ordinal) && line.Contains(s_job, StringComparison.Ordinal));
        Assert.Equal(difference.Count(line => line[0] == '+'), PolicyDifference.Of(before.With(s_green, [s_web]), before).Count(line => line[0] == '-'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Statement\":\"none\"}")]
    [InlineData("{\"Statement\":[],\"Statement\":[]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Condition\":{\"a\":1,\"a\":2}}]}")]
    public void What_is_no_policy_is_told(string json)
    {
        var e = Assert.Throws<UpgradeException>(() => TrustPolicy.Parse("app", json));
        Assert.Equal(("TrustPolicyUnreadable", "app"), (e.Failure.Id, e.Failure.Target));
    }

    private static TrustPolicy Of(params string[] statements) => TrustPolicy.Parse("app", $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""");

    private static string Statement(string effect, string condition) =>
        "{\"Effect\":\"" + effect + "\",\"Principal\":{\"Federated\":[\"" + s_green.ProviderArn + "\"]},\"Action\":[\"sts:AssumeRoleWithWebIdentity\"],\"Condition\":{" + condition + "}}";

    private static JsonArray Statements(TrustPolicy policy) => (JsonArray)JsonNode.Parse(policy.Document)!["Statement"]!;
}
