using KonUpgrade.Engine.Aws;

namespace KonUpgrade.Engine.Tests.Aws;

public sealed class AwsOptionsTests
{
    [Theory]
    [InlineData("https://vpce-0123-abc.backup.eu-west-1.vpce.amazonaws.com", true)]
    [InlineData("https://backup.eu-west-1.api.aws", true)]
    [InlineData("https://backup.cn-north-1.amazonaws.com.cn", true)]
    [InlineData("http://127.0.0.1:4566", false)]
    [InlineData("https://localstack.example", false)]
    [InlineData("https://notamazonaws.com", false)]
    public void A_host_of_AWS_answers_for_one_service_and_any_other_for_all(string url, bool isForOne) =>
        Assert.Equal(isForOne ? null : new Uri(url), new AwsOptions { EndpointUrl = new Uri(url), Region = "eu-west-1" }.Beside().EndpointUrl);

    [Theory]
    [InlineData("tagging", "eu-west-1", false, false, "https://tagging.eu-west-1.amazonaws.com/")]
    [InlineData("rds", "cn-north-1", false, false, "https://rds.cn-north-1.amazonaws.com.cn/")]
    [InlineData("sts", "us-east-1", true, false, "https://sts-fips.us-east-1.amazonaws.com/")]
    [InlineData("rds", "eu-west-1", false, true, "https://rds.eu-west-1.api.aws/")]
    public void A_services_url_follows_region_and_settings(string name, string region, bool fips, bool dualStack, string url) =>
        Assert.Equal(url, RegionalEndpoint.Of(name, region, fips, dualStack).ToString());
}
