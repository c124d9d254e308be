#Requires -Version 7.4
#Requires -Modules KonUpgrade

<#
.SYNOPSIS
    Looks in an Azure Automation job whether a cluster is ready for an upgrade.
.DESCRIPTION
    For a schedule, weeks before the upgrade. What blocks, warns or could not be found out is written with its remedy. Where
    something blocks, the job fails, after everything was looked at. Nothing is changed on any cluster.

    The account needs the module KonUpgrade and an encrypted variable with the kubeconfig, which logs in without a program:
    with the token of a ServiceAccount, or to EKS with AWS keys in the environment of its exec entry.
.PARAMETER Cluster
    The context of the cluster that is to be upgraded, or left behind.
.PARAMETER Green
    The context of the cluster that is to take over. Without it the cluster is looked at as one that is upgraded in place.
.PARAMETER TargetVersion
    The Kubernetes version that is wanted in place; the next minor one unless told.
.PARAMETER Exclude
    Checks that are left out, or single findings: HasReplicas, or BudgetsAllow:shop/web.
.PARAMETER KubeConfigVariable
    The name of the variable that holds the kubeconfig.
.EXAMPLE
    ./Test-ClusterReadiness.ps1 -Cluster blue -Green green
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Cluster,
    [string] $Green,
    [string] $TargetVersion,
    [string[]] $Exclude,
    [string] $KubeConfigVariable = 'KonUpgradeKubeConfig'
)

$ErrorActionPreference = 'Stop'
$kubeConfig = New-TemporaryFile
try {
    Get-AutomationVariable -Name $KubeConfigVariable | Set-Content -LiteralPath $kubeConfig
    $look = @{ KubeConfigPath = $kubeConfig; NoExecPlugin = $true; Timeout = '1h' }
    if ($Green) { $look += @{ Blue = $Cluster; Green = $Green } } else { $look.Cluster = $Cluster }
    if ($TargetVersion) { $look.TargetVersion = $TargetVersion }
    if ($Exclude) { $look.Exclude = $Exclude }
    $checks = @()
    try {
        # Where something blocks, the error comes when all has been looked at, and ends the job as failed.
        $null = Test-ClusterUpgrade @look -OutVariable checks
    }
    finally {
        $checks | Where-Object Status -NotIn Passed, NotApplicable | Sort-Object IsBlocking -Descending |
            Format-List Id, Status, IsBlocking, Message, Remedy | Out-String -Width 160
        ($checks | Group-Object Status -NoElement | ForEach-Object { "$($_.Count) $($_.Name)" }) -join ', '
    }
}
finally { Remove-Item -LiteralPath $kubeConfig }
