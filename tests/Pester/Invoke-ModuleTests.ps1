<#
.SYNOPSIS
    Runs the tests of the module as built, and writes what came of them as JSON.
.DESCRIPTION
    `dotnet test` runs this where it finds pwsh and Pester, and so does build.ps1. The file holds one entry for each
    test file, with its failed tests and their messages.
#>
param(
    # Where the JSON is written; without it nothing is.
    [string] $ResultPath,
    # Which files are run.
    [string[]] $Name = '*',
    # How much is shown while they run.
    [ValidateSet('None', 'Normal', 'Detailed')] [string] $Show = 'None'
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module Pester -MinimumVersion 5.3

$Name = $Name -split ','   # a list given to pwsh -File arrives as one text
$files = Get-ChildItem -Path $PSScriptRoot -Filter *.Tests.ps1 | Where-Object { $file = $_.Name; $Name.Where({ $file -like $_ -or $file -eq "$_.Tests.ps1" }) }

function Get-Words($records) {
    @($records | ForEach-Object { $_.Exception.Message; $_.ScriptStackTrace }) -join "`n"
}

function Get-Block($blocks) {
    foreach ($block in $blocks) { $block; Get-Block $block.Blocks }
}

$result = [Collections.Generic.List[object]]::new()
$hasFailed = $false
# File by file, and what came of each is written at once: where one hangs, those before it are known.
foreach ($file in $files) {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $file.FullName
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = $Show
    $configuration.Output.CIFormat = 'None'
    $run = Invoke-Pester -Configuration $configuration
    $hasFailed = $hasFailed -or $run.FailedCount -or $run.FailedContainersCount -or $run.FailedBlocksCount
    $result.Add([pscustomobject]@{
            File    = $file.Name
            Passed  = $run.PassedCount
            Failed  = @($run.Failed | ForEach-Object {
                    [pscustomobject]@{ Name = $_.ExpandedPath; Message = Get-Words $_.ErrorRecord }
                })
            Skipped = @($run.Tests | Where-Object Result -In Skipped, Inconclusive, NotRun | ForEach-Object {
                    [pscustomobject]@{ Name = $_.ExpandedPath; Message = "$($_.ErrorRecord.Exception.Message)" -replace '^is skipped, because ' }
                })
            # A file that could not be read, or whose BeforeAll failed, has failed whatever its tests say.
            Broken  = Get-Words @($run.Containers.ErrorRecord; (Get-Block $run.Containers.Blocks).ErrorRecord | Where-Object { $_ })
        })
    if ($ResultPath) {
        ConvertTo-Json -InputObject @($result) -Depth 5 | Set-Content -LiteralPath "$ResultPath.new" -Encoding utf8
        Move-Item -LiteralPath "$ResultPath.new" -Destination $ResultPath -Force
    }
}

if ($hasFailed) {
    exit 1
}
