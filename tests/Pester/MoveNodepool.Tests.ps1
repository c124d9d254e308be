Describe 'The work of a node group' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33 -ClockSpeed 60 -NodeCount 1
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        $aws = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
        $blue = Get-ManagedCluster blue @aws -ErrorAction Stop
        $soon = @{ Interval = '100ms'; WaitTimeout = '5m'; Confirm = $false }
        $null = New-Nodepool workers -Cluster $blue -MinSize 0 -MaxSize 4 -DesiredSize 2 -NodeRole 'arn:aws:iam::123456789012:role/blue-node' -Label @{ work = 'web' } -Interval 100ms -Timeout 5m -ErrorAction Stop
        Add-TestObject $sandbox blue @(
            @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ namespace = 'default'; name = 'web' }
                spec       = @{
                    replicas = 4; selector = @{ matchLabels = @{ app = 'web' } }
                    template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ nodeSelector = @{ work = 'web' }; containers = @(@{ name = 'c'; image = 'registry.test/c:1' }) } }
                }
            }
            @{ apiVersion = 'policy/v1'; kind = 'PodDisruptionBudget'; metadata = @{ namespace = 'default'; name = 'web' }; spec = @{ maxUnavailable = 1; selector = @{ matchLabels = @{ app = 'web' } } } }
        )
        function Get-TestPool { (Get-Nodepool -Cluster $blue -Provider EKS | ForEach-Object { "$($_.Name) $($_.State)" }) -join ', ' }
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }

    It 'is planned with -WhatIf, and what makes no sense is refused' {
        Wait-Until { (Suspend-Nodepool workers -Cluster $blue -WhatIf).EvictCount -eq 4 }
        $plan = Move-Nodepool workers -Cluster $blue -InstanceType m6i.large -WhatIf
        $plan | Should -BeOfType [KonUpgrade.Model.NodepoolMove]
        "$($plan.Action) $($plan.NewName) $($plan.Shape.InstanceType) $($plan.Plan.EvictCount) $($plan.Steps.State)" | Should -Be 'Planned workers-2 m6i.large 4 Planned Planned Planned Planned Planned'
        Get-TestPool | Should -Be 'workers Active'
        $tainted = Move-Nodepool workers -Cluster $blue -Taint gpu=a:NoSchedule -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
        "$($tainted.Action) $($tainted.Failure.Id) $warned" | Should -BeLike 'Planned PodsWithoutPlace *before anything is made*taint gpu*'
        $refused = Move-Nodepool workers -Cluster $blue -Taint gpu=a:NoSchedule @soon -ErrorAction SilentlyContinue -ErrorVariable problem -WarningAction SilentlyContinue
        "$($refused.Action) $($refused.Failure.Id) $($problem[0].FullyQualifiedErrorId)" | Should -BeLike 'Failed PodsWithoutPlace MoveIncomplete,*'
        Get-TestPool | Should -Be 'workers Active'
        $roleless = Move-Nodepool workers -Cluster $blue -NodeRole arn:aws:iam::123456789012:role/nobody @soon -ErrorAction SilentlyContinue -ErrorVariable problem
        "$($roleless.Failure.Id) $($problem[0]) $($problem[0].ErrorDetails.RecommendedAction)" | Should -BeLike 'EksInvalidParameter *nobody cannot be found*workers is as it was*role*run the same command again*'
        { Move-Nodepool work* -Cluster $blue } | Should -Throw -ErrorId 'NodepoolNameWild,*'
        { Move-Nodepool a, b x -Cluster $blue } | Should -Throw -ErrorId 'NewNameForSeveral,*'
        { Move-Nodepool nobody -Cluster $blue } | Should -Throw -ErrorId 'NodepoolNotFound,*'
        { Move-Nodepool workers workers -Cluster $blue } | Should -Throw -ErrorId 'NodepoolExists,*'
        { Move-Nodepool x -Cluster $blue -Provider Labels } | Should -Throw -ErrorId 'NodepoolNotKept,*'
    }

    It 'stays where it is when the new one does not become ready' {
        $null = Invoke-Control $sandbox eks/troubles @{ code = 'AsgInstanceLaunchFailures'; nodegroup = 'broken' }
        $move = Move-Nodepool workers broken -Cluster $blue @soon -ErrorAction SilentlyContinue -ErrorVariable problem -WarningAction SilentlyContinue
        "$($move.Action) $($move.Failure.Id) $($move.IsResumable) $($move.Steps.State)" | Should -Be 'Failed NodepoolNotReady False Done Failed Planned Planned Planned'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'MoveIncomplete,*'
        "$($problem[0]) $($problem[0].ErrorDetails.RecommendedAction)" | Should -BeLike '*AsgInstanceLaunchFailures*nothing of it was touched*Remove-Nodepool broken -NoDrain*'
        Get-TestPool | Should -Be 'broken Empty, workers Active'
        $file = Join-Path $TestDrive move.xml
        $move | Export-Clixml $file
        "$((Import-Clixml $file).Steps[1].Name) $((Import-Clixml $file).Action)" | Should -Be 'Ready Failed'
        $null = Invoke-Control $sandbox eks/troubles -Method Delete
        (Remove-Nodepool broken -Cluster $blue -NoDrain -Confirm:$false -Interval 100ms -WarningAction SilentlyContinue).Action | Should -Be 'Removed'
    }

    It 'goes to a new one, whenever the process that brings it is killed' {
        # Killed while the order is on its way, while the old one is drained, and when the old one is to go: each time in another process.
        $script = @"
Import-Module '$manifestPath'
`$blue = Get-ManagedCluster blue -Region $($aws.Region) -EndpointUrl $($aws.EndpointUrl) -ErrorAction Stop
Move-Nodepool workers -Cluster `$blue -Interval 100ms -WaitTimeout 5m -Confirm:`$false
"@
        $file = Join-Path $TestDrive move.ps1
        Set-Content -LiteralPath $file -Value $script
        foreach ($fault in @{ verb = 'CreateNodegroup' }, @{ resource = 'pods/eviction'; skip = 1 }, @{ verb = 'DeleteNodegroup' }) {
            $id = Add-TestFault $sandbox (@{ kind = 'Unanswered' } + $fault)
            $process = Start-Process $pwsh -ArgumentList '-NoProfile', '-NonInteractive', '-File', $file -PassThru -RedirectStandardOutput (Join-Path $TestDrive out.txt) -RedirectStandardError (Join-Path $TestDrive err.txt)
            try { Wait-Until { $process.HasExited -or (Get-TestFaultCount $sandbox $id) -eq 1 } -Seconds 240 }
            finally { if (-not $process.HasExited) { $process.Kill(); $process.WaitForExit() } }
            Get-TestFaultCount $sandbox $id | Should -Be 1 -Because "$($fault.Values): $(Get-Content (Join-Path $TestDrive out.txt), (Join-Path $TestDrive err.txt))"
            Clear-TestFault $sandbox
            (Get-Nodepool -Cluster $blue -Provider EKS | Where-Object Name -NE workers).Name | Should -Be 'workers-2'
        }
        $move = Move-Nodepool workers -Cluster $blue @soon -ErrorAction Stop
        $move.Failure | Should -BeNullOrEmpty
        "$($move.NewName) $($move.NewNodepool.ReadyCount)" | Should -Be 'workers-2 2'
        Get-TestPool | Should -Be 'workers-2 Active'
        "$((Move-Nodepool workers -Cluster $blue @soon).Action)" | Should -Be 'Unchanged'
        ($move.NewNodepool | Suspend-Nodepool -WhatIf).EvictCount | Should -Be 4
    }
}
