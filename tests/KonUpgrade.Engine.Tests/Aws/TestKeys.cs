using System.Net;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>Keys that open nothing.</summary>
internal static class TestKeys
{
    public static AwsKeys Any { get; } = Of("AKIDTEST", "hush-hush");

    public static AwsKeys Of(string id, string secret, string? token = null) =>
        new(id, new NetworkCredential("", secret).SecurePassword, token is null ? null : new NetworkCredential("", token).SecurePassword);
}
