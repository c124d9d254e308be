#Requires -Version 7.4
#Requires -Modules KonUpgrade

<#
.SYNOPSIS
    Carries a whole upgrade in Azure Automation, from blue to green or in place, in as many jobs as it takes.
.DESCRIPTION
    The first job makes the plan and begins; each further one goes on where the last one stopped, was stopped or was killed,
    since a cluster keeps the journal. Put it on a schedule that is shorter than the upgrade: a job that finds another one at
    work, or the upgrade at its end, says so and ends well.

    A job fails where a step has failed. At a gate it ends well, with a warning that names the step; somebody looks, and starts
    the runbook with -Approve.

    The account needs the module KonUpgrade, an encrypted variable with the kubeconfig, which logs in without a program (with
    the token of a ServiceAccount, or to EKS with AWS keys in the environment of its exec entry), and, where steps ask AWS, a
    credential whose user name is an AWS access key and whose password is the secret key.
.PARAMETER Blue
    The context of the cluster that serves now.
.PARAMETER Green
    The context of the cluster that is to serve.
.PARAMETER TargetVersion
    In the place of a green cluster: the version to which the system of the cluster is brought where it is, such as 2.31 of a
    Kubermatic. Somebody runs its installer, when a warning says so; jobs wait until it is done. What can be restored from are
    the exports that it begins with: it needs -WorkPath, and -Certificate for what holds credentials.
.PARAMETER Name
    The name of the upgrade, by which the next job finds it: small letters, digits and hyphens.
.PARAMETER System
    The system as which the clusters are moved; found by itself unless told.
.PARAMETER Namespace
    Only these namespaces, with * and ?.
.PARAMETER Setting
    What steps have to know, as JSON: {"traffic":{"hosts":"shop.example.com","weights":[5,25,100]},"soak":{"duration":"30m"}}
.PARAMETER Omit
    Steps that the plan is to be without. It counts in the first job, as all that makes the plan.
.PARAMETER Gate
    Further steps before which a person is waited for.
.PARAMETER Approve
    Steps that may go on now.
.PARAMETER UndoOnFailure
    Take everything back when a step fails.
.PARAMETER Preview
    Only tell the steps, with what each would do.
.PARAMETER JournalCluster
    The context of the cluster that keeps the journal; blue unless told, since it is there to the end.
.PARAMETER WorkPath
    Where exports lie, and what an undo puts back. A worker of your own has a place that stays; on others an export that is
    gone is made again, and changes to objects that green had before can't be put back by another job. In place it must be one
    that stays, or the setting path of the step back-up is (ExportsNotKept).
.PARAMETER Certificate
    The name of a certificate of the account, with its private key. With it the plan takes Secrets along, and what else holds
    credentials, encrypted for the holder of the key; each job of the upgrade needs it. Without it exports lack them: a
    Kubermatic can't be built again from those, since Presets and mostly the KubermaticConfiguration are left out as well.
.PARAMETER ReportPath
    Where the report is written after each job, such as a share: a name that ends with .html, or .json.
.PARAMETER MaxDuration
    After how long the job stops at a safe point. Azure ends a job after three hours.
.PARAMETER Region
    The AWS region, for steps whose settings do not say it.
.PARAMETER AwsKeys
    The name of the credential that holds the AWS keys, where steps ask AWS.
.PARAMETER KubeConfigVariable
    The name of the variable that holds the kubeconfig.
.EXAMPLE
    ./Invoke-ClusterUpgrade.ps1 -Blue blue -Green green -Name shop-1-34 -Preview $true
.EXAMPLE
    ./Invoke-ClusterUpgrade.ps1 -Blue blue -Green green -Name shop-1-34 -Approve scale-down-blue
