using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>The fields of metadata, which every server knows by itself and no CustomResourceDefinition describes.</summary>
internal static class ObjectMetaSchema
{
    // The source: ObjectMeta of k8s.io/apimachinery. A server reads metadata into that type, and nothing else may be in it.
    private static readonly byte[] s_json = """
        {"type":"object","properties":{
          "name":{"type":"string"},"generateName":{"type":"string"},"namespace":{"type":"string"},"selfLink":{"type":"string"},"uid":{"type":"string"},
          "resourceVersion":{"type":"string"},"generation":{"type":"integer"},"creationTimestamp":{"type":"string","format":"date-time"},
          "deletionTimestamp":{"type":"string","format":"date-time"},"deletionGracePeriodSeconds":{"type":"integer"},
          "labels":{"type":"object","additionalProperties":{"type":"string"}},"annotations":{"type":"object","additionalProperties":{"type":"string"}},
          "finalizers":{"type":"array","items":{"type":"string"}},
          "ownerReferences":{"type":"array","items":{"type":"object","required":["apiVersion","kind","name","uid"],"properties":{
            "apiVersion":{"type":"string"},"kind":{"type":"string"},"name":{"type":"string"},"uid":{"type":"string"},
            "controller":{"type":"boolean"},"blockOwnerDeletion":{"type":"boolean"}}}},
          "managedFields":{"type":"array","items":{"x-kubernetes-preserve-unknown-fields":true}}}}
        """u8.ToArray();

    /// <summary>The schema.</summary>
    public static JsonPart Root { get; } = JsonIndex.Parse(s_json).Root;
}
