namespace KonUpgrade.Sandbox.Tests.Behaviors;

public sealed class ServiceAddressTests(SandboxFixture fixture) : ServerPlay(fixture)
{
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_refused_create_keeps_neither_node_port_nor_address(string server)
    {
        await BeginAsync(server);
        int port = await FreePortAsync();
        string ports = $$"""{"port":80,"nodePort":{{port}}}""", address = await FreeAddressAsync();
        (await Client.PostAsync(Services, NodePorts("bad", ports, $$""","clusterIP":"{{address}}","sessionAffinity":"Nonsense" """))).Must(422);
        (await Client.PostAsync(Services, NodePorts("there", """{"port":80}"""))).Must(201);
        (await Client.PostAsync(Services, NodePorts("there", ports, $$""","clusterIP":"{{address}}" """))).Must(409);
        (await Client.PostAsync(Services, NodePorts("good", ports, $$""","clusterIP":"{{address}}" """))).Must(201);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_create_of_which_one_port_is_taken_keeps_none_of_the_others(string server)
    {
        await BeginAsync(server);
        Reply first = (await Client.PostAsync(Services, NodePorts("first", """{"port":80}"""))).Must(201);
        int taken = (int)first.Json["spec"]!["ports"]![0]!["nodePort"]!, free = await FreePortAsync();
        Reply refused = (await Client.PostAsync(Services, NodePorts("second", $$"""{"name":"a","port":80,"nodePort":{{free}}},{"name":"b","port":81,"nodePort":{{taken}}}"""))).Must(422);
        Assert.Equal($"Service \"second\" is invalid: spec.ports[1].nodePort: Invalid value: {taken}: provided port is already allocated", refused.Message);
        (await Client.PostAsync(Services, NodePorts("third", $$"""{"port":80,"nodePort":{{free}}}"""))).Must(201);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Of_many_that_want_one_node_port_exactly_one_gets_it(string server)
    {
        await BeginAsync(server);
        int port = await FreePortAsync();
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Client.PostAsync(Services, NodePorts($"s-{i}", $$"""{"port":80,"nodePort":{{port}}}"""))));
        Assert.Equal([201, 422, 422, 422, 422, 422, 422, 422], replies.Select(reply => reply.Code).Order());
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_dry_run_frees_nothing(string server)
    {
        await BeginAsync(server);
        Reply made = (await Client.PostAsync(Services, NodePorts("s", """{"port":80}"""))).Must(201);
        int port = (int)made.Json["spec"]!["ports"]![0]!["nodePort"]!;
        string address = (string)made.Json["spec"]!["clusterIP"]!;
        Reply tried = (await Client.MergeAsync($"{Services}/s?dryRun=All", """{"spec":{"type":"ClusterIP"}}""")).Must(200);
        Assert.Null(tried.Json["spec"]!["ports"]![0]!["nodePort"]);
        (await Client.MergeAsync($"{Services}/s?dryRun=All", """{"spec":{"type":"ExternalName","externalName":"example.com"}}""")).Must(200);
        Reply refused = (await Client.PostAsync(Services, NodePorts("t", $$"""{"port":80,"nodePort":{{port}}}"""))).Must(422);
        Assert.Contains("provided port is already allocated", refused.Message, StringComparison.Ordinal);
        refused = (await Client.PostAsync(Services, NodePorts("t", """{"port":80}""", $$""","clusterIP":"{{address}}" """))).Must(422);
        Assert.Contains("provided IP is already allocated", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_dry_run_takes_nothing(string server)
    {
        await BeginAsync(server);
        int port = await FreePortAsync();
        (await Client.PostAsync($"{Services}?dryRun=All", NodePorts("s", $$"""{"port":80,"nodePort":{{port}}}"""))).Must(201);
        (await Client.PostAsync(Services, NodePorts("t", """{"port":80}"""))).Must(201);
        (await Client.MergeAsync($"{Services}/t?dryRun=All", $$$"""{"spec":{"ports":[{"port":80,"nodePort":{{{port}}}}]}}""")).Must(200);
        (await Client.PostAsync(Services, NodePorts("s", $$"""{"port":80,"nodePort":{{port}}}"""))).Must(201);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_service_that_gives_up_its_node_port_loses_it_for_good(string server)
    {
        await BeginAsync(server);
        Reply made = (await Client.PostAsync(Services, NodePorts("s", """{"port":80}"""))).Must(201);
        int port = (int)made.Json["spec"]!["ports"]![0]!["nodePort"]!;
        Reply changed = (await Client.MergeAsync($"{Services}/s", """{"spec":{"type":"ClusterIP"}}""")).Must(200);
        Assert.Null(changed.Json["spec"]!["ports"]![0]!["nodePort"]);
        (await Client.PostAsync(Services, NodePorts("t", $$"""{"port":80,"nodePort":{{port}}}"""))).Must(201);
        // The first one's end frees what is its own, and that is no node port any more.
        (await Client.DeleteAsync($"{Services}/s")).Must(200);
        (await Client.PostAsync(Services, NodePorts("u", $$"""{"port":80,"nodePort":{{port}}}"""))).Must(422);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_node_port_serves_one_port_of_each_protocol_and_no_type_without_node_ports(string server)
    {
        await BeginAsync(server);
        int port = await FreePortAsync();
        Reply twice = (await Client.PostAsync(Services, NodePorts("s", $$"""{"name":"a","port":80,"nodePort":{{port}}},{"name":"b","port":81,"nodePort":{{port}}}"""))).Must(422);
        Assert.Contains("spec.ports[1].nodePort: ", twice.Message, StringComparison.Ordinal);
        Reply none = (await Client.PostAsync(Services, NodePorts("s", $$"""{"port":80,"nodePort":{{port}}}""").Replace("\"NodePort\"", "\"ClusterIP\"", StringComparison.Ordinal))).Must(422);
        Assert.Equal("Service \"s\" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'", none.Message);
        (await Client.PostAsync(Services, NodePorts("s", $$"""{"name":"a","port":80,"nodePort":{{port}}},{"name":"b","port":80,"protocol":"UDP","nodePort":{{port}}}"""))).Must(201);
    }

    private async Task<string> FreeAddressAsync()
    {
        Reply probe = (await Client.PostAsync(Services, NodePorts("probe", """{"port":80}"""))).Must(201);
        (await Client.DeleteAsync($"{Services}/probe")).Must(200);
        return (string)probe.Json["spec"]!["clusterIP"]!;
    }
}
