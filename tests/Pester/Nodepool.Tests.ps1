Describe 'Pools of nodes' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        # A sandbox whose nodes are mere objects: what the cmdlets themselves do is tried here, drains are the engine's.
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        function Get-TestNode([string] $Name, [string] $Pool, $Spec = @{}) {
            @{
                apiVersion = 'v1'; kind = 'Node'; spec = $Spec
                metadata   = @{ name = $Name; labels = @{ 'eks.amazonaws.com/nodegroup' = $Pool; disk = 'ssd'; 'topology.kubernetes.io/zone' = 'eu-central-1a'; 'node.kubernetes.io/instance-type' = 'm6i.large' } }
                status     = @{ conditions = @(@{ type = 'Ready'; status = 'True' }); allocatable = @{ cpu = '4'; memory = '16Gi'; pods = '110' }; nodeInfo = @{ kubeletVersion = 'v1.32.5' } }
            }
        }
        Add-TestObject $sandbox blue @((Get-TestNode old-1 old), (Get-TestNode old-2 old), (Get-TestNode new-1 new))
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }
    AfterEach { $null = Resume-Nodepool * -Cluster blue @kube }

    It 'are found by the labels of those who keep them, or by any selector' {
        $pools = Get-Nodepool -Cluster blue @kube
        $pools | Should -BeOfType [KonUpgrade.Model.Nodepool]
        $pools.Name | Should -Be 'new', 'old'
        $old = Get-Nodepool ol* -Cluster blue @kube
        $old.NodeCount, $old.ReadyCount, "$($old.State)", $old.Context, $old.Provider | Should -Be 2, 2, 'Active', 'blue', 'Labels'
        "$($old.Version) $($old.InstanceType) $($old.Zone)" | Should -Be 'v1.32.5 m6i.large eu-central-1a'
        (Get-Nodepool -Cluster blue -Selector disk=ssd @kube).NodeCount | Should -Be 3
        Get-ClusterContext blue, green @kube | Get-Nodepool @kube | ForEach-Object Name | Should -Be 'new', 'old'
    }

    It 'that do not exist are errors that name what there is' {
        { Get-Nodepool odl -Cluster blue -ErrorAction Stop @kube } | Should -Throw -ErrorId 'NodepoolNotFound,*'
        (Get-Nodepool odl -Cluster blue -ErrorAction SilentlyContinue -ErrorVariable failed @kube), "$failed" | Should -BeLike '*Did you mean old?*'
        { Suspend-Nodepool -Cluster blue -Selector disk=tape @kube } | Should -Throw -ErrorId 'NodepoolNotFound,*'
        { Suspend-Nodepool -Cluster blue -Selector 'a b' @kube } | Should -Throw -ErrorId 'InvalidLabelSelector,*'
    }

    It 'are suspended, and given back by the pipeline, also from a job' {
        $change = Suspend-Nodepool old -Cluster blue @kube
        $change | Should -BeOfType [KonUpgrade.Model.NodepoolChange]
        "$($change.Action) $($change.Name) $($change.Nodes.Name)" | Should -Be 'Suspended old old-1 old-2'
        "$((Get-Nodepool old -Cluster blue @kube).State)" | Should -Be 'Suspended'
        $file = Join-Path $TestDrive change.xml
        $change | Export-Clixml $file
        $back = Import-Clixml $file
        "$($back.Nodes[0].Action)" | Should -Be 'Drained'
        $resumed = $back | Resume-Nodepool @kube
        "$($resumed.Action) $($resumed.Name)" | Should -Be 'Resumed old'
        "$((Get-Nodepool old -Cluster blue @kube | Resume-Nodepool @kube).Action)" | Should -Be 'Unchanged'
    }

    It 'are not changed with -WhatIf, which gives the plan' {
        Add-TestObject $sandbox blue @(@{
                apiVersion = 'v1'; kind = 'Pod'; metadata = @{ namespace = 'default'; name = 'bare' }
                spec = @{ nodeName = 'old-1'; containers = @(@{ name = 'c'; image = 'registry.test/c:1' }) }; status = @{ phase = 'Running' }
            })
        $plan = Suspend-Nodepool old -Cluster blue -WhatIf @kube
        $plan | Should -BeOfType [KonUpgrade.Model.NodepoolDrainPlan]
        "$($plan.Pods.Name) $($plan.Pods.Action) $($plan.Nodes[0].Failures.Id)" | Should -Be 'bare Refused PodNotManaged'
        "$((Get-Nodepool old -Cluster blue @kube).State)" | Should -Be 'Active'
        (Suspend-Nodepool old -Cluster blue -Force -WhatIf @kube).EvictCount | Should -Be 1
        $change = Suspend-Nodepool old -Cluster blue -ErrorAction SilentlyContinue -ErrorVariable failed @kube
        "$($change.Action) $($change.Nodes[0].Action)" | Should -Be 'Failed Failed'
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'DrainIncomplete,*'
        "$failed" | Should -BeLike '*default/bare*'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*stays so*Resume-Nodepool*'
    }

    It 'are decided on between batches by a script block on the pipeline thread' {
        $thread = [Environment]::CurrentManagedThreadId
        $seen = [System.Collections.Generic.List[object]]::new()
        $change = Suspend-Nodepool -Cluster blue -Selector disk=ssd -BatchSize 1 -Force -AllowLastPool -ErrorAction SilentlyContinue @kube -PodSelector none=such -HealthScript {
            $seen.Add("$($_.Number) $($_.Remaining) $([Environment]::CurrentManagedThreadId -eq $thread)"); $_.Number -lt 2
        }
        $seen | Should -Be '1 2 True', '2 1 True'
        "$($change.Failure.Id) $($change.Nodes.Action)" | Should -Be 'GateRefused Drained Drained Cordoned'
        $null = $change | Resume-Nodepool @kube
    }

    It 'that cannot be drained in time say which pod, which budget and since when, and stay cordoned or are put back' {
        Add-TestObject $sandbox blue @(@{
                apiVersion = 'v1'; kind = 'Pod'; metadata = @{ namespace = 'default'; name = 'web-1'; labels = @{ app = 'web' } }
                spec = @{ nodeName = 'new-1'; containers = @(@{ name = 'c'; image = 'registry.test/c:1' }) }
                status = @{ phase = 'Running'; conditions = @(@{ type = 'Ready'; status = 'True' }) }
            }, @{
                apiVersion = 'policy/v1'; kind = 'PodDisruptionBudget'; metadata = @{ namespace = 'default'; name = 'web' }
                spec = @{ minAvailable = 1; selector = @{ matchLabels = @{ app = 'web' } } }
                status = @{ observedGeneration = 1; desiredHealthy = 1; currentHealthy = 1; expectedPods = 1; disruptionsAllowed = 0 }
            })
        $drain = @{ Name = 'new'; Cluster = 'blue'; Force = $true; Timeout = 1; ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed' }
        $change = Suspend-Nodepool @drain @kube
        "$($change.Action) $($change.Failure.Id) $((Get-Nodepool new -Cluster blue @kube).State)" | Should -Be 'Failed BudgetBlocked Suspended'
        "$failed" | Should -Match 'default/web-1 on new-1 was not let go within 00:00:01: its budget web needs 1 healthy pods and has 1\. It has waited since [-0-9]+ [:0-9]+ UTC, for 00:00:0'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*let it need fewer*stays so*Resume-Nodepool*'
        $change = Suspend-Nodepool @drain -OnTimeout Restore @kube -WarningAction SilentlyContinue
        "$($change.Action) $((Get-Nodepool new -Cluster blue @kube).State)" | Should -Be 'Restored Active'
        $failed[0].ErrorDetails.RecommendedAction | Should -BeLike '*takes pods again*'
    }

    It 'ask for what must be said' {
        { Suspend-Nodepool old @kube } | Should -Throw -ErrorId 'ClusterNotGiven,*'
        { Suspend-Nodepool -Cluster blue @kube } | Should -Throw -ErrorId 'NodepoolNotGiven,*'
        { Resume-Nodepool old -Selector a=b -Cluster blue @kube } | Should -Throw -ErrorId 'NameAndSelector,*'
        { 'old' | Suspend-Nodepool -Cluster blue -ErrorAction Stop @kube } | Should -Throw -ErrorId 'NotANodepool,*'
        { Get-Nodepool old -Cluster blue @kube | Suspend-Nodepool -Cluster green -ErrorAction Stop @kube } | Should -Throw -ErrorId 'OtherCluster,*'
    }

    It 'complete by name' {
        Complete-Line "Suspend-Nodepool -KubeConfigPath '$($sandbox.KubeConfigPath)' -Cluster blue -Name o" | Should -Be 'old'
        Complete-Line 'Suspend-Nodepool -OnTimeout ' | Should -Be 'LeaveCordoned', 'Restore'
    }
}