.EXAMPLE
    ./Invoke-ClusterUpgrade.ps1 -Blue master -TargetVersion 2.31 -Name kkp-2-31 -WorkPath /mnt/upgrades/kkp-2-31 -Certificate KkpBackup
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Blue,
    [string] $Green,
    [string] $TargetVersion,
    [Parameter(Mandatory)] [string] $Name,
    [string] $System,
    [string[]] $Namespace,
    [string] $Setting = '{}',
    [string[]] $Omit,
    [string[]] $Gate,
    [string[]] $Approve,
    [bool] $UndoOnFailure,
    [bool] $Preview,
    [string] $JournalCluster = $Blue,
    [string] $WorkPath,
    [string] $Certificate,
    [string] $ReportPath,
    [string] $MaxDuration = '2h45m',
    [string] $Region,
    [string] $AwsKeys,
    [string] $KubeConfigVariable = 'KonUpgradeKubeConfig'
)

$ErrorActionPreference = 'Stop'
if ($Green -and $TargetVersion) { throw 'Say -Green, or -TargetVersion for an upgrade in place, and not both.' }
$kubeConfig = New-TemporaryFile
try {
    Get-AutomationVariable -Name $KubeConfigVariable | Set-Content -LiteralPath $kubeConfig
    $kube = @{ KubeConfigPath = $kubeConfig; NoExecPlugin = $true }

    $run = $kube + @{ MaxDuration = $MaxDuration; PassThru = $true; WhatIf = $Preview }
    if ($UndoOnFailure) { $run.OnFailure = 'Undo' }
    if ($Approve) { $run.Approve = $Approve }
    if ($WorkPath) { $run.WorkPath = $WorkPath }
    if ($Certificate) { $run.Certificate = Get-AutomationCertificate -Name $Certificate }
    if ($Region) { $run.Region = $Region }
    if ($AwsKeys) { $run.Credential = Get-AutomationPSCredential -Name $AwsKeys }

    $begun = Get-BlueGreenUpgrade -JournalCluster $JournalCluster @kube | Where-Object Name -EQ $Name
    if ($begun -and $begun.State -in 'Completed', 'Undone') {
        "$Name has come to its end: $($begun.State)."
        return
    }

    $go = if ($begun) { { $begun | Resume-BlueGreenUpgrade @run } }
    else {
        if (-not $Green -and -not $TargetVersion) { throw 'Say -Green, or -TargetVersion for an upgrade in place.' }
        $choices = if ($Green) { @{ Blue = $Blue; Green = $Green } } else { @{ Cluster = $Blue; TargetVersion = $TargetVersion } }
        $choices += @{ Setting = ConvertFrom-Json -InputObject $Setting -AsHashtable }
        if ($Certificate) { $choices.Secret = 'Encrypt' }
        if ($System) { $choices.System = $System }
        if ($Namespace) { $choices.Namespace = $Namespace }
        if ($Omit) { $choices.Omit = $Omit }
        if ($Gate) { $choices.Gate = $Gate }
        { New-UpgradePlan -Name $Name @choices @kube | Invoke-BlueGreenUpgrade -JournalCluster $JournalCluster @run }
    }
    $upgrade = $null
    try {
        # Each step is written as it ends. A step that failed is an error at the end, and ends the job as failed.
        & $go | ForEach-Object {
            if ($_ -is [KonUpgrade.Model.BlueGreenUpgrade]) { $upgrade = $_ }
            else { '{0:HH:mm:ss}  {1,-16} {2}: {3}' -f [datetime]::UtcNow, $_.Id, $_.State, ($_.Result ? $_.Result : $_.Failure?.Message) }
        }
        if ($upgrade) { "$Name is $($upgrade.State). $($upgrade.Reason)".TrimEnd() }
    }
    catch {
        if ($_.FullyQualifiedErrorId -notlike 'JournalBusy,*') { throw }
        "$Name is in the hands of another job."
    }
    finally {
        if ($ReportPath -and $upgrade) { $upgrade | Export-UpgradeReport $ReportPath -Force @kube }
    }
}
finally { Remove-Item -LiteralPath $kubeConfig }
