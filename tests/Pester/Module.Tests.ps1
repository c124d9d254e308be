BeforeDiscovery {
    $cmdlets = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../KonUpgrade.psd1')).CmdletsToExport
}

Describe 'The module' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $manifest = Import-PowerShellDataFile $manifestPath
        # Reading it takes the engine and its YAML library.
        $kubeconfig = Join-Path $TestDrive 'config'
        Set-Content -LiteralPath $kubeconfig -Value "apiVersion: v1`nkind: Config`ncontexts: [{name: known, context: {cluster: one}}]"
        $use = "(Get-ClusterContext -KubeConfigPath '$kubeconfig').Name"
        # Another library of the same name, as another module would bring it; made here, and loaded by sessions alone.
        $other = Join-Path $TestDrive 'YamlDotNet.dll'
        Add-Type -OutputAssembly $other -TypeDefinition '[assembly: System.Reflection.AssemblyVersion("5.0.0.0")] namespace YamlDotNet.RepresentationModel { public class YamlStream { } }'
    }

    It 'has a manifest that holds' {
        $tested = Test-ModuleManifest -Path $manifestPath -ErrorAction Stop
        $tested.CompatiblePSEditions | Should -Be 'Core'
        $tested.PowerShellVersion | Should -Be '7.4'
    }

    It 'exports what the manifest says, and the manifest names no wildcard' {
        (Get-Command -Module KonUpgrade).Name | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        foreach ($list in 'CmdletsToExport', 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport') {
            @($manifest[$list]) | Where-Object { $_ -match '[*?]' } | Should -BeNullOrEmpty
        }
    }

    It 'exports every cmdlet of its assembly' {
        $assembly = Import-Module (Join-Path $moduleRoot 'bin/KonUpgrade.dll') -PassThru
        try { $assembly.ExportedCmdlets.Keys | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object) }
        finally { Remove-Module -ModuleInfo $assembly; Import-Module $manifestPath -Force }
    }

    It 'keeps the engine and its libraries out of the default load context' {
        $null = Get-ClusterContext -KubeConfigPath $kubeconfig
        $loaded = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.Location -like "$moduleRoot*Dependencies*" }
        $loaded | Should -Not -BeNullOrEmpty
        foreach ($assembly in $loaded) {
            [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly).Name | Should -Be 'KonUpgrade.Engine' -Because $assembly.GetName().Name
        }
        [Runtime.Loader.AssemblyLoadContext]::GetLoadContext([KonUpgrade.Model.Failure].Assembly).Name | Should -Be 'Default'
    }

    It 'loads no engine at import' {
        Invoke-Session @"
Import-Module '$manifestPath'
@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { `$_.GetName().Name -eq 'KonUpgrade.Engine' }).Count
"@ | Should -Be '0'
    }

    It 'works on after Import-Module -Force and after Remove-Module' {
        Invoke-Session @"
`$ErrorActionPreference = 'Stop'
Import-Module '$manifestPath'
Import-Module '$manifestPath' -Force
$use
Remove-Module KonUpgrade
Import-Module '$manifestPath'
$use
"@ | Should -Be 'known', 'known'
    }

    It 'is not harmed by another YamlDotNet in the session, loaded before or after' -ForEach @(
        @{ When = 'before' }, @{ When = 'after' }
    ) {
        $load = "Add-Type -Path '$other'"
        $import = "Import-Module '$manifestPath'"
        $script = if ($When -eq 'before') { $load, $import, $use } else { $import, $use, $load, $use }
        Invoke-Session @"
`$ErrorActionPreference = 'Stop'
$($script -join "`n")
[YamlDotNet.RepresentationModel.YamlStream].Assembly.GetName().Version.ToString()
"@ | Select-Object -Last 2 | Should -Be 'known', '5.0.0.0'
    }

    It 'is imported in runspaces of one process at the same time' {
        $names = 1..4 | ForEach-Object -Parallel {
            Import-Module $using:manifestPath
            (Get-ClusterContext -KubeConfigPath $using:kubeconfig).Name
        }
        $names | Should -Be (@('known') * 4)
    }

    It 'names everything of others that it ships, with its license' {
        $notices = Get-Content -LiteralPath (Join-Path $moduleRoot 'bin/THIRD-PARTY-NOTICES.txt') -Raw
        $ours = 'KonUpgrade.Engine', 'KonUpgrade.Model', 'KonUpgrade.Sandbox'
        $others = Get-ChildItem -Path (Join-Path $moduleRoot 'bin/Dependencies'), (Join-Path $moduleRoot 'bin/Sandbox') -Recurse -Filter *.dll | Where-Object BaseName -NotIn $ours
        $others.BaseName | Should -Contain 'YamlDotNet'
        foreach ($name in $others.BaseName | Sort-Object -Unique) {
            $notices | Should -Match "(?m)^$([regex]::Escape($name)) \d+\.\d" -Because $name
        }
        $notices | Should -Match '(?s)YamlDotNet 16.*?Copyright \(c\) Antoine Aubry and contributors.*?License: MIT.*?Permission is hereby granted'
        $notices | Should -Match '(?s)AWSSDK\.Core \d.*?License: Apache-2\.0'
    }

    It 'lies in paths that every host takes' {
        $files = Get-ChildItem -LiteralPath (Join-Path $moduleRoot 'bin'), (Join-Path $moduleRoot 'en-US') -Recurse -File
        ($files | Measure-Object Length -Sum).Sum | Should -BeLessThan 100MB
        $files | ForEach-Object { [IO.Path]::GetRelativePath($moduleRoot, $_.FullName).Length } | Measure-Object -Maximum |
            ForEach-Object Maximum | Should -BeLessThan 120
    }
}

