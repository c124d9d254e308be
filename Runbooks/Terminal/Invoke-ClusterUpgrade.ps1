#Requires -Version 7.4
#Requires -Modules KonUpgrade

<#
.SYNOPSIS
    Leads a person through a whole upgrade at a terminal, from blue to green or in place.
.DESCRIPTION
    Makes the plan and writes it to a file, tells what each step would do, and runs it once somebody has agreed. At each gate,
    and where a step fails, it shows what was found and asks: go on, stop, or take everything back. After each run the report
    is written anew.

    Everything is in one directory: plan.yaml, which may be edited before the first run, upgrade.jsonl, the journal, and
    report.html. Ended at any instant, the same command goes on where it was.
.PARAMETER Blue
    The context of the cluster that serves now.
.PARAMETER Green
    The context of the cluster that is to serve.
.PARAMETER Cluster
    The context of a cluster that is upgraded where it is, such as the master of a Kubermatic.
.PARAMETER TargetVersion
    The version to which its system is brought. Its installer is run in another terminal, when a warning says so, with the
    command.
.PARAMETER Path
    The directory of this upgrade.
.PARAMETER System
    The system as which the clusters are moved; found by itself unless told.
.PARAMETER Namespace
    Only these namespaces, with * and ?.
.PARAMETER Setting
    What steps have to know: @{ traffic = @{ hosts = 'shop.example.com'; weights = 5, 25, 100 } }
.PARAMETER Gate
    Steps before which it is asked, beside those of the system; from blue to green, quiesce-blue unless told.
.PARAMETER Omit
    Steps that the plan is to be without.
.PARAMETER Certificate
    The file of a certificate with its private key. With it the plan takes Secrets along, and what else holds credentials,
    encrypted for the holder of the key; each run needs it. A Kubermatic can't be built again from exports without them.
.PARAMETER Aws
    As whom and where AWS is asked: @{ ProfileName = 'platform'; Region = 'eu-central-1' }
.PARAMETER KubeConfigPath
    The kubeconfig; the usual one unless told.
.EXAMPLE
    ./Invoke-ClusterUpgrade.ps1 -Blue blue -Green green -Setting @{ soak = @{ duration = '30m' } }
.EXAMPLE
    ./Invoke-ClusterUpgrade.ps1 -Cluster master -TargetVersion 2.31
#>
[CmdletBinding(DefaultParameterSetName = 'BlueGreen')]
param(
    [Parameter(Mandatory, ParameterSetName = 'BlueGreen')] [string] $Blue,
    [Parameter(Mandatory, ParameterSetName = 'BlueGreen')] [string] $Green,
    [Parameter(Mandatory, ParameterSetName = 'InPlace')] [string] $Cluster,
    [Parameter(Mandatory, ParameterSetName = 'InPlace')] [string] $TargetVersion,
    [string] $Path = ($Cluster ? "./$Cluster-to-$TargetVersion" : "./$Blue-to-$Green"),
    [string] $System,
    [string[]] $Namespace,
    [hashtable] $Setting = @{},
    [string[]] $Gate = ($Cluster ? @() : 'quiesce-blue'),
    [string[]] $Omit,
    [string] $Certificate,
    [ValidateScript({ -not ($_.Keys | Where-Object { $_ -notin 'ProfileName', 'Credential', 'SessionToken', 'Region', 'EndpointUrl' }) }, ErrorMessage = 'ProfileName, Credential, SessionToken, Region and EndpointUrl are what it can have.')]
    [hashtable] $Aws = @{},
    [string] $KubeConfigPath
)

# A failed step is shown and asked about; what else fails ends the script.
$ErrorActionPreference = 'Stop'
$kube = if ($KubeConfigPath) { @{ KubeConfigPath = $KubeConfigPath } } else { @{} }
$null = New-Item -ItemType Directory -Path $Path -Force
$planFile, $journal, $report = 'plan.yaml', 'upgrade.jsonl', 'report.html' | ForEach-Object { Join-Path $Path $_ }
$run = @{ JournalPath = $journal } + $Aws + $kube
if ($Certificate) { $run.Certificate = $Certificate }
# Warnings say what somebody is to do meanwhile, such as to run an installer.
$once = @{ ErrorAction = 'Continue'; WarningAction = 'Continue' }

function Read-Answer([string] $Question, [string[]] $Answers) {
    $choices = [System.Management.Automation.Host.ChoiceDescription[]] @($Answers.ForEach({ "&$_" }))
    $Answers[$Host.UI.PromptForChoice('', $Question, $choices, $Answers.IndexOf('Stop'))]
}

if (-not (Test-Path -LiteralPath $journal)) {
    if (-not (Test-Path -LiteralPath $planFile)) {
        $choices = $Cluster ? @{ Cluster = $Cluster; TargetVersion = $TargetVersion } : @{ Blue = $Blue; Green = $Green }
        $choices.Setting = $Setting
        if ($Certificate) { $choices.Secret = 'Encrypt' }
        if ($System) { $choices.System = $System }
        if ($Namespace) { $choices.Namespace = $Namespace }
        if ($Omit) { $choices.Omit = $Omit }
        if ($Gate) { $choices.Gate = $Gate }
        New-UpgradePlan @choices @kube | Export-UpgradePlan $planFile
        "The plan is in $planFile." | Out-Host
    }
    $plan = Import-UpgradePlan $planFile
    # Nothing is written to a cluster by that.
    $plan | Invoke-BlueGreenUpgrade -WhatIf @run @once | Format-Table Id, Target, Risk, Gate, Result -Wrap | Out-Host
    if ((Read-Answer 'Is that what is to be done? The plan may be edited first.' 'Go on', 'Stop') -eq 'Stop') { return }
    $upgrade = $plan | Invoke-BlueGreenUpgrade @run @once
}
else { $upgrade = Get-BlueGreenUpgrade $journal @kube }

while ($true) {
    $upgrade | Export-UpgradeReport $report -Force @kube
    $upgrade.Steps | Out-Host
    "$($upgrade.Name) is $($upgrade.State). $($upgrade.Reason) The report is in $report." | Out-Host
    if ($upgrade.State -eq 'Completed') { "Undo-BlueGreenUpgrade -JournalPath $journal takes it back." | Out-Host }
    if ($upgrade.State -in 'Completed', 'Undone') { return $upgrade }

    $waiting = @($upgrade.Steps | Where-Object State -EQ AwaitingApproval)
    $answers = switch ($upgrade.State) {
        AwaitingApproval { 'Approve', 'Stop', 'Take back' }
        { $_ -in 'Running', 'Stopped', 'Failed' } { 'Go on', 'Stop', 'Take back' }
        { $_ -in 'Undoing', 'UndoFailed' } { 'Take back', 'Stop' }
    }
    switch (Read-Answer "What now?$(if ($waiting) { " $($waiting.Id -join ', ') waits." })" $answers) {
        'Approve' { $upgrade = Resume-BlueGreenUpgrade -Approve $waiting.Id @run @once }
        'Go on' { $upgrade = Resume-BlueGreenUpgrade @run @once }
        'Take back' { $upgrade = Undo-BlueGreenUpgrade @run @once }
        'Stop' { return $upgrade }
    }
}
