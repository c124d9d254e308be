namespace KonUpgrade.Engine.ApiVersions.Lifecycle;

/// <summary>A version that serves instead of another.</summary>
/// <param name="ApiVersion">Its group and version.</param>
/// <param name="Since">The first minor version of Kubernetes 1 that serves it.</param>
internal sealed record ApiReplacement(string ApiVersion, int Since);
