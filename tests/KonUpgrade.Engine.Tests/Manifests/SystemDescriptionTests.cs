using System.Text;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Manifests;

public sealed class SystemDescriptionTests
{
    private const string Head = """
        apiVersion: konupgrade.dev/v1
        kind: UpgradeSystem
        metadata:
          name: Example
        title: An example

        """;

    [Fact]
    public void A_description_is_read_with_what_it_leaves_out_and_clears()
    {
        var system = Load(Head + """
            description: For tests.
            documentation: https://example.com/upgrade
            export:
              kinds: [App.example.com, "*.other.example.com"]
              leaveOut:
              - kinds: [Secret]
                namespaces: [kube-*]
                names: ["system:*"]
                labels: {managed: "true"}
                annotations: {a.b/c: "*"}
                reason: Made anew.
              - kinds: [AppRelease.example.com]
                byKind: true
                reason: Made anew by the operator.
              clear:
              - kinds: [App.example.com]
                fields: ["metadata.annotations['example.com/hash']", "spec.items[*].id"]
            """);

        Assert.Equal(("Example", "An example", "For tests.", "https://example.com/upgrade"), (system.Name, system.Title, system.Description, system.Documentation));
        Assert.Equal(["App.example.com", "*.other.example.com"], system.Export.Kinds);
        Assert.Equal(["Made anew.", "Made anew by the operator."], system.Export.LeaveOut.Select(rule => rule.Reason));
        Assert.Equal("kube-*", system.Export.LeaveOut[0].Namespaces.Single());
        Assert.Equal("true", system.Export.LeaveOut[0].Labels["managed"]);
        Assert.True(system.Export.LeaveOut[1].ByKind);
        Assert.Equal(["metadata.annotations['example.com/hash']", "spec.items[*].id"], system.Export.Clear.Single().Fields.Select(field => field.ToString()));
        Assert.Empty(system.UnknownFields);
    }

