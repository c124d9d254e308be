#Requires -Version 7.4
#Requires -Modules KonUpgrade

<#
.SYNOPSIS
    Backs up a cluster's configuration, restores it into another cluster, and verifies it, as one chain.
.DESCRIPTION
    Exports the configuration of one cluster to a directory, imports it into another one, with what would act twice held
    back, and compares both, field by field. It ends with an error unless every object arrived as it was. With -WhatIf the
    export is made, and it is told what the import would do.

    Run again, it brings what changed: the export is made anew, and what is on the target already is compared.
.PARAMETER From
    The context of the cluster that is backed up.
.PARAMETER To
    The context of the cluster into which it is restored.
.PARAMETER Path
    The directory of the backup. It is made anew with each run.
.PARAMETER Namespace
    Only these namespaces, with * and ?.
.PARAMETER System
    The system as which it is moved; found by itself unless told.
.PARAMETER KubeConfigPath
    The kubeconfig; the usual one unless told.
.EXAMPLE
    ./Copy-ClusterConfig.ps1 -From blue -To green -Namespace shop -Path ./backup -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [string] $From,
    [Parameter(Mandatory)] [string] $To,
    [Parameter(Mandatory)] [string] $Path,
    [string[]] $Namespace,
    [string] $System,
    [string] $KubeConfigPath
)

$ErrorActionPreference = 'Stop'
$kube = if ($KubeConfigPath) { @{ KubeConfigPath = $KubeConfigPath } } else { @{} }
$which = @{}
if ($Namespace) { $which.Namespace = $Namespace }
if ($System) { $which.System = $System }

# The backup is made in any case: an import can't say what it would do without it.
$backup = Export-ClusterConfig -Cluster $From -Path $Path -Force @which @kube -WhatIf:$false
"$($backup.ObjectCount) objects of $From are in $Path, $($backup.LeftOutCount) are left out."

# What fails is tried to the end, and is one error then, which keeps the chain from going on.
$backup | Import-ClusterConfig -Cluster $To @kube | Group-Object Action -NoElement | Out-String
if ($WhatIfPreference) { return }

$differences = Compare-ClusterConfig -Reference $Path -Difference $To @kube
if ($differences) {
    $differences
    Write-Error "$(@($differences).Count) objects of $To differ from those of ${From}: $Path has them as they were." -ErrorId CopyDiffers
}
"$To has all that $From had."
