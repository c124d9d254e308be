using KonUpgrade.Engine.Manifests.Rules;

namespace KonUpgrade.Engine.Tests.Manifests.Rules;

public sealed class ServiceRuleTests
{
    private const string Ports = """[{"name":"http","port":80,"protocol":"TCP","nodePort":30080},{"name":"dns","port":53,"protocol":"UDP","nodePort":30053}]""";

    [Fact]
    public void Addresses_and_ports_that_the_cluster_gave_are_dropped() => Assert.Equal(
        Service("""{"ports":[{"name":"http","port":80,"protocol":"TCP"},{"name":"dns","port":53,"protocol":"UDP"}],"type":"NodePort"}"""),
        Apply(Service($$"""{"type":"NodePort","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ports":{{Ports}}}""")));

    [Fact]
    public void A_headless_service_stays_headless() => Assert.Equal(
        Service("""{"clusterIP":"None","clusterIPs":["None"]}"""),
        Apply(Service("""{"clusterIP":"None","clusterIPs":["None"]}""")));

    [Fact]
    public void An_external_name_is_never_touched() => Assert.Equal(
        Service("""{"clusterIP":"","externalName":"example.com","ports":[{"nodePort":30001,"port":1}],"type":"ExternalName"}"""),
        Apply(Service("""{"type":"ExternalName","externalName":"example.com","clusterIP":"","ports":[{"port":1,"nodePort":30001}]}""")));

    [Fact]
    public void A_port_of_the_last_applied_configuration_stays()
    {
        var applied = """{\"spec\":{\"ports\":[{\"port\":80,\"nodePort\":30080},{\"port\":53,\"protocol\":\"TCP\",\"nodePort\":30053}]}}""";

        var result = Apply(Service($$"""{"ports":{{Ports}}}""", $$""","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{{applied}}"}"""));

        Assert.Contains("30080", result, StringComparison.Ordinal);
        Assert.DoesNotContain("\"nodePort\":30053", result, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_a_field_manager_wrote_stays()
    {
        const string Managed = """
            ,"managedFields":[{"manager":"helm","operation":"Update","fieldsV1":{"f:spec":{"f:healthCheckNodePort":{},"f:ports":{".":{},"k:{\"port\":53,\"protocol\":\"UDP\"}":{"f:nodePort":{}},"k:{\"port\":80,\"protocol\":\"TCP\"}":{"f:port":{}}}}}},
            {"manager":"cloud","operation":"Update","subresource":"status","fieldsV1":{"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{"f:nodePort":{}}}}}}]
            """;

        var result = Apply(Service($$"""{"healthCheckNodePort":31000,"ports":{{Ports}}}""", Managed));

        Assert.Contains("\"nodePort\":30053", result, StringComparison.Ordinal);
        Assert.DoesNotContain("\"nodePort\":30080", result, StringComparison.Ordinal);
        Assert.Contains("31000", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("{\"f:ipFamilyPolicy\":{}}", "\"ipFamilyPolicy\":\"PreferDualStack\"")]
    [InlineData("{\"f:ipFamilies\":{},\"f:ipFamilyPolicy\":{}}", "\"ipFamilies\":[\"IPv4\"],\"ipFamilyPolicy\":\"PreferDualStack\"")]
    public void Address_families_go_unless_somebody_asked_for_them(string owned, string kept) => Assert.EndsWith(
        $"\"spec\":{{{kept}{(kept.Length == 0 ? "" : ",")}\"type\":\"ClusterIP\"}}}}",
        Apply(Service("{\"type\":\"ClusterIP\",\"ipFamilies\":[\"IPv4\"],\"ipFamilyPolicy\":\"PreferDualStack\"}", $",\"managedFields\":[{{\"manager\":\"m\",\"operation\":\"Update\",\"fieldsV1\":{{\"f:spec\":{owned}}}}}]")),
        StringComparison.Ordinal);

    [Fact]
    public void Address_families_stay_where_nobody_noted_who_set_them() => Assert.Equal(
        Service("{\"ipFamilies\":[\"IPv4\"]}"), Apply(Service("{\"ipFamilies\":[\"IPv4\"]}")));

    [Fact]
    public void The_port_of_a_health_check_goes_when_nobody_asked_for_it() => Assert.Equal(
        Service("""{"externalTrafficPolicy":"Local","type":"LoadBalancer"}"""),
        Apply(Service("""{"type":"LoadBalancer","externalTrafficPolicy":"Local","healthCheckNodePort":31000}""")));

    [Fact]
    public void A_last_applied_configuration_that_is_no_json_does_no_harm() => Assert.DoesNotContain(
        "30080",
        Apply(Service($$"""{"ports":{{Ports}}}""", ""","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{"}""")),
        StringComparison.Ordinal);

    [Fact]
    public void The_api_servers_own_service_stays_behind()
    {
        Assert.NotNull(RuleResult.Of(new ApiServerServiceRule(), """{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default","name":"kubernetes"}}""").Reason);
        Assert.Null(RuleResult.Of(new ApiServerServiceRule(), """{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"kubernetes"}}""").Reason);
    }

    private static string Apply(string json) => RuleResult.Of(new ServiceRule(), json).Json!;

    private static string Service(string spec, string metadata = "") =>
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"{{{metadata}}}},"spec":{{{spec}}}}""";
}
