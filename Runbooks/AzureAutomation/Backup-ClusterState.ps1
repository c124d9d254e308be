#Requires -Version 7.4
#Requires -Modules KonUpgrade

<#
.SYNOPSIS
    Backs up in an Azure Automation job what a cluster holds: its objects and volumes with Velero, the stores beside it with AWS Backup.
.DESCRIPTION
    For a schedule, and before anything that is hard to take back. The backup with Velero is begun, the snapshots are taken, and
    then both have been waited for; what is not whole fails the job. Both are called by the job's day: run again on the same day,
    what is there is found and not made twice. Nothing lies on the worker's disk.

    The account needs the module KonUpgrade, an encrypted variable with the kubeconfig, which logs in without a program, and,
    for snapshots, a credential whose user name is an AWS access key and whose password is the secret key.
.PARAMETER Cluster
    The context of the cluster.
.PARAMETER Namespace
    The namespaces that Velero backs up; all unless told.
.PARAMETER IamRoleArn
    The role with which AWS Backup takes the snapshots. Without it there are none.
.PARAMETER BackupVaultName
    The vault for the snapshots, which is made where it is not there.
.PARAMETER Database
    Databases beside the cluster: identifiers, or the host names of their endpoints.
.PARAMETER Bucket
    Buckets beside the cluster.
.PARAMETER KeepDays
    How many days all of it is kept.
.PARAMETER Name
    What backup and snapshots are called; the cluster and the day (UTC) unless told.
.PARAMETER Region
    The AWS region of the stores.
.PARAMETER AwsKeys
    The name of the credential that holds the AWS keys.
.PARAMETER KubeConfigVariable
    The name of the variable that holds the kubeconfig.
.EXAMPLE
    ./Backup-ClusterState.ps1 -Cluster blue -IamRoleArn arn:aws:iam::123456789012:role/backup -Database kf -Bucket kf-artifacts -Region eu-central-1
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Cluster,
    [string[]] $Namespace,
    [string] $IamRoleArn,
    [string] $BackupVaultName = 'konupgrade',
    [string[]] $Database,
    [string[]] $Bucket,
    [ValidateRange(1, 3650)] [int] $KeepDays = 14,
    [string] $Name = ('{0}-{1:yyyyMMdd}' -f ($Cluster.ToLowerInvariant() -replace '[^a-z0-9]+', '-').Trim('-'), [datetime]::UtcNow),
    [string] $Region,
    [string] $AwsKeys = 'KonUpgradeAws',
    [string] $KubeConfigVariable = 'KonUpgradeKubeConfig'
)

$ErrorActionPreference = 'Stop'
$kubeConfig = New-TemporaryFile
try {
    Get-AutomationVariable -Name $KubeConfigVariable | Set-Content -LiteralPath $kubeConfig
    $kube = @{ KubeConfigPath = $kubeConfig; NoExecPlugin = $true }

    $what = if ($Namespace) { @{ Namespace = $Namespace } } else { @{} }
    $backup = New-VeleroBackup $Name -Cluster $Cluster -Ttl (New-TimeSpan -Days $KeepDays) -NoWait @what @kube

    if ($IamRoleArn) {
        $aws = @{ Credential = Get-AutomationPSCredential -Name $AwsKeys }
        if ($Region) { $aws.Region = $Region }
        if ($Database) { $aws.Database = $Database }
        if ($Bucket) { $aws.Bucket = $Bucket }
        # What is not whole is an error at the end, which names it.
        New-StateSnapshot -Name $Name -Cluster $Cluster -IamRoleArn $IamRoleArn -BackupVaultName $BackupVaultName -CreateVault `
            -DeleteAfterDays $KeepDays -Timeout 2h30m @aws @kube | Out-String -Width 160
    }

    $backup | Wait-VeleroBackup -Timeout 2h30m @kube | Out-String -Width 160
}
finally { Remove-Item -LiteralPath $kubeConfig }
