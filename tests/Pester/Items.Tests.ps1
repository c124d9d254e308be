Describe 'Objects of a configuration' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, red=1.32, green=1.34
        Add-TestObject $sandbox blue @(Get-ShopObject)
        Add-TestObject $sandbox red @(@{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'red' } })
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $of = @{ Cluster = 'blue'; Namespace = 'shop' } + $kube
        $into = @{ Cluster = 'green'; Existing = 'Apply'; ForceConflict = $true } + $kube
        $null = Get-ClusterConfig @of | Import-ClusterConfig @into

        function Get-Green([string] $Kind, [string] $Name) {
            (Get-ClusterConfig -Cluster green -Namespace shop -Kind $Kind @kube | Where-Object Name -EQ $Name).Object
        }
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    Context 'Get-ClusterConfig' {
        It 'gives what an export would write, object by object' {
            $items = Get-ClusterConfig @of
            $items | Should -BeOfType [KonUpgrade.Model.ClusterConfigItem]
            $items.Action | Sort-Object -Unique | Should -Be 'Read'
            $items.Kind | Should -Be 'Namespace', 'ConfigMap', 'ConfigMap', 'Service', 'Deployment'
            $items.Context | Sort-Object -Unique | Should -Be 'blue'
            "$($items[-1])" | Should -Be 'apps/v1 Deployment shop/web'
            $items[-1].Object.metadata.Contains('uid') | Should -BeFalse
        }

        It 'makes views that scripts look into and edit' {
            $web = Get-ClusterConfig @of -Kind Deployment
            $web.Object.spec.replicas | Should -BeOfType [int]
            $web.Object.spec.replicas += 3
            $web.Object.spec.replicas | Should -Be 5
            $web.Object.metadata.labels['tier'] = 'front'
            $web.Object.metadata.labels.tier | Should -Be 'front'
            $web.Object.spec.template.spec.containers[0].image | Should -Be 'registry.test/web:1'
            $web.Object.spec.template.spec.containers.Add(@{ name = 'side' })
            $web.Object.spec.template.spec.containers.Count | Should -Be 2
        }

        It 'streams: the first object comes while the rest is still read' {
            (Get-ClusterConfig @of | Select-Object -First 1).Kind | Should -Be 'Namespace'
        }

        It 'reads <Way>' -ForEach @(
            @{ Way = 'a directory'; Script = { Get-ClusterConfig $path -Kind ConfigMap } }
            @{ Way = 'a literal path'; Script = { Get-ClusterConfig -LiteralPath $path -Kind ConfigMap } }
            @{ Way = 'a directory from the pipeline'; Script = { Get-Item $path | Get-ClusterConfig -Kind ConfigMap } }
            @{ Way = 'an export from the pipeline'; Script = { $export | Get-ClusterConfig -Kind ConfigMap } }
            @{ Way = 'a context from the pipeline'; Script = { Get-ClusterContext blue @kube | Get-ClusterConfig -Kind ConfigMap -Namespace shop } }
        ) {
            $path = Join-Path $TestDrive 'exported'
            $export = Export-ClusterConfig @of -Path $path
            (& $Script).Name | Sort-Object | Should -Be 'other', 'settings'
        }

        It 'says at the end what could not be read' {
            $path = New-Item -ItemType Directory (Join-Path $TestDrive 'broken')
            Set-Content (Join-Path $path a.yaml) "apiVersion: v1`nkind: Namespace`nmetadata: {name: a}"
            Set-Content (Join-Path $path b.yaml) 'kind: Broken'
            $items = Get-ClusterConfig $path -ErrorVariable problem -ErrorAction SilentlyContinue
            $items.Action | Should -Be 'Read', 'Failed'
            $items[1].Failure.Id | Should -Be 'NotAManifest'
            $problem[-1].FullyQualifiedErrorId | Should -BeLike 'ConfigIncomplete,*'
        }
    }

    Context 'Import-ClusterConfig' {
        It 'does what its help shows of editing, also with objects that have no labels' {
            $code = ((Get-Help Import-ClusterConfig -Full).examples.example | Where-Object title -Like '*Edit on the way*').code
            $code | Should -BeLike '*ForEach-Object*'
            $PSDefaultParameterValues = @{ '*-ClusterConfig:KubeConfigPath' = $sandbox.KubeConfigPath; 'Import-ClusterConfig:Existing' = 'Apply'; 'Import-ClusterConfig:ForceConflict' = $true }
            $changes = & ([scriptblock]::Create("Set-StrictMode -Off; $code"))
            $PSDefaultParameterValues = @{}
            $changes.Action | Sort-Object -Unique | Should -Be 'Updated'
            (Get-Green Namespace shop).metadata.labels['moved'] | Should -Be 'yes'
            (Get-Green Deployment web).metadata.labels['moved'] | Should -Be 'yes'
        }

        It 'takes them as a script edited them' {
            $changes = Get-ClusterConfig @of | ForEach-Object { if ($_.Kind -eq 'Deployment') { $_.Object.spec.replicas = 4 }; $_ } | Import-ClusterConfig @into
            $changes.Count | Should -Be 5
            ($changes | Where-Object Action -EQ Updated).Kind | Should -Be 'Deployment'
            (Get-Green Deployment web).spec.replicas | Should -Be 4
        }

        It 'refuses the cluster that they came from' {
            { Get-ClusterConfig @of | Import-ClusterConfig -Cluster blue @kube } | Should -Throw -ErrorId 'SameCluster,*'
        }

        It 'refuses those of two clusters at once' {
            $changes = & { Get-ClusterConfig @of; Get-ClusterConfig -Cluster red -Namespace red @kube } | Import-ClusterConfig @into -ErrorVariable problem -ErrorAction SilentlyContinue
            $changes | Should -BeNullOrEmpty
            $problem[-1].FullyQualifiedErrorId | Should -BeLike 'SeveralClusters,*'
        }

        It 'takes what came back from a job, edited there and here' {
            $job = Start-Job -ArgumentList $manifestPath, $of {
                param($module, $of)
                Import-Module $module
                Get-ClusterConfig @of -Kind ConfigMap | ForEach-Object { $_.Object.data['there'] = 'yes'; $_ }
            }
            $items = $job | Receive-Job -Wait -AutoRemoveJob
            $items.Count | Should -Be 2
            $changes = $items | ForEach-Object { $_.Object.data['here'] = 'yes'; $_ } | Import-ClusterConfig @into
            $changes.Action | Should -Be 'Updated', 'Updated'
            $data = (Get-Green ConfigMap settings).data
            $data.there, $data.here, $data.size | Should -Be 'yes', 'yes', '014'
        }

        It 'takes the edited object and not its file, where it came back from a session without the module' {
            $path = Join-Path $TestDrive 'lone'
            $null = Export-ClusterConfig @of -Path $path -Kind ConfigMap
            $xml = Join-Path $TestDrive 'items.xml'
            Get-ClusterConfig $path | ForEach-Object { $_.Object.data['lone'] = 'yes'; $_ } | Export-Clixml $xml
            $back = Join-Path $TestDrive 'back.xml'
            Invoke-Session "Import-Clixml '$xml' | Export-Clixml '$back'" | Should -BeNullOrEmpty
            $null = Import-Clixml $back | Import-ClusterConfig @into
            (Get-Green ConfigMap settings).data.lone | Should -Be 'yes'
        }

        It 'takes numbers of every kind through CliXml without loss' {
            $json = '{"apiVersion":"v1","kind":"Thing","metadata":{"name":"n"},"a":1.0,"b":1e400,"c":12345678901234567890,"d":null,"deep":' + ('[' * 60) + (']' * 60) + '}'
            $file = Join-Path $TestDrive 'thing.json'
            Set-Content $file $json
            $item = Get-ClusterConfig $file
            $null = $item.Object.a
            $item | Export-Clixml "$TestDrive/thing.xml"
            (Import-Clixml "$TestDrive/thing.xml").Json | Should -Be $json
        }

        It 'takes <Way>' -ForEach @(
            @{ Way = 'a dictionary'; Made = { @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'made'; namespace = 'shop' }; data = @{ way = $Way } } } }
            @{ Way = 'an ordered dictionary'; Made = { [ordered]@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'made'; namespace = 'shop' }; data = @{ way = $Way } } } }
            @{ Way = 'what ConvertFrom-Json gives'; Made = { @"
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"made","namespace":"shop"},"data":{"way":"$Way"}}
"@ | ConvertFrom-Json } }
        ) {
            (& $Made | Import-ClusterConfig @into).Action | Should -BeIn 'Created', 'Updated'
            (Get-Green ConfigMap made).data.way | Should -Be $Way
        }

        It 'fails only the one that <Why>' -ForEach @(
            @{ Why = 'holds a script block'; Id = 'ValueNotSupported'; Edit = { $_.Object.data['x'] = { 1 } } }
            @{ Why = 'holds a date'; Id = 'DateNotText'; Edit = { $_.Object.data['x'] = Get-Date } }
            @{ Why = 'holds a new null'; Id = 'NullMember'; Edit = { $_.Object.data['x'] = $null } }
            @{ Why = 'is within itself'; Id = 'ManifestCircle'; Edit = { $_.Object.data['x'] = $_.Object } }
            @{ Why = 'has a number for a name'; Id = 'NotAManifest'; Edit = { $_.Object.metadata.name = 5 } }
            @{ Why = 'has no kind'; Id = 'NotAManifest'; Edit = { $_.Object.Remove('kind') } }
            @{ Why = 'holds a process'; Id = 'ValueNotSupported'; Edit = { $_.Object.data['x'] = Get-Process -Id $PID } }
        ) {
            $changes = Get-ClusterConfig @of -Kind ConfigMap | ForEach-Object { if ($_.Name -eq 'other') { . $Edit }; $_ } |
                Import-ClusterConfig @into -ErrorAction SilentlyContinue
            $failed = $changes | Where-Object Action -EQ Failed
            $failed.Name | Should -Be 'other'
            $failed.Failure.Id | Should -Be $Id
            ($changes | Where-Object Name -EQ settings).Action | Should -BeIn 'Updated', 'Unchanged'
        }

        It 'takes no object that is none' {
            $changes = Get-Process -Id $PID | Import-ClusterConfig @into -ErrorVariable problem -ErrorAction SilentlyContinue
            $changes | Should -BeNullOrEmpty
            $problem.Count | Should -BeGreaterThan 0
        }

        It 'writes nothing with -WhatIf' {
            $would = Get-ClusterConfig @of -Kind ConfigMap | ForEach-Object { $_.Object.data['whatif'] = 'yes'; $_ } | Import-ClusterConfig @into -WhatIf
            $would.Fields.Path | Should -Contain 'data.whatif'
            (Get-Green ConfigMap settings).data.Contains('whatif') | Should -BeFalse
        }

        It 'leaves nothing on the disk' {
            # A folder for temporary files that nobody else has.
            $temporary = New-Item -ItemType Directory -Path (Join-Path $TestDrive temporary)
            $was = Set-TestEnvironment @{ TMPDIR = $temporary.FullName; TMP = $temporary.FullName; TEMP = $temporary.FullName }
            try {
                $null = Get-ClusterConfig @of | Import-ClusterConfig @into
                Get-ClusterConfig @of | Import-ClusterConfig @into | Select-Object -First 1 | Should -Not -BeNullOrEmpty
            }
            finally { $null = Set-TestEnvironment $was }
            Get-ChildItem $temporary -Force | Should -BeNullOrEmpty
        }
    }

    Context 'Convert-ClusterConfig' {
        BeforeAll {
            $old = @{
                apiVersion = 'apiextensions.k8s.io/v1beta1'; kind = 'CustomResourceDefinition'; metadata = @{ name = 'ovens.bakery.test' }
                spec       = @{ group = 'bakery.test'; version = 'v1'; scope = 'Namespaced'; names = @{ kind = 'Oven'; plural = 'ovens'; singular = 'oven'; listKind = 'OvenList' } }
            }
        }

        It 'stands between reading and importing, and passes on what needs nothing' {
            $items = & { $old; Get-ClusterConfig @of -Kind ConfigMap } | Convert-ClusterConfig -TargetVersion 1.34
            $items.Action | Should -Be 'Converted', 'Read', 'Read'
            $items[0].Conversion.From | Should -Be 'apiextensions.k8s.io/v1beta1'
            $items[0].Object.spec.versions[0].name | Should -Be 'v1'
            ($items[0] | Import-ClusterConfig @into).Action | Should -Be 'Created'
        }

        It 'keeps what was converted through a job' {
            $item = Start-Job -ArgumentList $manifestPath, $old { param($module, $old) Import-Module $module; $old | Convert-ClusterConfig -TargetVersion 1.34 } | Receive-Job -Wait -AutoRemoveJob
            $item.Action | Should -Be 'Converted'
            $item.Conversion.To | Should -Be 'apiextensions.k8s.io/v1'
            $item.Conversion.Note.Count | Should -BeGreaterThan 0
        }

        It 'asks a cluster what it serves' {
            ($old | Convert-ClusterConfig -Cluster green @kube).ApiVersion | Should -Be 'apiextensions.k8s.io/v1'
        }

        It 'reads a directory, and says at the end what can not be converted' {
            $path = New-Item -ItemType Directory (Join-Path $TestDrive 'convert')
            ConvertTo-Json $old -Depth 9 | Set-Content (Join-Path $path a.json)
            Set-Content (Join-Path $path b.yaml) "apiVersion: networking.k8s.io/v1beta1`nkind: Ingress`nmetadata: {name: i, namespace: shop}`nspec: {backend: {serviceName: web, servicePort: http}}"
            Set-Content (Join-Path $path c.yaml) "apiVersion: policy/v1beta1`nkind: PodSecurityPolicy`nmetadata: {name: tight}"
            $items = Convert-ClusterConfig $path -TargetVersion 1.34 -ErrorVariable problem -ErrorAction SilentlyContinue
            $items.Action | Should -Be 'Converted', 'Converted', 'Failed'
            $items[1].Object.spec.defaultBackend.service.port.name | Should -Be http
            $items[2].Reason | Should -BeLike '*Pod Security Admission*'
            $problem[-1].FullyQualifiedErrorId | Should -BeLike 'ConversionIncomplete,*'
        }

        It 'wants either a version or a cluster' {
            { $old | Convert-ClusterConfig } | Should -Throw -ErrorId 'ConversionTargetNotGiven,*'
            { $old | Convert-ClusterConfig -TargetVersion 1.34 -Cluster green @kube } | Should -Throw -ErrorId 'ConversionTargetNotGiven,*'
            { $old | Convert-ClusterConfig -TargetVersion soon } | Should -Throw -ErrorId 'InvalidTargetVersion,*'
        }
    }

    It 'are no side of a comparison, which is said' {
        $problem = $null
        Get-ClusterConfig @of -Kind Namespace | Compare-ClusterConfig -Difference green @kube -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        "$($problem[0])" | Should -BeLike '*Namespace shop*whole sides are compared*-Kind*'
    }

    It 'reads a directory of kon cluster export as it is' {
        $path = Join-Path $TestDrive 'kon'
        foreach ($folder in 'apps', 'builds', 'configs/shared', 'linkedaccounts') { $null = New-Item -ItemType Directory (Join-Path $path $folder) }
        foreach ($one in @{ File = 'clusterconfig.yaml'; Kind = 'ClusterConfig'; Name = 'town' }, @{ File = 'apps/baker.yaml'; Kind = 'App'; Name = 'baker' }) {
            Set-Content (Join-Path $path $one.File) "apiVersion: k11n.dev/v1alpha1`nkind: $($one.Kind)`nmetadata:`n  name: $($one.Name)`nspec: {}"
        }
        Set-Content (Join-Path $path 'configs/shared/flour.yaml') 'mill: stone'
        Set-Content (Join-Path $path 'notes.txt') 'mine'
        $items = Get-ClusterConfig $path
        $items | ForEach-Object { "$($_.Action) $($_.Kind) $($_.Name)" } |
            Should -Be 'Read App baker', 'Read ClusterConfig town', 'Read AppConfig shared-flour', 'LeftOut  notes.txt'
        $items.System | Sort-Object -Unique | Should -Be 'Konstellation'
        [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($items[2].Object.config)) | Should -Match 'mill: stone'
    }
}
