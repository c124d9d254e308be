namespace KonUpgrade.Engine.Manifests.Ordering;

/// <summary>The steps in which objects arrive in a cluster: what others need comes before what needs it.</summary>
public enum ImportStage
{
    /// <summary>Namespaces.</summary>
    Namespaces,

    /// <summary>CustomResourceDefinitions; what follows waits until they are established and discovery tells of them.</summary>
    CustomResourceDefinitions,

    /// <summary>Classes that others name: storage, priority, runtime, ingress, volume snapshot classes.</summary>
    Classes,

    /// <summary>ServiceAccounts and roles.</summary>
    Accounts,

    /// <summary>Role bindings, whose roles the API server looks at when they are made.</summary>
    Bindings,

    /// <summary>Secrets, ConfigMaps and limit ranges, whose defaults the pods take; and quotas that let no pod be.</summary>
    Data,

    /// <summary>Volumes and claims.</summary>
    Volumes,

    /// <summary>Services, network policies and disruption budgets: there before the pods that they are about.</summary>
    Services,

    /// <summary>Deployments and the like.</summary>
    Workloads,

    /// <summary>Custom resources and whatever is not named here, owners before owned, after the back ends of what judges them.</summary>
    CustomResources,

    /// <summary>Aggregated APIs, whose back ends are workloads.</summary>
    ApiServices,

    /// <summary>Admission webhooks and policies: so late that of the import they judge the drivers alone, which wait for their back ends.</summary>
    Admission,

    /// <summary>What drives the others or lets traffic in: autoscalers, ingresses, scheduled jobs.</summary>
    Drivers,

    /// <summary>
    /// Quotas, after all that they count: one that was lowered below what is there takes nothing away, and would refuse it
    /// on a new cluster.
    /// </summary>
    Quotas,
}
