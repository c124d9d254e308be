using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Checking;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class PolicyDocumentTests
{
    private const string Bucket = "arn:aws:s3:::artifacts";

    [Theory]
    [InlineData("""{"Effect":"Allow","Action":"s3:*","Resource":"*"}""", PolicyAnswer.Allowed)]
    [InlineData("""{"Effect":"Allow","Action":["S3:GetBucket*"],"Resource":["arn:aws:s3:::other","arn:aws:s3:::art*"]}""", PolicyAnswer.Allowed)]
    [InlineData("""{"Effect":"Allow","Action":"s3:GetBucketVersionin?","Resource":"arn:aws:s3:::${aws:PrincipalTag/bucket}"}""", PolicyAnswer.Allowed)]
    [InlineData("""{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}""", PolicyAnswer.Allowed)]
    [InlineData("""{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}""", PolicyAnswer.Allowed)]
    [InlineData("""{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}""", PolicyAnswer.Silent)]
    [InlineData("""{"Effect":"Allow","Action":"s3:*","NotResource":"arn:aws:s3:::artifacts"}""", PolicyAnswer.Silent)]
    [InlineData("""{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}""", PolicyAnswer.Silent)]
    [InlineData("""{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::ARTIFACTS"}""", PolicyAnswer.Silent)]
    [InlineData("""[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}]""", PolicyAnswer.Denied)]
    [InlineData("""[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"s3:Get*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]""", PolicyAnswer.Allowed)]
    public void An_action_is_allowed_denied_or_not_spoken_of(string statement, object answer) =>
        Assert.Equal(answer, Read(statement).Ask("s3:GetBucketVersioning", Bucket));

    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}""", true)]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","backup.amazonaws.com"]},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}""", true)]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"sts:*"}""", true)]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}""", false)]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"sts:AssumeRole"}""", false)]
    [InlineData("""{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRoleWithWebIdentity"}""", false)]
    [InlineData("""[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]""", false)]
    [InlineData("[]", false)]
    public void A_trust_policy_names_the_service_or_does_not(string statement, bool isTrusted) => Assert.Equal(isTrusted, Read(statement).Trusts("backup.amazonaws.com"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Statement\":")]
    public void What_is_no_policy_is_none(string text) => Assert.Null(PolicyDocument.Parse(text));

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*b*c", "a-b-b-c", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("a*", "b", false)]
    [InlineData("*a", "aab", false)]
    public void Patterns_match_as_a_whole(string pattern, string text, bool matches) => Assert.Equal(matches, PolicyDocument.Matches(pattern, text, ignoreCase: false));

    [Theory]
    [InlineData("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup", "RDS", true)]
    [InlineData("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup", "S3", false)]
    [InlineData("arn:aws-cn:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup", "S3", true)]
    [InlineData("arn:aws:iam::aws:policy/AdministratorAccess", "S3", true)]
    [InlineData("arn:aws:iam::123456789012:policy/AWSBackupServiceRolePolicyForS3Backup", "S3", false)]
    public void Policies_of_AWS_are_known_by_their_names(string arn, string type, bool gives) => Assert.Equal(gives, BackupRights.Gives(arn, type));

    [Theory]
    [InlineData("arn:aws:rds:eu-west-1:1:db:a", null, "rds:CreateDBSnapshot")]
    [InlineData("arn:aws:rds:eu-west-1:1:cluster:a", null, "rds:CreateDBClusterSnapshot")]
    [InlineData("arn:aws:rds:eu-west-1:1:cluster:a", "RDS", "rds:CreateDBClusterSnapshot")]
    [InlineData("arn:aws:elasticfilesystem:eu-west-1:1:file-system/fs-1", null, "elasticfilesystem:Backup")]
    [InlineData("arn:aws:ec2:eu-west-1:1:volume/vol-1", null, "ec2:CreateSnapshot")]
    public void Each_type_has_the_right_that_its_backup_begins_with(string arn, string? type, string action) =>
        Assert.Equal([(action, arn)], BackupRights.Of(ResourceArn.Read(arn, type)));

    private static PolicyDocument Read(string statement) => PolicyDocument.Parse($$"""{"Version":"2012-10-17","Statement":{{statement}}}""")!;
}