    [Theory]
    [InlineData("export:\n  kinds: App\n", "export.kinds must be a list", 7, 10)]
    [InlineData("export:\n  leaveOut:\n  - kinds: [Secret]\n", "export.leaveOut[0].reason must be there", 8, 5)]
    [InlineData("export:\n  leaveOut:\n  - reason: x\n", "names nothing that it leaves out", 8, 5)]
    [InlineData("export:\n  leaveOut:\n  - kinds: [A]\n    names: [b]\n    byKind: true\n    reason: x\n", "counted by kind", 10, 5)]
    [InlineData("export:\n  leaveOut:\n  - kinds: [A]\n    fields: {spec.a: [b]}\n    elements: true\n    reason: x\n", "leads through a list", 10, 5)]
    [InlineData("export:\n  clear:\n  - kinds: [A]\n    fields: ['spec..x']\n", "'spec..x' is no field's path", 9, 5)]
    [InlineData("export: [a]\n", "export must be a mapping", 6, 9)]
    [InlineData("export:\n  within: {kinds: [A.b.c]}\n", "names no namespaces", 7, 11)]
    [InlineData("export:\n  within: {namedBy: ['*.b.c']}\n", "'*.b.c' is no kind", 7, 12)]
    [InlineData("import:\n  namespaces: ['*']\n", "'*' is no kind", 7, 3)]
    [InlineData("velero: {moves: []}\n", "names nothing that Velero moves", 6, 10)]
    [InlineData("velero:\n  moves:\n  - kinds: ['*']\n    reason: x\n", "named each by itself", 8, 5)]
    [InlineData("velero:\n  moves:\n  - kinds: [Secret]\n    drivers: [a]\n    reason: x\n", "have a storage driver", 9, 5)]
    [InlineData("advice:\n- {id: A, at: Never, text: x}\n", "'Never' is no point of an upgrade", 7, 11)]
    [InlineData("export:\n  kinds: [1]\n", "export.kinds[0] must be a string", 7, 11)]
    [InlineData("export:\n  kinds: [ConfigMap]\n  leaveOut:\n  - kinds: [ConfigMap]\n    reason: x\n", "leaves out ConfigMap, which export.kinds includes", 9, 5)]
    [InlineData("export:\n  kinds: [A.b.c]\n  leaveOut:\n  - kinds: ['*.b.c']\n    byKind: true\n    reason: x\n", "leaves out A.b.c, which export.kinds includes", 9, 5)]
    [InlineData("export:\n  kinds: [ConfigMap]\n  leaveOut:\n  - kinds: [ConfigMap]\n    names: [a, '*']\n    reason: x\n", "leaves out ConfigMap, which export.kinds includes", 9, 5)]
    [InlineData("export:\n  kinds: [ConfigMap]\n  leaveOut:\n  - kinds: [ConfigMap]\n    namespaces: ['*']\n    reason: x\n", "leaves out ConfigMap, which export.kinds includes", 9, 5)]
    [InlineData("hold:\n- kinds: [A.b.c]\n  class: Serving\n  set: {metadata.name: x}\n", "'metadata.name' can't hold", 9, 3)]
    [InlineData("hold:\n- kinds: [A.b.c]\n  class: Serving\n  set: {spec.x: y}\n  waits: perhaps\n", "must be true or false", 10, 10)]
    [InlineData("hold:\n- kinds: [A.b.c]\n  class: Serving\n  set: {spec.x: y}\n  begins:\n  - {kind: D.b.c, field: status.phase}\n", "field and ended belong together", 11, 19)]
    [InlineData("hold:\n- kinds: [A.b.c]\n  class: Serving\n  set: {spec.x: y}\n  begins:\n  - {kind: D.b.c, field: 'status[*].phase', ended: [Done]}\n", "is no field's path, such as status.phase", 11, 19)]
    [InlineData("hold:\n- kinds: [A.b.c]\n  class: Serving\n  stamp: [metadata.namespace]\n", "'metadata.namespace' can't hold", 9, 3)]
    [InlineData("export:\n  kinds: [ConfigMap]\n  names: {Secret: [a]}\n", "narrows Secret, which export.kinds does not include", 8, 3)]
    [InlineData("export:\n  kinds: [ConfigMap]\n  namespaces: {A.b: [a]}\n", "narrows A.b, which export.kinds does not include", 8, 3)]
    [InlineData("export:\n  kinds: []\n", "export.kinds names no kinds", 7, 3)]
    [InlineData("export:\n  kinds:\n", "export.kinds names no kinds", 7, 3)]
    [InlineData("detect:\n  kinds: []\n", "detect names no kinds", 7, 3)]
    [InlineData("detect:\n  kinds: [Secret]\n", "no custom kind with its group", 7, 3)]
    [InlineData("detect:\n  kinds: ['*.b.c']\n", "no custom kind with its group", 7, 3)]
    [InlineData("export:\n  clear:\n  - kinds: [A]\n    fields: [spec.x, metadata.name]\n", "'metadata.name' can't be cleared", 9, 5)]
    [InlineData("export:\n  clear:\n  - kinds: [A]\n    fields: [\"metadata['namespace']\"]\n", "can't be cleared", 9, 5)]
    [InlineData("export:\n  clear:\n  - kinds: [A]\n    fields: [metadata]\n", "'metadata' can't be cleared", 9, 5)]
    [InlineData("export:\n  clear:\n  - kinds: [A]\n    fields: [kind]\n", "'kind' can't be cleared", 9, 5)]
    [InlineData("export:\n  clear:\n  - kinds: [A]\n    fields: [apiVersion]\n", "'apiVersion' can't be cleared", 9, 5)]
    [InlineData("import:\n  order: [Secret, A..b]\n", "'A..b' is no kind", 7, 3)]
    [InlineData("import:\n  order: ['']\n", "'' is no kind", 7, 3)]
    [InlineData("export:\n  leaveOut:\n  - names: ['*']\n    reason: x\n", "leaves out everything", 8, 5)]
    [InlineData("export:\n  leaveOut:\n  - reason: x\n    namespaces: [a, '*']\n", "leaves out everything", 9, 5)]
    [InlineData("export:\n  leaveOut:\n  - kinds: ['*']\n    reason: x\n", "leaves out everything", 8, 5)]
    [InlineData("health:\n- {id: own, title: t, remedy: r, namespaces: [a]}\n", "'own' is no id of a check", 7, 4)]
    [InlineData("health:\n- {id: Own, title: t, namespaces: [a]}\n", "health[0].remedy must be there", 7, 3)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r}\n", "one of the two", 7, 3)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, namespaces: [a], kinds: [B.c.d]}\n", "one of the two", 7, 51)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, namespaces: ['a*']}\n", "'a*' is no namespace", 7, 34)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, kinds: ['*.c.d'], conditions: {Ready: 'True'}}\n", "'*.c.d' is no kind", 7, 34)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, kinds: [B.c.d]}\n", "By conditions or fields", 7, 3)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, kinds: [B.c.d], fields: {'status.a[*].b': x}}\n", "is no path of one field", 7, 50)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, severity: Fatal, namespaces: [a]}\n", "'Fatal' is no severity", 7, 34)]
    [InlineData("health:\n- {id: Own, title: t, remedy: r, namespaces: [a]}\n- {id: OWN, title: t, remedy: r, namespaces: [a]}\n", "two checks 'OWN'", 8, 4)]
    public void A_wrong_field_is_told_with_its_place(string part, string reason, int line, int column)
    {
        var failure = Assert.Throws<UpgradeException>(() => Load(Head + part)).Failure;

        Assert.Equal("InvalidSystem", failure.Id);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Equal($"system.yaml:{line}:{column}", failure.Target);
    }

    [Theory]
    [InlineData("export:\n\tkinds: [A]\n", 7, 1)]
    [InlineData("# with a comment\nexport:\n  kinds: [A]\nimport:\n\torder: [A]\n", 10, 1)]
    [InlineData("export:\n  kinds:\n  - A\n\t- B\n", 9, 1)]
    public void A_tab_that_indents_is_told_with_its_place(string part, int line, int column)
    {
        var failure = Assert.Throws<UpgradeException>(() => Load(Head + part)).Failure;
        Assert.Equal(("YamlSyntax", $"system.yaml:{line}:{column}"), (failure.Id, failure.Target));
    }

    [Fact]
    public void Unknown_fields_are_named_as_they_were_written() =>
        Assert.Equal(["y (line 6)", "0x10 (line 7)", "~ (line 8)"], Load(Head + "y: 1\n0x10: 2\n~: 3\n").UnknownFields);

    [Theory]
    [InlineData("apiVersion: v1\nkind: ConfigMap\n", "InvalidSystem")]
    [InlineData("apiVersion: konupgrade.dev/v2\nkind: UpgradeSystem\n", "UnknownFormat")]
    [InlineData("kind: UpgradeSystem\n", "InvalidSystem")]
    [InlineData("a: 1\n---\nb: 2\n", "InvalidSystem")]
    [InlineData("a: [\n", "YamlSyntax")]
    public void Another_text_is_refused(string text, string id) =>
        Assert.Equal(id, Assert.Throws<UpgradeException>(() => Load(text)).Failure.Id);

    [Fact]
    public void A_rule_that_leaves_out_only_some_of_what_is_included_is_none_of_those()
    {
        var system = Load(Head + """
            export:
              kinds: ["*.b.c", ConfigMap]
              leaveOut:
              - kinds: [Made.b.c]
                byKind: true
                reason: Made anew.
              - kinds: [ConfigMap]
                names: [old-*]
                reason: Old.
            """);

        Assert.Equal(2, system.Export.LeaveOut.Count);
    }

    [Theory]
    [InlineData("Secret", "shop", "set-a", true)]
    [InlineData("Secret", "other", "set-a", false)]
    [InlineData("Secret", null, "set-a", false)]
    [InlineData("Secret", "shop", "a", false)]
    [InlineData("ConfigMap", "other", "a", true)]
    public void A_kind_of_which_only_some_belong_is_narrowed_by_name_and_namespace(string kind, string? ns, string name, bool belongs)
    {
        var system = Load(Head + "export:\n  kinds: [Secret, ConfigMap]\n  names: {Secret: set-*}\n  namespaces: {Secret: [shop]}\n");

        Assert.Equal(belongs, system.Export.Includes(kind, ns, name));
    }

    [Fact]
    public void An_unknown_field_is_named_and_does_no_harm()
    {
        var system = Load(Head + "export:\n  kinds: [A]\n  kinda: x\nlater: 1\n");

        Assert.Equal(["later (line 9)", "export.kinda (line 8)"], system.UnknownFields);
    }

    private static SystemDescription Load(string yaml) => SystemDescription.Load(Encoding.UTF8.GetBytes(yaml), "system.yaml");
}
