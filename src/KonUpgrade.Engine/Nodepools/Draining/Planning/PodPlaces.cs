using System.Globalization;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Engine.Nodepools.Places;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>
/// The room on the nodes that stay. Pods are given places one after the other, each where the least is left over; the
/// scheduler does it otherwise, so that none is only surely missing where a pod fits no node even as the only one.
/// </summary>
internal sealed class PodPlaces
{
    private readonly List<Room> _rooms;
    private readonly ComingNodes? _coming;

    /// <summary>Reckons the room.</summary>
    /// <param name="nodes">The nodes that stay; those that take no pods are passed over.</param>
    /// <param name="pods">The pods that they have.</param>
    /// <param name="coming">Nodes that are not there yet, and will be before anything goes; null for none.</param>
    public PodPlaces(IReadOnlyList<NodeFacts> nodes, IEnumerable<PodFacts> pods, ComingNodes? coming = null)
    {
        _coming = coming;
        var taken = pods.Where(pod => pod.Node is not null && !pod.IsFinished).ToLookup(pod => pod.Node!, StringComparer.Ordinal);
        _rooms = [.. nodes.Where(node => node.TakesPods).OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => new Room(node, taken[node.Name]))];
    }

    /// <summary>Whether any node would take a pod, had it room.</summary>
    public bool CouldTake(PodNeeds needs) => (_coming is not null && _coming.Obstacle(needs) is null) || _rooms.Exists(room => room.Obstacle(needs) is null);

    /// <summary>The order in which pods are given places: the largest first, since small ones fit in between.</summary>
    public IEnumerable<T> Order<T>(IEnumerable<T> pods, Func<T, PodNeeds> needs) =>
        pods.OrderByDescending(pod => needs(pod).Requests.Max(request => Share(request.Key, request.Value)));

    /// <summary>Finds a place, and takes it.</summary>
    /// <returns>The place; why it is none; and whether it is room alone that is lacking, so that one more node like those that stay may be one.</returns>
    public (PodPlace Place, string? Reason, bool LacksRoomOnly) Find(PodNeeds needs)
    {
        var fitting = _rooms.Where(room => room.Obstacle(needs) is null).ToList();
        if (!fitting.Exists(room => room.Lacks(needs, room.Free) is null))
        {
            var why = WhyNone(needs, fitting);
            if (_coming is null)
                return (PodPlace.None, why, fitting.Exists(room => room.CouldHold(needs)));
            return _coming.Obstacle(needs) is { } obstacle
                ? (PodPlace.None, $"The nodes of {_coming.Pool} will {obstacle}. {why}", fitting.Exists(room => room.CouldHold(needs)))
                : (PodPlace.Doubtful, $"The nodes of {_coming.Pool} are not there yet. {why}", false);
        }
        if (fitting.Where(room => room.Lacks(needs, room.Left) is null).MinBy(room => room.Left.GetValueOrDefault("cpu")) is not { } room)
            return (PodPlace.Doubtful, "The nodes that stay have room for it, and not for all of the pods that go with it.", true);
        room.Take(needs);
        return needs.More.Count > 0
            ? (PodPlace.Doubtful, $"By its requests it has room; the scheduler looks, too, at {string.Join(" and ", needs.More)}.", false)
            : (PodPlace.Found, null, false);
    }

    private decimal Share(string resource, decimal amount)
    {
        var most = _rooms.Count > 0 ? _rooms.Max(room => room.Free.GetValueOrDefault(resource)) : 0;
        return most > 0 ? amount / most : 0;
    }

    private string WhyNone(PodNeeds needs, List<Room> fitting)
    {
        if (_rooms.Count == 0)
            return "No node that stays takes pods.";
        var obstacles = _rooms.Select(room => room.Obstacle(needs)).OfType<string>()
            .Concat(fitting.Select(room => room.Lacks(needs, room.Free)).OfType<string>())
            .GroupBy(text => text, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}"));
        return string.Create(CultureInfo.InvariantCulture, $"Of {_rooms.Count} nodes that stay and take pods, {string.Join(", ", obstacles)}.");
    }

    private sealed class Room
    {
        private readonly NodeFacts _node;

        public Room(NodeFacts node, IEnumerable<PodFacts> pods)
        {
            _node = node;
            Free = new Dictionary<string, decimal>(node.Allocatable, StringComparer.Ordinal);
            foreach (var pod in pods)
                Take(Free, pod.Needs);
            Left = new Dictionary<string, decimal>(Free, StringComparer.Ordinal);
        }

        /// <summary>What is free as things are.</summary>
        public Dictionary<string, decimal> Free { get; }

        /// <summary>What is free of it once the pods have come that were given places here.</summary>
        public Dictionary<string, decimal> Left { get; }

        public void Take(PodNeeds needs) => Take(Left, needs);

        /// <summary>Whether the node would be large enough, were it empty.</summary>
        public bool CouldHold(PodNeeds needs) => Lacks(needs, new Dictionary<string, decimal>(_node.Allocatable, StringComparer.Ordinal)) is null;

        /// <summary>What keeps a pod off, whatever room there is; null for nothing.</summary>
        public string? Obstacle(PodNeeds needs)
        {
            if (_node.Taints.FirstOrDefault(taint => taint.KeepsOff && !needs.Tolerations.Any(toleration => toleration.Tolerates(taint))) is { } taint)
                return $"with the taint {taint.Key} that it does not tolerate";
            if (needs.NodeSelector.Any(label => _node.Labels.GetValueOrDefault(label.Key) != label.Value))
                return "without the labels of its nodeSelector";
            return needs.Affinity is { } terms && !terms.Any(term => term.Fits(_node.Name, _node.Labels)) ? "that its node affinity rules out" : null;
        }

        /// <summary>What there is too little of; null for nothing.</summary>
        public string? Lacks(PodNeeds needs, Dictionary<string, decimal> free)
        {
            foreach (var (resource, amount) in needs.Requests.OrderBy(request => request.Key, StringComparer.Ordinal))
            {
                // A node that says nothing of how many pods it takes is asked nothing.
                if (amount > 0 && amount > free.GetValueOrDefault(resource) && (resource != PodRequests.Pods || _node.Allocatable.ContainsKey(resource)))
                    return resource == PodRequests.Pods ? "full of pods" : $"with too little {resource} left for its {Quantity.Text(resource, amount)}";
            }
            return null;
        }

        private static void Take(Dictionary<string, decimal> free, PodNeeds needs)
        {
            foreach (var (resource, amount) in needs.Requests)
                free[resource] = free.GetValueOrDefault(resource) - amount;
        }
    }
}
