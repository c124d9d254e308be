<#
.SYNOPSIS
    Builds, tests, packages and rehearses KonUpgrade.
.DESCRIPTION
    Build      compiles the solution and lays the module out beside KonUpgrade.psd1, so that it can be imported.
    Test       runs every test: dotnet test, which runs tests/Pester too.
    Package    builds Release and makes artifacts/KonUpgrade.<version>.zip, checked against what hosts take.
    Rehearse   runs a whole migration on the sandbox.
.EXAMPLE
    ./build.ps1
    Import-Module ./KonUpgrade.psd1
.EXAMPLE
    ./build.ps1 Test, Package
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Rehearse')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Debug'
)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

function Invoke-Program([string] $Program, [string[]] $With) {
    & $Program @With
    if ($LASTEXITCODE) { throw "$Program $($With -join ' ') ended with $LASTEXITCODE" }
}

# What Azure Automation takes, and the tightest of the hosts that we know.
$largestModule = 100MB
$longestPath = 139

function Build-Package {
    Invoke-Program dotnet @('build', 'src/KonUpgrade', '--configuration', 'Release', '--nologo')
    $manifest = Test-ModuleManifest -Path ./KonUpgrade.psd1
    $folder = Join-Path $PSScriptRoot 'artifacts/KonUpgrade'
    $archive = Join-Path $PSScriptRoot "artifacts/KonUpgrade.$($manifest.Version).zip"
    foreach ($old in $folder, $archive) { if (Test-Path -LiteralPath $old) { Remove-Item -LiteralPath $old -Recurse } }
    $null = New-Item -ItemType Directory -Path $folder
    Copy-Item -Path ./KonUpgrade.psd1, ./LICENSE, ./bin, ./en-US, ./Runbooks -Destination $folder -Recurse
    # Where people look for it: beside the license.
    Move-Item -LiteralPath (Join-Path $folder 'bin/THIRD-PARTY-NOTICES.txt') -Destination $folder

    $files = Get-ChildItem -LiteralPath $folder -Recurse -File
    $size = ($files | Measure-Object Length -Sum).Sum
    if ($size -gt $largestModule) { throw "The module has $([math]::Round($size / 1MB)) MB; $($largestModule / 1MB) is the most." }
    foreach ($file in $files) {
        # Seen from the folder that the modules are in.
        $path = [IO.Path]::GetRelativePath((Split-Path $folder), $file.FullName)
        if ($path.Length -gt $longestPath) { throw "The path '$path' has $($path.Length) characters; $longestPath is the most." }
    }
    if (-not (Test-Path "$folder/bin/Dependencies/linux-x64")) {
        Write-Warning 'The engine is not compiled ahead of time: that is done where the build runs on Linux x64. The package works, and starts more slowly.'
    }

    # The package itself is what must load, in a session that knows nothing of this one.
    $pwsh = [Environment]::ProcessPath
    $names = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$folder/KonUpgrade.psd1' -ErrorAction Stop; `$null = Get-UpgradeSystem -ErrorAction Stop; (Get-Command -Module KonUpgrade).Name"
    if ($LASTEXITCODE -or (Compare-Object @($names) @($manifest.ExportedCmdlets.Keys))) { throw "The package does not load as it should: $names" }

    [IO.Compression.ZipFile]::CreateFromDirectory($folder, $archive, [IO.Compression.CompressionLevel]::SmallestSize, $true)
    "${archive}: $(@($files).Count) files, $([math]::Round($size / 1MB, 1)) MB, $([math]::Round((Get-Item $archive).Length / 1MB, 1)) MB compressed"
}

Push-Location -LiteralPath $PSScriptRoot
try {
    foreach ($one in $Task) {
        switch ($one) {
            Build { Invoke-Program dotnet @('build', 'KonUpgrade.sln', '--configuration', $Configuration, '--nologo') }
            Test { Invoke-Program dotnet @('test', '--configuration', $Configuration) }
            Package { Build-Package }
            Rehearse { Invoke-Program dotnet @('run', '--project', 'src/KonUpgrade.Rehearsal', '--configuration', $Configuration) }
        }
    }
}
finally { Pop-Location }
