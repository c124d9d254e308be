Describe 'Workloads' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $template = @{ spec = @{ restartPolicy = 'Never'; containers = @(@{ name = 'c'; image = 'registry.test/job:1' }) } }
        function Get-CronJob([string] $Name, [string] $Namespace = 'shop') {
            @{ apiVersion = 'batch/v1'; kind = 'CronJob'; metadata = @{ namespace = $Namespace; name = $Name }; spec = @{ schedule = '0 1 * * *'; jobTemplate = @{ spec = @{ template = $template } } } }
        }
        Add-TestObject $sandbox blue @(@(Get-ShopObject) + (Get-CronJob nightly) + (Get-CronJob cleanup kube-system))
        function Get-State([string] $Cluster = 'blue') {
            $path = Join-Path $TestDrive ([guid]::NewGuid().ToString('n'))
            $null = Export-ClusterConfig -Cluster $Cluster -Path $path -Kind Deployment, CronJob @kube
            (Get-ChildItem $path -Recurse -Filter *.yaml | Where-Object Name -NE export.yaml | Get-Content -Raw) -join ''
        }
        $asItWas = Get-State
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }
    AfterEach {
        $null = Resume-ClusterWorkload -Cluster blue @kube
        $null = Resume-ClusterWorkload -Cluster blue -Namespace kube-system @kube
    }

    It 'are suspended where they begin work by themselves, and resumed' {
        $held = Suspend-ClusterWorkload -Cluster blue @kube
        $held | Should -BeOfType [KonUpgrade.Model.WorkloadChange]
        @($held).Count | Should -Be 1
        $held.Name, $held.Namespace, $held.Context, "$($held.Action)", "$($held.Class)" | Should -Be 'nightly', 'shop', 'blue', 'Suspended', 'Scheduled'
        $held.Fields[0].Path, $held.Fields[0].After | Should -Be 'spec.suspend', 'true'
        (Suspend-ClusterWorkload -Cluster blue @kube).Action | Should -Be 'Unchanged'
        (Resume-ClusterWorkload -Cluster blue @kube).Action | Should -Be 'Resumed'
        Get-State | Should -Be $asItWas
    }

    It 'of a class, a kind, a name or a namespace' {
        (Suspend-ClusterWorkload -Cluster blue -Class Serving @kube).Kind | Should -Be 'Deployment'
        (Suspend-ClusterWorkload -Cluster blue -Class All @kube).Name | Sort-Object | Should -Be 'nightly', 'web'
        $null = Resume-ClusterWorkload -Cluster blue @kube
        (Suspend-ClusterWorkload -Cluster blue -Kind deploy @kube).Name | Should -Be 'web'
        (Suspend-ClusterWorkload -Cluster blue -Name night* @kube).Name | Should -Be 'nightly'
        (Suspend-ClusterWorkload -Cluster blue -Namespace kube-system @kube).Name | Should -Be 'cleanup'
        (Resume-ClusterWorkload -Cluster blue -Class Serving @kube).Name | Should -Be 'web'
        (Resume-ClusterWorkload -Cluster blue -Namespace kube-system @kube).Name | Should -Be 'cleanup'
    }

    It 'are exported as they were before they were held, and compared so' {
        $null = Suspend-ClusterWorkload -Cluster blue -Class All @kube
        Get-State | Should -Be $asItWas
    }

    It 'change nothing with -WhatIf' {
        Suspend-ClusterWorkload -Cluster blue -Class All -WhatIf @kube | Should -BeNullOrEmpty
        Resume-ClusterWorkload -Cluster blue @kube | Should -BeNullOrEmpty
    }

    It 'arrive held, and what one import held is given back by the pipeline' {
        $path = Join-Path $TestDrive 'backup'
        $changes = Export-ClusterConfig -Cluster blue -Path $path @kube | Import-ClusterConfig -Cluster green -Hold All @kube
        ($changes | Where-Object Held).Name | Sort-Object | Should -Be 'nightly', 'web'
        ($changes | Where-Object Kind -EQ CronJob).Reason | Should -BeLike 'Held: spec.suspend true*'
        $resumed = $changes | Where-Object Held | Resume-ClusterWorkload @kube
        $resumed.Context | Sort-Object -Unique | Should -Be 'green'
        $resumed.Action | Sort-Object -Unique | Should -Be 'Resumed'
        (Compare-ClusterConfig -Reference $path -Difference green -Kind Deployment, CronJob @kube).Fields | Should -BeNullOrEmpty
    }

    It 'of the cluster that they were read from, and not of one that has its name by now' {
        $file = Join-Path $TestDrive 'items.xml'
        Get-ClusterConfig -Cluster blue -Kind CronJob -Namespace shop @kube | Export-Clixml $file
        (Import-Clixml $file | Suspend-ClusterWorkload @kube).Action | Should -Be 'Suspended'
        (Get-Content $file -Raw).Replace('>blue<', '>green<') | Set-Content $file
        { Import-Clixml $file | Suspend-ClusterWorkload @kube -ErrorAction Stop } | Should -Throw -ErrorId 'OtherCluster*'
    }

    It 'of an object that was made anew since are left alone' {
        $items = Get-ClusterConfig -Cluster blue -Kind CronJob -Namespace shop @kube
        $items.Uid | Should -Not -BeNullOrEmpty
        $file = Join-Path $TestDrive 'uid.xml'
        $items | Export-Clixml $file
        (Get-Content $file -Raw).Replace($items[0].Uid, '11111111-2222-3333-4444-555555555555') | Set-Content $file
        $change = Import-Clixml $file | Where-Object Name -EQ $items[0].Name | Suspend-ClusterWorkload @kube
        "$($change.Action)" | Should -Be 'Skipped'
        $change.Reason | Should -Match 'another of the same name'
        # That of blue says nothing of another cluster that is named.
        (Import-Clixml $file | Where-Object Name -EQ $items[0].Name | Suspend-ClusterWorkload -Cluster green @kube).Reason | Should -Not -Match 'another of the same name'
    }

    It 'of a directory of kon are of no cluster, whatever it is called' {
        $kon = New-Item -ItemType Directory (Join-Path $TestDrive 'kon')
        $null = New-Item -ItemType Directory (Join-Path $kon 'apps'), (Join-Path $kon 'builds'), (Join-Path $kon 'configs'), (Join-Path $kon 'linkedaccounts')
        Set-Content (Join-Path $kon 'clusterconfig.yaml') "apiVersion: k11n.dev/v1alpha1`nkind: ClusterConfig`nmetadata: {name: green}`nspec: {}"
        Set-Content (Join-Path $kon 'apps/web.yaml') "apiVersion: k11n.dev/v1alpha1`nkind: App`nmetadata: {name: web}`nspec: {image: web}"
        $item = Get-ClusterConfig $kon | Where-Object Kind -EQ App
        $item.Context | Should -Be 'green'
        $item | Suspend-ClusterWorkload @kube -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ClusterNotGiven,*'
    }

    It 'that act outside wait, and come when they are allowed' {
        $path = Join-Path $TestDrive 'outward.yaml'
        Set-Content -LiteralPath $path -Value "apiVersion: v1`nkind: Service`nmetadata: {name: public, namespace: shop, annotations: {external-dns.alpha.kubernetes.io/hostname: shop.example}}`nspec: {ports: [{port: 80}]}"
        $change = Import-ClusterConfig $path -Cluster green @kube -WarningVariable waits -WarningAction SilentlyContinue
        "$($change.Action)", $change.Outward | Should -Be 'Skipped', 'Service'
        "$waits" | Should -BeLike '*1 Service*-AllowOutward Service*'
        (Import-ClusterConfig $path -Cluster green -AllowOutward $change.Outward @kube).Action | Should -Be 'Created'
        { Import-ClusterConfig $path -Cluster green -AllowOutward Srvice @kube } | Should -Throw -ErrorId 'KindNotOutward,*'
    }

    It 'that came back from a job are taken, and the cluster on the command line counts' {
        $null = Suspend-ClusterWorkload -Cluster blue -Class All @kube | Export-Clixml "$TestDrive/held.xml"
        $back = Import-Clixml "$TestDrive/held.xml"
        ($back | Where-Object Kind -EQ CronJob | Resume-ClusterWorkload @kube).Name | Should -Be 'nightly'
        ($back | Select-Object ApiVersion, Kind, Namespace, Name | ConvertTo-Json | ConvertFrom-Json | Resume-ClusterWorkload -Cluster blue @kube).Action | Sort-Object | Should -Be 'Resumed', 'Unchanged'
    }

    It 'of an export are taken by their own cluster' {
        $path = Join-Path $TestDrive 'items'
        $items = Export-ClusterConfig -Cluster blue -Path $path -PassThru @kube
        $items.Context | Sort-Object -Unique | Should -Be 'blue'
        $items.System | Sort-Object -Unique | Should -Be 'Kubernetes'
        @($items.ClusterUid | Sort-Object -Unique).Count | Should -Be 1
        ($items | Where-Object Kind -EQ CronJob | Suspend-ClusterWorkload @kube).Action | Should -Be 'Suspended'
        # Plain manifests are of no cluster.
        $plain = Join-Path $TestDrive 'plain.yaml'
        Set-Content -LiteralPath $plain -Value (ConvertTo-Json -Depth 32 (Get-CronJob nightly))
        Get-ClusterConfig -Path $plain | Suspend-ClusterWorkload @kube -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ClusterNotGiven,*'
    }

    It 'that were held since their data is missing stay held without it, unless that is wanted' {
        $path = Join-Path $TestDrive 'data.yaml'
        Set-Content -LiteralPath $path -Value @'
apiVersion: v1
kind: Namespace
metadata: {name: data}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: data}
spec:
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: c, image: "registry.test/db:1"}]
      volumes: [{name: v, persistentVolumeClaim: {claimName: files}}]
