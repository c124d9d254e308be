using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>Role bindings of rbac.authorization.k8s.io/v1alpha1, whose subjects named versions, on their way to later ones.</summary>
internal sealed class RoleBindingConverter : IObjectConverter
{
    private const string Group = "rbac.authorization.k8s.io";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["ClusterRoleBinding", "RoleBinding"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from == Group + "/v1alpha1" && to is Group + "/v1beta1" or Group + "/v1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        var notes = new List<string>();
        foreach (var subject in o.Mappings("subjects"))
        {
            subject.Remove("apiVersion");
            // Everybody who had logged in was meant by the user *.
            if (subject.Text("kind") == "User" && subject.Text("name") == "*")
            {
                subject["kind"] = "Group";
                subject["name"] = "system:authenticated";
                notes.Add("The subject that was the user * is the group system:authenticated.");
            }

            subject["apiGroup"] = subject.Text("kind") == "ServiceAccount" ? "" : Group;
        }

        return notes;
    }
}