Describe 'Help' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + 'ProgressAction'
        # Finding a page takes PowerShell longer than all that is looked at in it.
        $pages = @{}
        function Get-Page([string] $Name) {
            if (-not $pages.ContainsKey($Name)) { $pages[$Name] = Get-Help $Name -Full -ErrorAction Ignore }
            $pages[$Name]
        }
        function Get-Text($Paragraphs) { ($Paragraphs.Text -join "`n").Trim() }
    }

    It '<_> has a synopsis, a description and at least two examples that say what they do' -ForEach $cmdlets {
        $help = Get-Page $_
        $help.Synopsis | Should -Match '\.$'
        Get-Text $help.description | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        foreach ($example in $help.examples.example) {
            $example.code | Should -Not -BeNullOrEmpty
            Get-Text $example.remarks | Should -Not -BeNullOrEmpty
            $mistakes = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $mistakes)
            $mistakes | Should -BeNullOrEmpty -Because $example.code
        }
    }

    It '<_> tells of each parameter what is true' -ForEach $cmdlets {
        $command = Get-Command $_
        $told = @{}
        foreach ($parameter in (Get-Page $_).parameters.parameter) { $told[$parameter.name] = $parameter }
        $real = $command.Parameters.Values | Where-Object Name -NotIn $common
        $told.Keys | Sort-Object | Should -Be ($real.Name | Sort-Object)
        foreach ($parameter in $real) {
            $help = $told[$parameter.Name]
            Get-Text $help.description | Should -Not -BeNullOrEmpty -Because $parameter.Name
            $type = [Nullable]::GetUnderlyingType($parameter.ParameterType) ?? $parameter.ParameterType
            $help.type.name | Should -Be $type.Name -Because $parameter.Name
            $aliases = if ($parameter.Aliases) { $parameter.Aliases -join ', ' } else { 'none' }
            $help.aliases | Should -Be $aliases -Because $parameter.Name
            $set = $parameter.ParameterSets.Values | Select-Object -First 1
            $help.required | Should -Be "$($set.IsMandatory)".ToLowerInvariant() -Because $parameter.Name
            $help.position | Should -Be $(if ($set.Position -ge 0) { "$($set.Position)" } else { 'named' }) -Because $parameter.Name
            $pipeline = @(if ($set.ValueFromPipeline) { 'ByValue' }; if ($set.ValueFromPipelineByPropertyName) { 'ByPropertyName' })
            $help.pipelineInput | Should -Be $(if ($pipeline) { "True ($($pipeline -join ', '))" } else { 'False' }) -Because $parameter.Name
            $help.globbing | Should -Be "$([bool]($parameter.Attributes | Where-Object { $_ -is [SupportsWildcards] }))".ToLowerInvariant() -Because $parameter.Name
        }
    }

    It '<_> shows every parameter set with its parameters' -ForEach $cmdlets {
        $sets = (Get-Command $_).ParameterSets
        $items = @((Get-Page $_).syntax.syntaxItem)
        $items.Count | Should -Be $sets.Count
        $told = $items | ForEach-Object { ($_.parameter.name | Sort-Object) -join ' ' }
        $real = $sets | ForEach-Object { ($_.Parameters.Name | Where-Object { $_ -notin $common } | Sort-Object) -join ' ' }
        $told | Sort-Object | Should -Be ($real | Sort-Object)
    }

    It '<_> links to pages that are there' -ForEach $cmdlets {
        foreach ($link in (Get-Page $_).relatedLinks.navigationLink.linkText) {
            Get-Page $link | Should -Not -BeNullOrEmpty -Because $link
        }
    }

    It 'has the topic <_>' -ForEach 'about_KonUpgrade', 'about_KonUpgrade_Login', 'about_KonUpgrade_Safety', 'about_KonUpgrade_Readiness', 'about_KonUpgrade_Runbooks', 'about_KonUpgrade_Systems', 'about_KonUpgrade_Upgrades', 'about_KonUpgrade_Nodepools', 'about_KonUpgrade_Velero' {
        Get-Help $_ | Out-String | Should -Match 'LONG DESCRIPTION'
    }

    It 'shows scripts that can be read as they stand' {
        foreach ($topic in Get-ChildItem (Join-Path $moduleRoot 'en-US/about_*.help.txt')) {
            foreach ($line in Get-Content $topic) { $line.Length | Should -BeLessOrEqual 120 -Because "$($topic.Name): $line" }
        }
    }
}