'@
        $held = Import-ClusterConfig $path -Cluster green @kube | Where-Object Held
        $held.Name | Should -Be 'db'
        $left = $held | Resume-ClusterWorkload @kube
        "$($left.Action)" | Should -Be 'Skipped'
        $left.Reason | Should -BeLike '*PersistentVolumeClaim files is not on green*-Force*'
        $resumed = Resume-ClusterWorkload -Cluster green -Namespace data -Force @kube -WarningVariable warnings -WarningAction SilentlyContinue
        "$($resumed.Action)" | Should -Be 'Resumed'
        "$warnings" | Should -BeLike '*files*'
    }

    It 'that act outside stay held until that is wanted' {
        $path = Join-Path $TestDrive 'dns.yaml'
        Set-Content -LiteralPath $path -Value @'
apiVersion: v1
kind: Namespace
metadata: {name: dns}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: external-dns, namespace: dns}
spec:
  replicas: 1
  selector: {matchLabels: {app: dns}}
  template:
    metadata: {labels: {app: dns}}
    spec: {containers: [{name: c, image: "registry.k8s.io/external-dns/external-dns:v0.14.0"}]}
'@
        (Import-ClusterConfig $path -Cluster green @kube | Where-Object Held).Name | Should -Be 'external-dns'
        $left = Resume-ClusterWorkload -Cluster green -Namespace dns @kube
        "$($left.Action)" | Should -Be 'Skipped'
        $left.Reason | Should -BeLike 'It stays held: it acts outside the cluster*-Force*-AllowOutward Deployment*'
        $resumed = Resume-ClusterWorkload -Cluster green -Namespace dns -Name external-dns -Force @kube -WarningVariable warnings -WarningAction SilentlyContinue
        "$($resumed.Action)" | Should -Be 'Resumed'
        "$warnings" | Should -BeLike '*acts outside the cluster from now on*'
    }

    It 'of several clusters go each to its own, and what makes no sense is said before any is changed' {
        # The namespace is there already where an earlier test has made it.
        $twin = Join-Path $TestDrive 'twin.yaml'
        $objects = @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'shop' } }, (Get-CronJob twin)
        Set-Content -LiteralPath $twin -Value (($objects | ForEach-Object { ConvertTo-Json $_ -Depth 32 -Compress }) -join "`n---`n")
        $null = Import-ClusterConfig $twin -Cluster green -Hold None @kube
        try {
            $items = @(Get-ClusterConfig -Cluster blue -Kind CronJob -Namespace shop @kube; Get-ClusterConfig -Cluster green -Kind CronJob -Namespace shop @kube | Where-Object Name -EQ twin)
            { $items | Suspend-ClusterWorkload -Kind CronJob @kube } | Should -Throw -ErrorId 'SelectionWithInput,*'
            { @(Get-ClusterContext blue @kube; $items[-1]) | Suspend-ClusterWorkload -Name * } | Should -Throw -ErrorId 'SelectionWithInput,*'
            { @(Get-ClusterContext green @kube; $items[-1]) | Suspend-ClusterWorkload @kube } | Should -Throw -ErrorId 'ClusterAndWorkloads,*'
            { @($items[-1]; Get-ClusterContext green @kube) | Suspend-ClusterWorkload @kube } | Should -Throw -ErrorId 'ClusterAndWorkloads,*'
            Resume-ClusterWorkload -Cluster blue @kube | Should -BeNullOrEmpty
            $items | Suspend-ClusterWorkload -Namespace elsewhere @kube -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $done = $items | Suspend-ClusterWorkload -Namespace shop @kube
            $done | ForEach-Object { "$($_.Context) $($_.Name) $($_.Action)" } | Sort-Object | Should -Be 'blue nightly Suspended', 'green twin Suspended'
        }
        finally { $null = Resume-ClusterWorkload -Cluster green -Namespace shop @kube }
    }

    It 'of clusters that come in' {
        (Get-ClusterContext blue @kube | Suspend-ClusterWorkload).Name | Should -Be 'nightly'
    }

    It 'need a cluster that is named' {
        { Suspend-ClusterWorkload @kube } | Should -Throw -ErrorId 'ClusterNotGiven,*'
        { Suspend-ClusterWorkload -Cluster blue -Kind ConfigMap @kube } | Should -Throw -ErrorId 'KindNotHeld,*'
        Suspend-ClusterWorkload -Cluster blue -Name webb @kube -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'WorkloadNotFound,*'
        42 | Suspend-ClusterWorkload -Cluster blue @kube -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotAWorkload,*'
    }

    It 'that can not be changed are objects, and one error at the end' {
        $fault = Add-TestFault $sandbox @{ kind = 'Refuse'; statusCode = 403; reason = 'Forbidden'; verb = 'patch'; resource = 'cronjobs' }
        try {
            $changes = Suspend-ClusterWorkload -Cluster blue -Class All @kube -ErrorVariable problem -ErrorAction SilentlyContinue
        }
        finally { Clear-TestFault $sandbox }
        ($changes | Where-Object Kind -EQ Deployment).Action | Should -Be 'Suspended'
        ($changes | Where-Object Kind -EQ CronJob).Action | Should -Be 'Failed'
        @($problem).Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'WorkloadsIncomplete,*'
    }

    It 'are given back on a cluster of several systems, which need not be told apart for that' {
        $null = Suspend-ClusterWorkload -Cluster blue @kube
        foreach ($kind in 'App.k11n.dev', 'ClusterConfig.k11n.dev', 'KubermaticConfiguration.kubermatic.k8c.io', 'Seed.kubermatic.k8c.io') {
            $name, $group = $kind -split '\.', 2
            $plural = "$($name.ToLowerInvariant())s"
            Add-TestObject $sandbox blue @{
                apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = "$plural.$group" }
                spec       = @{
                    group = $group; scope = 'Namespaced'; names = @{ kind = $name; plural = $plural; singular = $name.ToLowerInvariant() }
                    versions = @(@{ name = 'v1'; served = $true; storage = $true; schema = @{ openAPIV3Schema = @{ type = 'object'; 'x-kubernetes-preserve-unknown-fields' = $true } } })
                }
            }
        }
        { Suspend-ClusterWorkload -Cluster blue @kube } | Should -Throw -ErrorId 'SystemAmbiguous,*'
        $resumed = Resume-ClusterWorkload -Cluster blue @kube
        "$($resumed.Name) $($resumed.Action)" | Should -Be 'nightly Resumed'
    }
}
