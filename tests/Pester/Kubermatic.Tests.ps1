# A Kubermatic of a master and a seed, on simulated clusters, and where they go.
Describe 'A Kubermatic moves, each cluster by itself' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        function Get-Kkp([string] $Kind, [string] $Name, [hashtable] $Spec = @{}, [string] $Namespace, [hashtable] $More = @{}) {
            $metadata = @{ name = $Name }
            if ($Namespace) { $metadata.namespace = $Namespace }
            @{ apiVersion = 'kubermatic.k8c.io/v1'; kind = $Kind; metadata = $metadata; spec = $Spec } + $More
        }
        function Get-Installed([switch] $Master) {
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'kubermatic' } }
            $kinds = @{ Cluster = 'Cluster'; Preset = 'Cluster'; User = 'Cluster'; Project = 'Cluster'; Seed = 'Namespaced'; KubermaticConfiguration = 'Namespaced'; Addon = 'Namespaced' }
            if ($Master) { $kinds.KubermaticSetting = 'Cluster' }
            foreach ($kind in $kinds.Keys) {
                $name = $kind.ToLowerInvariant()
                @{
                    apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = "${name}s.kubermatic.k8c.io" }
                    spec       = @{
                        group = 'kubermatic.k8c.io'; scope = $kinds[$kind]; names = @{ kind = $kind; plural = "${name}s"; singular = $name; listKind = "${kind}List" }
                        versions = @(@{ name = 'v1'; served = $true; storage = $true; schema = @{ openAPIV3Schema = @{ type = 'object'; 'x-kubernetes-preserve-unknown-fields' = $true } } })
                    }
                }
            }
        }
        $sandbox = Start-UpgradeSandbox master=1.33, eu=1.33, newmaster=1.34, neweu=1.34
        $kubeConfig = (Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw) -replace 'current-context: .*', 'current-context: eu'
        Add-TestObject $sandbox master @(
            Get-Installed -Master
            @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = 'kubeconfig-eu'; namespace = 'kubermatic' }; data = @{ kubeconfig = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($kubeConfig)) } }
            Get-Kkp Seed eu @{ country = 'DE'; kubeconfig = @{ name = 'kubeconfig-eu' } } kubermatic @{ status = @{ clusters = 2 } }
            Get-Kkp Seed lost @{ country = 'US'; kubeconfig = @{ name = 'nowhere' } } kubermatic
            Get-Kkp Project p7m2 @{ name = 'shop' }
            Get-Kkp Preset aws @{ aws = @{ secretAccessKey = 'planted-key' } }
        )
        Add-TestObject $sandbox eu @(
            Get-Installed
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'cluster-abc' } }
            Get-Kkp Cluster abc @{ humanReadableName = 'shop'; version = '1.33.4' }
            Get-Kkp Cluster old @{ humanReadableName = 'old'; cloud = @{ aws = @{ secretAccessKey = 'planted-key' } } }
            Get-Kkp Addon canal @{ name = 'canal' } cluster-abc
            Get-Kkp Project p7m2 @{ name = 'shop' }
        )
        Add-TestObject $sandbox newmaster @(Get-Installed -Master)
        Add-TestObject $sandbox neweu @(Get-Installed)
        $with = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $path = "$TestDrive/backup"
        $exports = Export-ClusterConfig -Cluster master -Path $path @with -ErrorVariable lost -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'has an export for the master and for each seed, and an error for the one that nothing leads to' {
        $exports.Role | Should -Be 'master', 'seed'
        $exports.System | Select-Object -Unique | Should -Be 'Kubermatic'
        $exports.Complete | Should -Be $true, $true
        Split-Path -Leaf $exports.Path | Should -Be 'master', 'seed-eu'
        "$path/seed-eu/kubermatic.k8c.io/Cluster/_cluster/abc.yaml" | Should -Exist
        "$path/master/kubermatic.k8c.io/Seed/kubermatic/eu.yaml" | Should -Exist
        @($lost).Count | Should -Be 1
        $lost[0].FullyQualifiedErrorId | Should -BeLike 'SeedKubeConfigMissing,*'
        $kubeConfig -match 'token: (\S+)' | Should -BeTrue
        Get-ChildItem $path -Recurse -File | Select-String -SimpleMatch $Matches[1] | Should -BeNullOrEmpty -Because 'a seed''s kubeconfig is a Secret'
        Get-ChildItem $path -Recurse -File | Select-String -SimpleMatch planted-key | Should -BeNullOrEmpty
        Get-Content "$path/master/left-out.jsonl" -Raw | Should -BeLike '*Preset*'
        Get-Content "$path/seed-eu/left-out.jsonl" -Raw | Should -BeLike '*"old"*'
    }

    It 'goes into clusters of the same role alone' {
        $exports | Import-ClusterConfig -Cluster newmaster @with -ErrorVariable refused -ErrorAction SilentlyContinue | Where-Object Kind -EQ Cluster | Should -BeNullOrEmpty
        $refused[0].FullyQualifiedErrorId | Should -BeLike 'OtherRole,*'
        { Import-ClusterConfig -Path $path -Cluster newmaster @with -ErrorAction Stop } | Should -Throw -ErrorId 'SeveralExports*'
    }

    It 'has its clusters paused, and leaves to the master what the master writes' {
        $changes = Import-ClusterConfig -Path "$path/seed-eu" -Cluster neweu @with
        ($changes | Where-Object Kind -EQ Cluster).Held.Path | Should -Be 'spec.pause'
        ($changes | Where-Object Kind -EQ Project).Action | Should -Be 'Skipped'
        ($changes | Where-Object Kind -EQ Addon).Action | Should -Be 'Created'
    }

    It 'counts its clusters against what the Seed reports' {
        Add-TestObject $sandbox eu @(Get-Kkp Cluster def @{ humanReadableName = 'other' })
        $second = Export-ClusterConfig -Cluster master -Path "$TestDrive/second" @with -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        ($second | Where-Object Role -EQ seed).Complete | Should -BeFalse
        ($second | Where-Object Role -EQ seed).Failures.Id | Should -Be 'CountDiffers'
    }
}
