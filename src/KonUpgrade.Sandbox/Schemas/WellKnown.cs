namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Published names of the types that JSON writes as something other than their fields.</summary>
internal static class WellKnown
{
    public const string MetaPrefix = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    public const string ObjectMeta = MetaPrefix + "ObjectMeta";
    public const string Time = MetaPrefix + "Time";
    public const string MicroTime = MetaPrefix + "MicroTime";
    public const string Duration = MetaPrefix + "Duration";
    public const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    public const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    public const string RawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension";
}
