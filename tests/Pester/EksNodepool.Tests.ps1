Describe 'Node groups of EKS' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33, green=1.34 -NodeCount 1 -ClockSpeed 200
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        $aws = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
        $blue = Get-ManagedCluster blue @aws -ErrorAction Stop
        $green = Get-ManagedCluster green @aws -ErrorAction Stop
        $role = 'arn:aws:iam::123456789012:role/blue-node'
        $soon = @{ Interval = '100ms'; Timeout = '2m' }
        function New-TestPool([string] $Name, [int] $Size = 1, [hashtable] $With = @{}) {
            New-Nodepool $Name -Cluster $blue -MinSize 0 -MaxSize ($Size + 2) -DesiredSize $Size -NodeRole $role -Confirm:$false -ErrorAction Stop @soon @With
        }
        function Set-TestClock([double] $Speed) {
            $settings = (Invoke-Control $sandbox clusters/blue/data-plane -Method Get).settings
            if ($settings.speed -eq $Speed) { return }
            $settings.speed = $Speed
            $null = Invoke-Control $sandbox clusters/blue/data-plane $settings -Method Put
        }
        function Get-TestPod([int] $Count, [string] $Name) {
            @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ namespace = 'default'; name = $Name }
                spec       = @{
                    replicas = $Count; selector = @{ matchLabels = @{ app = $Name } }
                    template = @{ metadata = @{ labels = @{ app = $Name } }; spec = @{ nodeSelector = @{ work = $Name }; containers = @(@{ name = 'c'; image = 'registry.test/c:1' }) } }
                }
            }
            @{ apiVersion = 'policy/v1'; kind = 'PodDisruptionBudget'; metadata = @{ namespace = 'default'; name = $Name }; spec = @{ minAvailable = $Count; selector = @{ matchLabels = @{ app = $Name } } } }
        }
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }
    AfterEach {
        Set-TestClock 200
        $left = Get-Nodepool -Cluster $blue -Provider EKS
        if ($left) { $left | Remove-Nodepool -NoDrain -AllowLastPool -Confirm:$false -WarningAction SilentlyContinue -WaitTimeout 2m -Interval 100ms | Out-Null }
        $null = Invoke-Control $sandbox eks/troubles -Method Delete
        Clear-TestFault $sandbox
    }

    It 'are made, told, and copied with what is said in place of what they have' {
        $made = New-TestPool workers 2 @{ InstanceType = 'm5.large'; Label = @{ tier = 'web' }; Taint = 'dedicated=web:NoSchedule', 'b:PreferNoSchedule'; Tag = @{ team = 'shop' } }
        $made | Should -BeOfType [KonUpgrade.Model.Nodepool]
        "$($made.Name) $($made.Provider) $($made.Status) $($made.ReadyCount) $($made.MinSize) $($made.MaxSize) $($made.State)" | Should -Be 'workers EKS ACTIVE 2 0 4 Active'
        $made.Id | Should -BeLike 'arn:aws:eks:*:nodegroup/blue/workers/*'
        "$($made.Shape.Taint) $($made.Shape.Label.tier)" | Should -Be 'dedicated=web:NoSchedule b:PreferNoSchedule web'
        $copy = New-Nodepool workers-2 -Cluster $blue -Like workers -DesiredSize 1 -Label @{} -NoWait -Verbose -Confirm:$false 4>&1
        $said = ($copy | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }) -join "`n"
        $said | Should -BeLike '*workers-2*like workers*0 to 4 nodes, 1 now, of m5.large*dedicated=web:NoSchedule*'
        $copy = $copy | Where-Object { $_ -is [KonUpgrade.Model.Nodepool] }
        "$($copy.Status) $($copy.Shape.InstanceType) $($copy.Shape.Label.Count) $($copy.Shape.Tag.team)" | Should -Be 'CREATING m5.large 0 shop'
        $ready = $copy | Wait-Nodepool -Interval 100ms -Timeout 2m
        "$($ready.Name) $($ready.Status) $($ready.ReadyCount)" | Should -Be 'workers-2 ACTIVE 1'
        (Get-Nodepool -Cluster $blue -Provider EKS | Out-String -Width 120) | Should -Match 'workers-2 +Active +ACTIVE +1 of 1 +0 to 4 +v1\.33'
    }

    It 'are copied from a file, also to another cluster, whose subnets and role they get' {
        $null = New-TestPool workers 1 @{ Label = @{ tier = 'web' }; Taint = 'dedicated=web:NoSchedule'; DiskSize = 33 }
        $file = Join-Path $TestDrive pools.xml
        Get-Nodepool workers -Cluster $blue | Export-Clixml $file
        $json = Get-Nodepool workers -Cluster $blue | ConvertTo-Json -Depth 5 | ConvertFrom-Json
        foreach ($like in (Import-Clixml $file), $json) {
            $copy = New-Nodepool copy -Cluster $blue -Like $like -DesiredSize 0 -NoWait -Confirm:$false
            "$($copy.Shape.Taint) $($copy.Shape.Label.tier) $($copy.Shape.DiskSize) $($copy.Shape.NodeRole)" | Should -Be "dedicated=web:NoSchedule web 33 $role"
            $copy | Wait-Nodepool -Interval 100ms -Timeout 2m | Remove-Nodepool -NoDrain -Confirm:$false -Interval 100ms -WarningAction SilentlyContinue | Out-Null
        }
        # The role is not known: green has no pool to take it from.
        { Import-Clixml $file | New-Nodepool -Cluster $green -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolShapeIncomplete,*'
        $there = Import-Clixml $file | New-Nodepool -Cluster $green -NodeRole ($role -replace 'blue', 'green') -DesiredSize 0 -NoWait -Confirm:$false
        "$($there.Name) $($there.Context)" | Should -Be "workers $($green.Arn)"
        $there.Shape.Subnet | Sort-Object | Should -Be ($green.SubnetId | Sort-Object)
        $there | Wait-Nodepool -Interval 100ms -Timeout 2m | Remove-Nodepool -NoDrain -NoWait -Confirm:$false -WarningAction SilentlyContinue | Out-Null
    }

    It 'are not made with -WhatIf, nor twice by one token' {
        New-Nodepool workers -Cluster $blue -NodeRole $role -WhatIf | Should -BeNullOrEmpty
        Get-Nodepool -Cluster $blue -Provider EKS | Should -BeNullOrEmpty
        $first, $second = 1..2 | ForEach-Object { New-Nodepool workers -Cluster $blue -NodeRole $role -DesiredSize 0 -MinSize 0 -ClientRequestToken once -NoWait -Confirm:$false }
        $second.Id | Should -Be $first.Id
        { New-Nodepool workers -Cluster $blue -NodeRole $role } | Should -Throw -ErrorId 'NodepoolExists,*'
        $first | Wait-Nodepool -Interval 100ms -Timeout 2m | Out-Null
    }

    It 'are waited for, unless -NoWait is said, and then no time is taken' {
        $made = New-Nodepool workers -Cluster $blue -NodeRole $role -MinSize 0 -MaxSize 3 -DesiredSize 1 -NoWait -Confirm:$false
        "$($made.Status) $($made.NodeCount)" | Should -Be 'CREATING 0'
        $null = $made | Wait-Nodepool -Interval 100ms -Timeout 2m
        # Slow enough that it is still on its way when it is looked at.
        Set-TestClock 10
        (Update-Nodepool workers -Cluster $blue -Label @{ a = 'b' } -NoWait -Confirm:$false).Status | Should -Be 'UPDATING'
        Wait-Until { (Get-Nodepool workers -Cluster $blue).Status -eq 'ACTIVE' }
        (Update-Nodepool workers -Cluster $blue -Label @{ a = 'c' } -Interval 100ms -Confirm:$false).Status | Should -Be 'ACTIVE'
        $gone = Remove-Nodepool workers -Cluster $blue -NoWait -Confirm:$false
        "$($gone.Action) $((Get-Nodepool workers -Cluster $blue).Status)" | Should -Be 'Removed DELETING'
        # Carried on with, and now waited for.
        (Remove-Nodepool workers -Cluster $blue -Interval 100ms -Confirm:$false).Action | Should -Be 'Removed'
        Get-Nodepool -Cluster $blue -Provider EKS | Should -BeNullOrEmpty
        foreach ($both in {
                New-Nodepool x -Cluster $blue -NoWait -Timeout 1m }, {
                Update-Nodepool x -Cluster $blue -MaxSize 2 -NoWait -Interval 1s -Timeout 1m }, {
                Remove-Nodepool x -Cluster $blue -NoWait -WaitTimeout 1m -Confirm:$false }) {
            $both | Should -Throw '*-NoWait*' -ErrorId 'WaitTimeWithNoWait,*'
        }
        # What is given to the drain has nothing to do with it.
        { Remove-Nodepool x -Cluster $blue -NoWait -Timeout 1m -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolNotFound,*'
    }

    It 'that are not ready, or not gone, in time are on their way, and say how to wait again' {
        $problem = $null
        try { New-Nodepool workers -Cluster $blue -NodeRole $role -DesiredSize 1 -Timeout 10ms -Confirm:$false } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'EksWaitTimeout,*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*Wait-Nodepool*'
        $null = Wait-Nodepool workers -Cluster $blue -Interval 100ms -Timeout 2m
        $late = Remove-Nodepool workers -Cluster $blue -WaitTimeout 10ms -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problem
        "$($late.Action) $($late.Failure.Id) $($problem[0].FullyQualifiedErrorId)" | Should -BeLike 'Failed EksWaitTimeout RemovalIncomplete,*'
        "$($problem[0])" | Should -BeLike '*is being removed, and is not gone*'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Wait-Nodepool -Until Removed*'
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeLike '*Resume-Nodepool*'
        ($late | Wait-Nodepool -Until Removed -Interval 100ms -Timeout 2m).Action | Should -Be 'Removed'
    }

    It 'are tried one by one, and one that fails keeps no other' {
        foreach ($name in 'a', 'b') { $null = New-TestPool $name 1 }
        $null = Add-TestFault $sandbox @{ kind = 'Refuse'; verb = 'UpdateNodegroupConfig'; message = 'not this one'; count = 1 }
        $changes = Suspend-Nodepool a, b -Cluster $blue -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problem
        ($changes | ForEach-Object { "$($_.Name) $($_.Action)" }) -join ', ' | Should -Be 'a Failed, b Suspended'
        "$($problem.Count) $($problem[0].FullyQualifiedErrorId)" | Should -BeLike '1 DrainIncomplete,*'
        "$($problem[0]) $($changes[0].Failure.Message)" | Should -BeLike '*not this one*not this one*'
        $ready = Wait-Nodepool b, a -Cluster $blue -Timeout 1s -Interval 100ms -ErrorAction SilentlyContinue -ErrorVariable problem
        "$($ready.Name); $($problem.Count) $($problem[0].FullyQualifiedErrorId) $($problem[0].TargetObject)" | Should -BeLike 'a; 1 NodepoolNotReady,* b'
        $null = Add-TestFault $sandbox @{ kind = 'Refuse'; verb = 'list'; resource = 'nodes'; skip = 2; statusCode = 403; message = 'not now'; count = 1 }
        $changes = Resume-Nodepool a, b -Cluster $blue -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problem
        ($changes | ForEach-Object { "$($_.Name) $($_.Action)" }) -join ', ' | Should -Be 'a Failed, b Resumed'
        "$($problem.Count) $($problem[0].FullyQualifiedErrorId)" | Should -BeLike '1 ResumeIncomplete,*'
    }

    It 'that come back from a file need their cluster named, and say so' {
        $null = New-TestPool workers 0
        $file = Join-Path $TestDrive back.xml
        Get-Nodepool workers -Cluster $blue | Export-Clixml $file
        $elsewhere = Join-Path $TestDrive elsewhere
        Copy-Item -LiteralPath $sandbox.KubeConfigPath $elsewhere
        foreach ($path in (Join-Path $TestDrive nowhere), $elsewhere) {
            $before = Set-TestEnvironment @{ KUBECONFIG = $path }
            try {
                foreach ($command in 'Suspend-Nodepool', 'Resume-Nodepool', 'Remove-Nodepool', 'Update-Nodepool', 'Wait-Nodepool', 'Move-Nodepool') {
                    $with = if ((Get-Command $command).Parameters.ContainsKey('Confirm')) { @{ Confirm = $false } } else { @{} }
                    Import-Clixml $file | & $command @with -ErrorAction SilentlyContinue -ErrorVariable problem
                    $problem[0].FullyQualifiedErrorId | Should -BeLike 'ClusterNotGiven,*' -Because $command
                    "$($problem[0]) $($problem[0].ErrorDetails.RecommendedAction)" | Should -BeLike "*workers*blue*-Cluster (Get-ManagedCluster blue -Region $($aws.Region))*"
                }
                # A cluster that is named, and is not there, is another matter.
                { Import-Clixml $file | Wait-Nodepool -Cluster nobody -ErrorAction Stop } | Should -Throw -ErrorId '*NotFound,*'
            }
            finally { $null = Set-TestEnvironment $before }
        }
        (Import-Clixml $file | Wait-Nodepool -Cluster $blue -Interval 100ms).Name | Should -Be 'workers'
    }

    It 'that can''t be made say why, and what to do' {
        $cases = @(
            @{ Id = 'NodepoolNameInvalid'; With = @{ Name = 'a b'; NodeRole = $role } }
            @{ Id = 'NodepoolNotFound'; With = @{ Name = 'x'; Like = 'nobody' } }
            @{ Id = 'EksInvalidParameter'; With = @{ Name = 'x'; NodeRole = $role -replace 'blue', 'nobody' }; Says = '*nobody*' }
            @{ Id = 'EksInvalidParameter'; With = @{ Name = 'x'; NodeRole = $role; Subnet = 'subnet-0' }; Says = '*subnet-0*' }
            @{ Id = 'NodepoolSizeInvalid'; With = @{ Name = 'x'; NodeRole = $role; MinSize = 3; MaxSize = 2 } }
            @{ Id = 'LaunchTemplateNotGiven'; With = @{ Name = 'x'; NodeRole = $role; LaunchTemplateVersion = '2' } }
            @{ Id = 'ProviderNotKnown'; With = @{ Name = 'x'; Provider = 'GKE' } }
            @{ Id = 'NodepoolNotKept'; With = @{ Name = 'x'; Provider = 'Labels' } }
        )
        foreach ($case in $cases) {
            $with = $case.With
            $problem = $null
            try { New-Nodepool -Cluster $blue @with -Confirm:$false -ErrorAction Stop } catch { $problem = $_ }
            $problem.FullyQualifiedErrorId | Should -BeLike "$($case.Id),*"
            $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because $case.Id
            if ($case.Says) { "$problem" | Should -BeLike $case.Says }
        }
        { New-Nodepool x -Cluster $blue -Taint 'a=b' } | Should -Throw '*effect*'
        { New-Nodepool x -Cluster $blue -Taint 'a=b:Never' } | Should -Throw '*Never*'
        $null = Invoke-Control $sandbox eks/troubles @{ code = 'AsgInstanceLaunchFailures'; nodegroup = 'broken' }
        try { New-TestPool broken } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NodegroupCreateFailed,*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*Remove-Nodepool broken -NoDrain*'
        $pool = Get-Nodepool broken -Cluster $blue
        "$($pool.Status) $($pool.Issues)" | Should -BeLike 'CREATE_FAILED *AsgInstanceLaunchFailures*'
        # What could not be made can be drained and removed all the same.
        ($pool | Remove-Nodepool -Confirm:$false -Interval 100ms -WaitTimeout 2m).Action | Should -Be 'Removed'
    }

    It 'are kept from growing back while they are suspended, also through a file' {
        $null = New-TestPool workers 2
        $change = Get-Nodepool workers -Cluster $blue | Suspend-Nodepool -Confirm:$false
        "$($change.Action) $($change.MaxSizeBefore) $($change.MaxSizeAfter)" | Should -Be 'Suspended 4 2'
        $held = Get-Nodepool workers -Cluster $blue
        "$($held.State) $($held.MaxSize) $($held.Shape.MaxSize)" | Should -Be 'Suspended 2 4'
        { Update-Nodepool workers -Cluster $blue -MaxSize 9 -Confirm:$false } | Should -Throw -ErrorId 'NodepoolIsSuspended,*'
        { Update-Nodepool workers -Cluster $blue -RemoveLabel konupgrade.dev/max-size -Confirm:$false } | Should -Throw -ErrorId 'NodepoolLabelReserved,*'
        Resume-Nodepool workers -Cluster $blue -WhatIf
        (Get-Nodepool workers -Cluster $blue).MaxSize | Should -Be 2
        $file = Join-Path $TestDrive change.xml
        $change | Export-Clixml $file
        $resumed = Import-Clixml $file | Resume-Nodepool -Cluster $blue -Confirm:$false
        "$($resumed.Action) $($resumed.MaxSizeBefore) $($resumed.MaxSizeAfter)" | Should -Be 'Resumed 2 4'
        # Another pool of the name is none of the ones that came in.
        $bag = Import-Clixml $file
        $bag.Id += '0'
        { $bag | Suspend-Nodepool -Cluster $blue -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolReplaced,*'
        (Get-Nodepool workers -Cluster $blue).State | Should -Be 'Active'
    }

    It 'are changed: sizes, labels, taints; and the nodes that run something are not ended' {
        $null = New-TestPool workers 2 @{ Taint = 'a=1:NoSchedule', 'a=1:NoExecute', 'b:NoSchedule' }
        $changed = Update-Nodepool workers -Cluster $blue -MaxSize 8 -Label @{ tier = 'api' } -RemoveTaint a -Confirm:$false @soon
        "$($changed.Status) $($changed.MaxSize) $($changed.Shape.Label.tier) $($changed.Shape.Taint)" | Should -Be 'ACTIVE 8 api b:NoSchedule'
        Update-Nodepool workers -Cluster $blue -MaxSize 5 -WhatIf | Should -BeNullOrEmpty
        { Update-Nodepool workers -Cluster $blue -RemoveTaint c -Confirm:$false } | Should -Throw -ErrorId 'NodepoolChangeEmpty,*'
        { Update-Nodepool workers -Cluster $blue -MinSize 9 -Confirm:$false } | Should -Throw -ErrorId 'NodepoolSizeInvalid,*'
        { Update-Nodepool workers -Cluster $blue -DesiredSize 1 -Confirm:$false } | Should -Throw -ErrorId 'NodepoolSizeBelowNodes,*'
        { Update-Nodepool workers -Cluster $blue -MaxSize 5 -Version 1.33 } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
        $empty = Suspend-Nodepool workers -Cluster $blue -Confirm:$false | Update-Nodepool -DesiredSize 0 -Confirm:$false @soon
        "$($empty.DesiredSize) $($empty.State)" | Should -Match '^0 '
    }

    It 'get another version by the provider itself, and say so' {
        $null = New-TestPool workers 1
        $said = $null
        $updated = Update-Nodepool workers -Cluster $blue -Verbose -Confirm:$false @soon 4>&1 | ForEach-Object { if ($_ -is [System.Management.Automation.VerboseRecord]) { $said += "$_`n" } else { $_ } }
        "$($updated.Status) $($updated.ReadyCount)" | Should -Be 'ACTIVE 1'
        $said | Should -BeLike '*PodEvictionFailure*'
        { Update-Nodepool workers -Cluster $blue -Version 1.99 -Confirm:$false } | Should -Throw -ErrorId 'EksInvalidParameter,*'
        { Update-Nodepool workers -Cluster $blue -LaunchTemplateVersion 2 -Confirm:$false } | Should -Throw -ErrorId 'LaunchTemplateNotGiven,*'
    }

    It 'are removed only when their drain was whole' {
        $null = New-TestPool workers 1 @{ Label = @{ work = 'stays' } }
        Add-TestObject $sandbox blue @(Get-TestPod 1 stays)
        Wait-Until { (Suspend-Nodepool workers -Cluster $blue -WhatIf).EvictCount -eq 1 }
        $plan = Remove-Nodepool workers -Cluster $blue -WhatIf
        "$($plan.Nodepool) $($plan.EvictCount) $($plan.Budgets.IsBlocking)" | Should -Be 'workers 1 True'
        { Update-Nodepool workers -Cluster $blue -DesiredSize 0 -Confirm:$false } | Should -Throw -ErrorId 'NodepoolSizeBelowNodes,*'
        $change = Remove-Nodepool workers -Cluster $blue -Timeout 1s -OnTimeout Restore -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problem -WarningAction SilentlyContinue
        "$($change.Action) $($change.MaxSizeAfter) $($problem[0].FullyQualifiedErrorId)" | Should -BeLike 'Restored 3 RemovalIncomplete,*'
        "$($problem[0])" | Should -Match 'budget stays needs 1 healthy pods and has 1.* since .* UTC, for '
        $problem[0].ErrorDetails.RecommendedAction | Should -Match 'let it need fewer.*The pool takes pods again'
        (Get-Nodepool workers -Cluster $blue).Status | Should -Be 'ACTIVE'
        $gone = Remove-Nodepool workers -Cluster $blue -DisableEviction -Confirm:$false -Interval 100ms -WaitTimeout 2m -WarningAction SilentlyContinue
        "$($gone.Action) $($gone.PodCount)" | Should -Be 'Removed 1'
        Get-Nodepool -Cluster $blue -Provider EKS | Should -BeNullOrEmpty
        # Run again, and waited for again: it is gone, and no other is meant.
        ($gone | Wait-Nodepool -Until Removed -Interval 100ms).Action | Should -Be 'Removed'
        { Wait-Nodepool workers -Cluster $blue -Until Removed -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolNotFound,*'
        { $gone | Remove-Nodepool -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolNotFound,*'
    }

    It 'without a drain of ours warn of what is ended by force, and still refuse the last pool' {
        $null = New-TestPool workers 1 @{ Label = @{ work = 'system' } }
        $system = @(Get-TestPod 1 system) | ForEach-Object { $_.metadata.namespace = 'kube-system'; $_ }
        Add-TestObject $sandbox blue $system[0]
        Wait-Until { (Remove-Nodepool workers -Cluster $blue -NoDrain -WhatIf).Failure.Id -eq 'LastNodepool' }
        $refused = Remove-Nodepool workers -Cluster $blue -NoDrain -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problem
        "$($refused.Action) $($refused.Failure.Id)" | Should -Be 'Failed LastNodepool'
        # Nothing was touched: nothing is to be given back.
        "$($problem[0])" | Should -BeLike "*was not removed: 'workers' is the last pool*"
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-AllowLastPool.'
        $removed = Remove-Nodepool workers -Cluster $blue -NoDrain -AllowLastPool -NoWait -Confirm:$false -WarningVariable warned -WarningAction SilentlyContinue
        "$($removed.Action) $warned" | Should -BeLike 'Removed *by force*'
        $removed | Wait-Nodepool -Until Removed -Interval 100ms -Timeout 2m | ForEach-Object Action | Should -Be 'Removed'
    }

    It 'that are not ready in time say which nodes' {
        $null = New-TestPool workers 1
        $node = (Suspend-Nodepool workers -Cluster $blue -Confirm:$false).Nodes.Name
        $problem = $null
        try { Wait-Nodepool workers -Cluster $blue -Timeout 1s -Interval 100ms -ErrorAction Stop } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NodepoolNotReady,*'
        $problem.CategoryInfo.Category | Should -Be 'OperationTimeout'
        "$problem $($problem.ErrorDetails.RecommendedAction)" | Should -BeLike "*0 of 1 nodes take pods*cordoned: $node*Resume-Nodepool workers*"
    }

    It 'are found by a kubeconfig that names their cluster, if its server is that cluster''s' {
        $null = New-TestPool workers 1
        $config = Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw
        $named = Join-Path $TestDrive named
        $config -replace '(?m)^- name: blue\n  cluster:', "- name: $($blue.Arn)`n  cluster:" -replace 'cluster: blue\n', "cluster: $($blue.Arn)`n" | Set-Content -LiteralPath $named
        (Get-Nodepool workers -Cluster blue -KubeConfigPath $named -EndpointUrl $aws.EndpointUrl).Provider | Should -Be 'EKS'
        $mixed = Join-Path $TestDrive mixed
        $config -replace '(?m)^- name: blue\n  cluster:', "- name: $($green.Arn)`n  cluster:" -replace 'cluster: blue\n', "cluster: $($green.Arn)`n" | Set-Content -LiteralPath $mixed
        { New-Nodepool x -Cluster blue -KubeConfigPath $mixed -EndpointUrl $aws.EndpointUrl -NodeRole $role } | Should -Throw -ErrorId 'EksClusterMismatch,*'
        # A context's own name is no name of a cluster.
        { New-Nodepool x -Cluster blue -KubeConfigPath $sandbox.KubeConfigPath } | Should -Throw -ErrorId 'NodepoolNotKept,*'
        { Get-Nodepool -Cluster blue -KubeConfigPath $sandbox.KubeConfigPath -Provider EKS -ErrorAction Stop } | Should -Throw -ErrorId 'NotAnEksCluster,*'
        # Without a login of the service a look takes labels and warns, and a change is refused.
        $nobody = [pscredential]::new('AKIANOBODY', (ConvertTo-SecureString x -AsPlainText -Force))
        $with = @{ Cluster = 'blue'; KubeConfigPath = $named; EndpointUrl = $aws.EndpointUrl; Credential = $nobody }
        $pool = Get-Nodepool workers @with -WarningVariable warned -WarningAction SilentlyContinue
        "$($pool.Provider) $warned" | Should -BeLike 'Labels *EKS*labels*'
        $problem = $null
        try { Suspend-Nodepool workers @with -Confirm:$false } catch { $problem = $_ }
        $problem.CategoryInfo.Category | Should -Be 'AuthenticationError'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*-Provider Labels*'
    }

    It 'complete' {
        $null = New-TestPool workers 0
        $line = "-Cluster blue -Region $($aws.Region) -EndpointUrl $($aws.EndpointUrl)"
        Set-Variable -Name testBlue -Value $blue -Scope Global
        try { Complete-Line 'New-Nodepool x -Cluster $testBlue -Like w' | Should -Be 'workers' }
        finally { Remove-Variable testBlue -Scope Global }
        Complete-Line "Update-Nodepool $line -Provider E" | Should -Be 'EKS'
        Complete-Line "New-Nodepool $line -AmiType AL2023_ARM" | Should -Be 'AL2023_ARM_64_NVIDIA', 'AL2023_ARM_64_STANDARD'
        Complete-Line "New-Nodepool $line -CapacityType " | Should -Be 'CAPACITY_BLOCK', 'ON_DEMAND', 'SPOT'
        Complete-Line "Update-Nodepool $line -UpdateStrategy M" | Should -Be 'MINIMAL'
        Complete-Line "Wait-Nodepool $line -Until R" | Should -Be 'Ready', 'Removed'
    }

    It 'of labels alone can be waited for, and not changed' {
        $kube = @{ Cluster = 'blue'; KubeConfigPath = $sandbox.KubeConfigPath }
        $pool = Wait-Nodepool -Selector kubernetes.io/os=linux @kube -Timeout 1m -Interval 100ms
        "$($pool.Provider) $($pool.ReadyCount)" | Should -Be 'Labels 1'
        { $pool | Remove-Nodepool -Cluster blue -KubeConfigPath $sandbox.KubeConfigPath -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId 'NodepoolNotKept,*'
        { Get-Nodepool -Cluster $blue -Selector a=b -Provider EKS } | Should -Throw -ErrorId 'SelectorAndProvider,*'
    }
}
