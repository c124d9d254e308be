Describe 'Pools of Konstellation' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33 -NodeCount 1 -ClockSpeed 200
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        $aws = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
        $blue = Get-ManagedCluster blue @aws -ErrorAction Stop
        $soon = @{ Interval = '100ms'; Timeout = '2m'; Confirm = $false }
        $gone = @{ Interval = '100ms'; WaitTimeout = '2m'; Confirm = $false }
        function Get-Crd([string] $Kind) {
            $name = $Kind.ToLowerInvariant()
            @{
                apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = "${name}s.k11n.dev" }
                spec       = @{
                    group = 'k11n.dev'; scope = 'Cluster'; names = @{ kind = $Kind; plural = "${name}s"; singular = $name; listKind = "${Kind}List" }
                    versions = @(@{ name = 'v1alpha1'; served = $true; storage = $true; subresources = @{ status = @{} }; schema = @{ openAPIV3Schema = @{ type = 'object'; 'x-kubernetes-preserve-unknown-fields' = $true } } })
                }
            }
        }
        function Get-Object([string] $Name) {
            (Get-ClusterConfig -Cluster blue -KubeConfigPath $sandbox.KubeConfigPath -System Kubernetes -Kind Nodepool.k11n.dev | Where-Object Name -EQ $Name).Object
        }
        Add-TestObject $sandbox blue @(
            Get-Crd Nodepool
            Get-Crd ClusterConfig
            @{
                apiVersion = 'k11n.dev/v1alpha1'; kind = 'ClusterConfig'; metadata = @{ name = 'blue' }
                spec       = @{ version = '0.6.1'; kubeVersion = '1.33'; cloud = 'aws'; region = $sandbox.Region; aws = @{ topology = 'public' } }
                status     = @{ aws = @{ nodeRoleArn = 'arn:aws:iam::123456789012:role/blue-node'; securityGroups = @('sg-1'); publicSubnets = @(@{ subnetId = $blue.SubnetId[0]; isPublic = $true }) } }
            }
            @{
                apiVersion = 'k11n.dev/v1alpha1'; kind = 'Nodepool'; metadata = @{ name = 'left' }
                spec       = @{ autoscale = $false; minSize = 2; maxSize = 3; machineType = 'm5.large'; diskSizeGiB = 50; requiresGPU = $false }
            }
        )
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }

    It 'are made, told, changed, suspended and resumed, the Nodepool and the node group together' {
        New-Nodepool workers -Cluster $blue -InstanceType m5.large -WhatIf | Should -BeNullOrEmpty
        Get-Object workers | Should -BeNullOrEmpty
        $made = New-Nodepool workers -Cluster $blue -InstanceType m5.large -MinSize 1 -MaxSize 4 -ErrorAction Stop @soon
        "$($made.Provider) $($made.Status) $($made.ReadyCount) $($made.Shape.Subnet)" | Should -Be "Konstellation ACTIVE 1 $($blue.SubnetId[0])"
        $spec = (Get-Object workers).spec
        "$($spec.machineType) $($spec.minSize) $($spec.maxSize) $($spec.diskSizeGiB) $($spec.autoscale)" | Should -Be 'm5.large 1 4 50 True'

        $pools = Get-Nodepool -Cluster $blue
        ($pools | ForEach-Object { "$($_.Name) $($_.Provider) $($_.Status)" }) -join ', ' | Should -Be 'left Konstellation NO_NODEGROUP, workers Konstellation ACTIVE'
        (Get-Nodepool -Cluster $blue -Provider EKS).Provider | Should -Be 'EKS'
        (Get-Nodepool -Cluster $blue -Provider Konstellation).Name | Should -Be 'left', 'workers'
        ($pools | Out-String -Width 120) | Should -Match 'left +Empty +NO_NODEGROUP +0 of 0 +2 to 3'
        Complete-Line 'Get-Nodepool -Provider Kon' | Should -Be 'Konstellation'

        $changed = Update-Nodepool workers -Cluster $blue -MaxSize 6 @soon
        "$($changed.MaxSize) $((Get-Object workers).spec.maxSize)" | Should -Be '6 6'
        $file = Join-Path $TestDrive pools.xml
        Get-Nodepool workers -Cluster $blue | Export-Clixml $file
        $change = Import-Clixml $file | Suspend-Nodepool -Cluster $blue -AllowLastPool -Confirm:$false
        "$($change.Action) $($change.Provider) $($change.MaxSizeBefore) $($change.MaxSizeAfter) $((Get-Object workers).spec.maxSize)" | Should -Be 'Suspended Konstellation 6 1 6'
        "$(($change | Resume-Nodepool -Confirm:$false).MaxSizeAfter)" | Should -Be 6
    }

    It 'are refused where they can''t be, with what to do' {
        $cases = @(
            @{ Id = 'NodepoolNameInvalid'; With = @{ Name = 'Workers'; InstanceType = 'm5.large' } }
            @{ Id = 'NodepoolShapeIncomplete'; With = @{ Name = 'x' } }
            @{ Id = 'NodepoolExists'; With = @{ Name = 'left'; InstanceType = 'm5.large' } }
            @{ Id = 'NodepoolExists'; With = @{ Name = 'workers'; InstanceType = 'm5.large' } }
            @{ Id = 'EksInvalidParameter'; With = @{ Name = 'x'; InstanceType = 'm5.large'; NodeRole = 'arn:aws:iam::123456789012:role/nobody' } }
        )
        foreach ($case in $cases) {
            $with = $case.With
            $problem = $null
            try { New-Nodepool -Cluster $blue @with -Confirm:$false -ErrorAction Stop } catch { $problem = $_ }
            $problem.FullyQualifiedErrorId | Should -BeLike "$($case.Id),*"
            $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because $case.Id
        }
        Get-Object x | Should -BeNullOrEmpty
        { Update-Nodepool left -Cluster $blue -MaxSize 5 -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolIncomplete,*'
        { Get-Nodepool left -Cluster $blue | Wait-Nodepool -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolIncomplete,*'
        (Remove-Nodepool left -Cluster $blue @gone).Action | Should -Be 'Removed'
        Get-Object left | Should -BeNullOrEmpty
    }

    It 'are moved, also by a second process where the first was killed between Nodepool and node group' {
        $script = @"
Import-Module '$manifestPath'
`$blue = Get-ManagedCluster blue -Region $($aws.Region) -EndpointUrl $($aws.EndpointUrl) -ErrorAction Stop
Move-Nodepool workers -Cluster `$blue -Interval 100ms -WaitTimeout 5m -Confirm:`$false
"@
        $file = Join-Path $TestDrive move.ps1
        Set-Content -LiteralPath $file -Value $script
        $id = Add-TestFault $sandbox @{ kind = 'Unanswered'; verb = 'create'; resource = 'nodepools' }
        $process = Start-Process $pwsh -ArgumentList '-NoProfile', '-NonInteractive', '-File', $file -PassThru -RedirectStandardOutput (Join-Path $TestDrive out.txt) -RedirectStandardError (Join-Path $TestDrive err.txt)
        try { Wait-Until { $process.HasExited -or (Get-TestFaultCount $sandbox $id) -eq 1 } -Seconds 240 }
        finally { if (-not $process.HasExited) { $process.Kill(); $process.WaitForExit() } }
        Get-TestFaultCount $sandbox $id | Should -Be 1 -Because "$(Get-Content (Join-Path $TestDrive out.txt), (Join-Path $TestDrive err.txt))"
        Clear-TestFault $sandbox
        $begun = Get-Nodepool workers-2 -Cluster $blue
        "$($begun.Status) $($begun.Issues)" | Should -BeLike 'NO_NODEGROUP *interrupted*'

        $move = Move-Nodepool workers -Cluster $blue -Interval 100ms -WaitTimeout 5m -Confirm:$false -ErrorAction Stop
        $move.Failure | Should -BeNullOrEmpty
        "$($move.Action) $($move.Provider) $($move.NewName) $($move.NewNodepool.Status)" | Should -Be 'Moved Konstellation workers-2 ACTIVE'
        (Get-Nodepool -Cluster $blue -Provider Konstellation).Name | Should -Be 'workers-2'
        Get-Object workers | Should -BeNullOrEmpty
        (Get-Object workers-2).metadata.annotations.Keys | Should -BeNullOrEmpty
    }

    It 'and node groups alone stand side by side, each copied and moved as what it is' {
        $alone = New-Nodepool alone -Cluster $blue -Provider EKS -Like workers-2 -ErrorAction Stop @soon
        $alone.Provider | Should -Be 'EKS'
        Get-Object alone | Should -BeNullOrEmpty
        (Get-Nodepool alone -Cluster $blue).Provider | Should -Be 'EKS'
        (Move-Nodepool alone -Cluster $blue -WhatIf).Provider | Should -Be 'EKS'
        (Move-Nodepool workers-2 -Cluster $blue -WhatIf).Provider | Should -Be 'Konstellation'
        # A node group alone is a model for one of Konstellation.
        $copy = New-Nodepool copy -Cluster $blue -Like alone -DesiredSize 1 -Label @{ tier = 'web' } -WarningVariable told -WarningAction SilentlyContinue -ErrorAction Stop @soon
        "$($copy.Provider) $((Get-Object copy).spec.machineType) $told" | Should -BeLike 'Konstellation m5.large copy has labels*'
        Get-Nodepool alone -Cluster $blue | Remove-Nodepool -NoDrain -WarningAction SilentlyContinue @gone | Out-Null

        $removed = Get-Nodepool copy -Cluster $blue | Remove-Nodepool @gone
        "$($removed.Action) $($removed.Provider)" | Should -Be 'Removed Konstellation'
        Get-Object copy | Should -BeNullOrEmpty
        { Get-Nodepool copy -Cluster $blue -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolNotFound,*'
    }
}
