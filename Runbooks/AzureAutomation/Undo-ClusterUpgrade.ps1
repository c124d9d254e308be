#Requires -Version 7.4
#Requires -Modules KonUpgrade

<#
.SYNOPSIS
    Takes an upgrade back in an Azure Automation job: traffic to blue, blue's workloads run, green's are held.
.DESCRIPTION
    Takes back the steps of the upgrade whose journal a cluster keeps, the latest first. What could not be taken back fails the
    job: mend the cause, and start the runbook again. What arrived on green stays there, held, unless it is asked to be removed.

    The account needs what Invoke-ClusterUpgrade.ps1 needs.
.PARAMETER Name
    The name of the upgrade.
.PARAMETER JournalCluster
    The context of the cluster that keeps the journal: blue, unless the upgrade was told another one.
.PARAMETER RemoveImported
    Delete on green what the upgrade has made there.
.PARAMETER Preview
    Only tell the steps, with how each would be taken back.
.PARAMETER WorkPath
    Where the upgrade keeps its files, if it was told so.
.PARAMETER ReportPath
    Where the report is written: a name that ends with .html, or .json.
.PARAMETER MaxDuration
    After how long the job stops at a safe point. Azure ends a job after three hours.
.PARAMETER Region
    The AWS region, for steps whose settings do not say it.
.PARAMETER AwsKeys
    The name of the credential that holds the AWS keys, where steps ask AWS.
.PARAMETER KubeConfigVariable
    The name of the variable that holds the kubeconfig.
.EXAMPLE
    ./Undo-ClusterUpgrade.ps1 -Name shop-1-34 -JournalCluster blue
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Name,
    [Parameter(Mandatory)] [string] $JournalCluster,
    [bool] $RemoveImported,
    [bool] $Preview,
    [string] $WorkPath,
    [string] $ReportPath,
    [string] $MaxDuration = '2h45m',
    [string] $Region,
    [string] $AwsKeys,
    [string] $KubeConfigVariable = 'KonUpgradeKubeConfig'
)

$ErrorActionPreference = 'Stop'
$kubeConfig = New-TemporaryFile
try {
    Get-AutomationVariable -Name $KubeConfigVariable | Set-Content -LiteralPath $kubeConfig
    $kube = @{ KubeConfigPath = $kubeConfig; NoExecPlugin = $true }
    $run = $kube + @{ MaxDuration = $MaxDuration; RemoveImported = $RemoveImported; WhatIf = $Preview; Confirm = $false; PassThru = $true }
    if ($WorkPath) { $run.WorkPath = $WorkPath }
    if ($Region) { $run.Region = $Region }
    if ($AwsKeys) { $run.Credential = Get-AutomationPSCredential -Name $AwsKeys }
    $upgrade = $null
    try {
        Undo-BlueGreenUpgrade -JournalCluster $JournalCluster -Name $Name @run | ForEach-Object {
            if ($_ -is [KonUpgrade.Model.BlueGreenUpgrade]) { $upgrade = $_ }
            else { '{0:HH:mm:ss}  {1,-16} {2}: {3}' -f [datetime]::UtcNow, $_.Id, $_.State, ($_.Result ? $_.Result : $_.Failure?.Message) }
        }
        if ($upgrade) { "$Name is $($upgrade.State). $($upgrade.Reason)".TrimEnd() }
    }
    finally {
        if ($ReportPath -and $upgrade) { $upgrade | Export-UpgradeReport $ReportPath -Force @kube }
    }
}
finally { Remove-Item -LiteralPath $kubeConfig }
