using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>The errors of logins through AWS. Messages of the SDK name keys at most by their id.</summary>
internal static class AwsFailures
{
    public static UpgradeException NoCredentials(string tried, Exception? inner = null) => new(
        new Failure
        {
            Id = "AwsCredentialsNotFound",
            Kind = FailureKind.Authentication,
            Message = $"No AWS credentials were found ({tried}).",
            Recommendation = "Log in (aws sso login, aws configure), set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached.",
        },
        inner);

    public static UpgradeException Refused(string what, Exception inner) => new(
        new Failure
        {
            Id = "AwsLoginFailed",
            Kind = FailureKind.Authentication,
            Message = $"{what}: {inner.Message}",
            Recommendation = "Check the profile or role, and log in anew where the session has expired (aws sso login).",
        },
        inner);

    public static UpgradeException ProcessForbidden(string profile) => new(new Failure
    {
        Id = "ExecForbidden",
        Kind = FailureKind.Authentication,
        Message = $"The AWS profile '{profile}' gets its credentials from a program (credential_process), and no program may be started here.",
        Recommendation = "Use a profile with keys, SSO or a role, or give credentials in the environment.",
        Target = profile,
    });
}
