using KonUpgrade.Engine.Nodepools.Places;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>Whether the nodes that stay have room for what goes, and in which words that is told.</summary>
public sealed class PodPlacesTests
{
    [Theory]
    [InlineData("500m", "0.5")]
    [InlineData("2", "2")]
    [InlineData("1.5Gi", "1610612736")]
    [InlineData("1e3", "1000")]
    [InlineData("2E3", "2000")]
    [InlineData("1E", "1000000000000000000")]
    [InlineData("128974848", "128974848")]
    [InlineData("100n", "0.0000001")]
    [InlineData("-1Ki", "-1024")]
    public void Quantities_are_read_as_the_server_reads_them(string text, string amount)
    {
        Assert.Equal(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), Quantity.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Gi")]
    [InlineData("1GiB")]
    [InlineData("one")]
    public void What_is_no_quantity_is_none(string text) => Assert.Null(Quantity.Parse(text));

    [Theory]
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"1"}}},{"resources":{"requests":{"cpu":"500m"}}}]}""", "1.5")]
    // The largest init container, since they run before the others.
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"resources":{"requests":{"cpu":"3"}}},{"resources":{"requests":{"cpu":"2"}}}]}""", "3")]
    // A sidecar stays beside the init containers after it, and beside the containers.
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"restartPolicy":"Always","resources":{"requests":{"cpu":"1"}}},{"resources":{"requests":{"cpu":"3"}}}]}""", "4")]
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"initContainers":[{"resources":{"requests":{"cpu":"1"}}},{"restartPolicy":"Always","resources":{"requests":{"cpu":"1"}}}]}""", "2")]
    // A limit without a request is one; overhead comes on top; the pod's own requests beat its containers'.
    [InlineData("""{"containers":[{"resources":{"limits":{"cpu":"2"}}}],"overhead":{"cpu":"250m"}}""", "2.25")]
    [InlineData("""{"containers":[{"resources":{"requests":{"cpu":"1"}}}],"resources":{"requests":{"cpu":"4"}}}""", "4")]
    public void Requests_are_reckoned_as_the_scheduler_does(string spec, string cpu)
    {
        Assert.Equal(decimal.Parse(cpu, System.Globalization.CultureInfo.InvariantCulture), Drained.Pod("x", spec: spec).Needs.Requests["cpu"]);
    }

    [Fact]
    public void A_pod_that_no_node_has_room_for_is_told_with_what_is_missing()
    {
        var plan = Drained.Plan(
            [Drained.Pod("big", spec: """{"containers":[{"resources":{"requests":{"cpu":"3","memory":"1Gi"}}}]}""")],
            staying: [Drained.Node("new-1"), Drained.Node("new-2", cpu: "2"), Drained.Node("new-3", spec: """{"taints":[{"key":"gpu","value":"a","effect":"NoSchedule"}]}""")],
            others: [Drained.Pod("there", node: "new-1", spec: """{"containers":[{"resources":{"requests":{"cpu":"1500m"}}}]}""")]);
        var pod = plan.Pods.Single();
        Assert.Equal(PodPlace.None, pod.Place);
        Assert.Equal("Of 3 nodes that stay and take pods, 2 with too little cpu left for its 3, 1 with the taint gpu that it does not tolerate.", pod.PlaceReason);
        Assert.Equal(1, plan.HomelessCount);
    }

    [Fact]
    public void Pods_that_fit_alone_and_not_together_may_find_no_place()
    {
        const string Two = """{"containers":[{"resources":{"requests":{"cpu":"2"}}}]}""";
        var plan = Drained.Plan([Drained.Pod("a", spec: Two), Drained.Pod("b", spec: Two), Drained.Pod("c", spec: Two)], staying: [Drained.Node("new-1")]);
        Assert.Equal([PodPlace.Found, PodPlace.Found, PodPlace.Doubtful], plan.Pods.Select(p => p.Place).Order());
    }

    [Fact]
    public void Finished_pods_take_no_room_and_need_none()
    {
        const string Four = """{"containers":[{"resources":{"requests":{"cpu":"4"}}}]}""";
        var plan = Drained.Plan(
            [Drained.Pod("a", spec: Four), Drained.Pod("done", spec: Four, owner: "Job x", ownerVersion: "batch/v1", phase: "Succeeded")],
            staying: [Drained.Node("new-1")], others: [Drained.Pod("over", node: "new-1", spec: Four, phase: "Failed")]);
        Assert.Equal([PodPlace.Found, PodPlace.NotNeeded], plan.Pods.Select(p => p.Place));
    }

    [Theory]
    [InlineData("""{"nodeSelector":{"disk":"ssd"}}""", PodPlace.Found)]
    [InlineData("""{"nodeSelector":{"disk":"hdd"}}""", PodPlace.None)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"disk","operator":"In","values":["ssd"]},{"key":"size","operator":"Gt","values":["3"]}]}]}}}}""", PodPlace.Found)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"size","operator":"Lt","values":["3"]}]},{}]}}}}""", PodPlace.None)]
    [InlineData("""{"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"metadata.name","operator":"In","values":["new-1"]}]}]}}}}""", PodPlace.Found)]
    [InlineData("""{"affinity":{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1}]}}}""", PodPlace.Found)]
    [InlineData("""{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"kubernetes.io/hostname"}]}}}""", PodPlace.Doubtful)]
    [InlineData("""{"topologySpreadConstraints":[{"whenUnsatisfiable":"DoNotSchedule"}]}""", PodPlace.Doubtful)]
    [InlineData("""{"volumes":[{"name":"d","persistentVolumeClaim":{"claimName":"d"}}]}""", PodPlace.Doubtful)]
    [InlineData("""{"schedulerName":"volcano"}""", PodPlace.Doubtful)]
    public void Selectors_and_affinity_decide_and_what_the_scheduler_knows_more_is_a_maybe(string spec, PodPlace place)
    {
        var plan = Drained.Plan([Drained.Pod("a", spec: spec)], staying: [Drained.Node("new-1", labels: """{"disk":"ssd","size":"4"}""")]);
        Assert.Equal(place, plan.Pods.Single().Place);
    }

    [Theory]
    [InlineData("""{"key":"gpu","operator":"Exists"}""", true)]
    [InlineData("""{"key":"gpu","value":"a"}""", true)]
    [InlineData("""{"key":"gpu","value":"b"}""", false)]
    [InlineData("""{"key":"gpu","operator":"Exists","effect":"NoExecute"}""", false)]
    [InlineData("""{"operator":"Exists"}""", true)]
    [InlineData("""{"operator":"Exists","effect":"NoSchedule"}""", true)]
    public void A_taint_keeps_off_what_does_not_tolerate_it(string toleration, bool found)
    {
        var plan = Drained.Plan([Drained.Pod("a", spec: $$"""{"tolerations":[{{toleration}}]}""")], staying: [Drained.Node("new-1", spec: """{"taints":[{"key":"gpu","value":"a","effect":"NoSchedule"}]}""")]);
        Assert.Equal(found ? PodPlace.Found : PodPlace.None, plan.Pods.Single().Place);
    }

    [Fact]
    public void A_taint_that_only_asks_keeps_nothing_off_and_nodes_that_take_no_pods_do_not_count()
    {
        Assert.Equal(PodPlace.Found, Drained.Plan([Drained.Pod("a")], staying: [Drained.Node("n", spec: """{"taints":[{"key":"k","effect":"PreferNoSchedule"}]}""")]).Pods.Single().Place);
        Assert.Equal(PodPlace.None, Drained.Plan([Drained.Pod("a")], staying: [Drained.Node("n", spec: """{"unschedulable":true}"""), Drained.Node("m", ready: false)]).Pods.Single().Place);
        Assert.Equal(PodPlace.None, Drained.Plan([Drained.Pod("a")], staying: [Drained.Node("n", pods: "1")], others: [Drained.Pod("b", node: "n")]).Pods.Single().Place);
    }
}
