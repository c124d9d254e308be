using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks.Nodegroups;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>
/// What was asked for with which client request token: asked again, it is answered again and not done again. A token is
/// forgotten with the node group that it made or changed.
/// </summary>
internal sealed class ClientTokens
{
    private readonly Dictionary<(string Operation, string Token), Kept> _kept = [];

    /// <summary>The answer to a request that came before with the same token.</summary>
    /// <returns>Null when this is the first.</returns>
    /// <exception cref="EksError">It had other parameters.</exception>
    public JsonObject? Repeat(EksRequest request)
    {
        if (TokenOf(request) is not { } token || !_kept.TryGetValue((request.Route.Operation, token), out Kept? kept)) return null;
        if (kept.Cluster != request.Cluster || kept.Nodegroup.Name != request.Nodegroup || !Json.Same(kept.Parameters, request.Body))
            throw request.InvalidParameter($"The client request token {token} was used before with other parameters");
        return kept.Answer();
    }

    public void Keep(EksRequest request, Nodegroup nodegroup, Func<JsonObject> answer)
    {
        if (TokenOf(request) is { } token) _kept[(request.Route.Operation, token)] = new Kept(request.Cluster, nodegroup, (JsonObject)request.Body.DeepClone(), answer);
    }

    public void Forget(Nodegroup nodegroup)
    {
        foreach ((string, string) key in _kept.Where(entry => ReferenceEquals(entry.Value.Nodegroup, nodegroup)).Select(entry => entry.Key).ToArray()) _kept.Remove(key);
    }

    private static string? TokenOf(EksRequest request) => Json.Text(request.Body["clientRequestToken"]) is { Length: > 0 } token ? token : null;

    private sealed record Kept(string Cluster, Nodegroup Nodegroup, JsonObject Parameters, Func<JsonObject> Answer);
}
