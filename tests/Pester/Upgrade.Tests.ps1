Describe 'An upgrade' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34, keeper=1.34 -NodeCount 1
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $template = @{ spec = @{ restartPolicy = 'Never'; containers = @(@{ name = 'c'; image = 'registry.test/job:1' }) } }
        $nightly = @{ apiVersion = 'batch/v1'; kind = 'CronJob'; metadata = @{ namespace = 'shop'; name = 'nightly' }; spec = @{ schedule = '0 1 * * *'; jobTemplate = @{ spec = @{ template = $template } } } }
        Add-TestObject $sandbox blue @(@(Get-ShopObject) + $nightly)

        # A place for a journal that nothing else uses.
        function Get-Journal { Join-Path (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('n')))) 'upgrade.jsonl' }
        function Get-Running([string] $Cluster, [string] $Kind) {
            $item = Get-ClusterConfig -Cluster $Cluster -Kind $Kind @kube | Where-Object { $_.Object -and $_.Kind -eq $Kind -and $_.Namespace -eq 'shop' }
            if (-not $item) { return 'absent' }
            # What is held is exported as it was; only what could be held tells whether it is.
            $held = Suspend-ClusterWorkload -Cluster $Cluster -Kind $Kind -Namespace shop -WhatIf:$false @kube
            if ($held.Action -eq 'Suspended') { $null = Resume-ClusterWorkload -Cluster $Cluster -Kind $Kind -Namespace shop @kube; 'runs' } else { 'held' }
        }
        # A plan whose only steps are those that a test wants, as its file has them.
        function Set-PlanStep([string] $Yaml) {
            $path = Join-Path $TestDrive "$([guid]::NewGuid().ToString('n')).yaml"
            New-UpgradePlan -Blue blue -Green green @kube | Export-UpgradePlan $path
            $text = Get-Content $path -Raw
            Set-Content $path ($text.Substring(0, $text.IndexOf("steps:")) + "steps:`n$Yaml")
            $path
        }
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'goes from the plan over a gate to green, and back' {
        $journal = Get-Journal
        $file = Join-Path (Split-Path $journal) 'plan.yaml'
        $plan = New-UpgradePlan -Blue blue -Green green -Gate quiesce-blue @kube
        $plan | Should -BeOfType [KonUpgrade.Model.UpgradePlan]
        "$((New-UpgradePlan -Blue blue -Green green -ScriptGate quiesce-blue, scale-down-blue @kube).Steps.Gate -ne 'None')" | Should -Be 'Script Script'
        $plan.Name, $plan.System, "$($plan.Blue)", $plan.Green.ServerVersion | Should -Be 'blue-to-green', 'Kubernetes', 'blue', 'v1.34.0'
        $plan.Steps.Id | Should -Contain 'catch-up'
        $plan.Steps[1].Id, $plan.Steps[3].After[1] | Should -Be 'readiness', 'export'
        $plan | Export-UpgradePlan $file | Should -BeNullOrEmpty
        $read = Import-UpgradePlan $file
        ($read.Steps | ConvertTo-Json -Depth 6) | Should -Be ($plan.Steps | ConvertTo-Json -Depth 6)

        # Nothing is written with -WhatIf, and each step says what it would do.
        $would = $read | Invoke-BlueGreenUpgrade -JournalPath $journal -WhatIf
        $would | Should -BeOfType [KonUpgrade.Model.UpgradeStep]
        $would.Id | Should -Be $plan.Steps.Id
        ($would | Where-Object Id -EQ import).Result | Should -Match '6 created.*2 held'
        ($would | Where-Object Id -EQ quiesce-blue).Result | Should -Match '1 to be suspended'
        Get-ChildItem (Split-Path $journal) -Name | Should -Be 'plan.yaml'
        Get-Running green Deployment | Should -Be 'absent'

        $made = $read | Invoke-BlueGreenUpgrade -JournalPath $journal -PassThru -WarningVariable told -WarningAction SilentlyContinue
        $upgrade = $made[-1]
        $upgrade | Should -BeOfType [KonUpgrade.Model.BlueGreenUpgrade]
        ($made | Select-Object -SkipLast 1).Id | Sort-Object | Should -Be 'admission', 'as-well', 'compare', 'export', 'health', 'import', 'readiness', 'serve', 'trust', 'volumes', 'wait-for-green'
        "$($upgrade.State)" | Should -Be 'AwaitingApproval'
        "$told" | Should -BeLike '*Resume-BlueGreenUpgrade -Approve quiesce-blue*'
        $upgrade.JournalPath | Should -Be $journal
        foreach ($shown in $upgrade, $upgrade.Steps) {
            $table = ($shown | Out-String -Width 120) -split '\r?\n'
            $table -match 'Awaiting approval' | Should -Not -BeNullOrEmpty
            ($table | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 120
        }
        Join-Path (Split-Path $journal) 'upgrade.files/export/export.yaml' | Should -Exist
        Get-Running green Deployment | Should -Be 'runs'
        Get-Running blue CronJob | Should -Be 'runs'

        # The journal tells it, and so does a copy that came back from another session.
        (Get-BlueGreenUpgrade $journal).Steps.State | Should -Be $upgrade.Steps.State
        $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($upgrade))
        # It reads there as it does here: words, not numbers.
        $back.State -eq 'AwaitingApproval' | Should -BeTrue
        ($back | Out-String -Width 120) -replace '\s+$' | Should -Be (($upgrade | Out-String -Width 120) -replace '\s+$')
        ($back.Steps | Out-String -Width 120) -replace '\s+$' | Should -Be (($upgrade.Steps | Out-String -Width 120) -replace '\s+$')
        $upgrade = $back | Resume-BlueGreenUpgrade -Approve quiesce-blue, scale-down-blue
        "$($upgrade.State)" | Should -Be 'Completed'
        $upgrade.Steps.State | Sort-Object -Unique | Should -Be 'Completed'
        Get-Running blue CronJob | Should -Be 'held'
        Get-Running green CronJob | Should -Be 'runs'

        $undone = $upgrade | Undo-BlueGreenUpgrade -WhatIf -WarningAction SilentlyContinue
        $undone[0].Id | Should -Be 'scale-down-blue'
        "$((Get-BlueGreenUpgrade $journal).State)" | Should -Be 'Completed'
        $undone = $upgrade | Undo-BlueGreenUpgrade -WarningVariable left -WarningAction SilentlyContinue
        "$($undone.State)" | Should -Be 'Undone'
        "$left" | Should -BeLike '*not taken back: What was imported stays on green*-RemoveImported*'
        Get-Running blue CronJob | Should -Be 'runs'
        Get-Running blue Deployment | Should -Be 'runs'
        Get-Running green Deployment | Should -Be 'held'
        { $upgrade | Resume-BlueGreenUpgrade -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeUndone,*'
    }

    It 'has its journal in a cluster, goes on from there, and asks before it deletes' {
        $plan = New-UpgradePlan -Blue blue -Green green -Name kept -Namespace shop @kube
        $place = @{ JournalCluster = 'keeper' } + $kube
        $work = Join-Path $TestDrive 'kept'
        $upgrade = $plan | Invoke-BlueGreenUpgrade @place -WorkPath $work -Gate serve -WarningAction SilentlyContinue
        "$($upgrade.State)", $upgrade.JournalCluster | Should -Be 'AwaitingApproval', 'keeper'
        # The same command goes on, as a runbook would that is started over.
        $again = New-UpgradePlan -Blue blue -Green green -Name kept -Namespace shop @kube |
            Invoke-BlueGreenUpgrade @place -WorkPath $work -Approve serve -Gate compare -WarningAction SilentlyContinue
        # What another upgrade holds there is not released, and nobody goes on without knowing.
        $serve = $again.Steps | Where-Object Id -EQ serve
        "$($serve.State)" | Should -Be 'AwaitingApproval'
        $serve.Result | Should -BeLike '*not released: Deployment shop/web: *blue-to-green*holds it*'
        $again = $again | Resume-BlueGreenUpgrade -WorkPath $work -Approve serve -Gate compare @kube -WarningAction SilentlyContinue
        "$(($again.Steps | Where-Object Id -EQ serve).State)" | Should -Be 'Completed'
        (Get-BlueGreenUpgrade @place).Name | Should -Be 'kept'
        (Get-BlueGreenUpgrade @place -Name k*).Name | Should -Be 'kept'
        { Get-BlueGreenUpgrade @place -Name other -ErrorAction Stop } | Should -Throw -ErrorId 'JournalNotFound,*'
        Complete-Line "Resume-BlueGreenUpgrade -JournalCluster keeper -KubeConfigPath '$($sandbox.KubeConfigPath)' -Name k" | Should -Be 'kept'
        Complete-Line "Resume-BlueGreenUpgrade -JournalCluster keeper -KubeConfigPath '$($sandbox.KubeConfigPath)' -Name kept -Approve co" | Should -Be 'compare'
        # Where nobody can answer, -RemoveImported is an error, and nothing has happened.
        Invoke-Session "Import-Module '$manifestPath'; Undo-BlueGreenUpgrade -JournalCluster keeper -Name kept -RemoveImported -KubeConfigPath '$($sandbox.KubeConfigPath)'; 'after'" |
            Out-String | Should -Match 'Recommendation: Confirm it with -Confirm:\$false'
        "$((Get-BlueGreenUpgrade @place).State)" | Should -Be 'AwaitingApproval'
        $undone = $again | Undo-BlueGreenUpgrade -RemoveImported -Confirm:$false -WorkPath $work @kube -WarningAction SilentlyContinue
        "$($undone.State)" | Should -Be 'Undone'
    }

    It 'takes a plan that came back from a job or through JSON, and refuses one that lost its steps' {
        $plan = New-UpgradePlan -Blue blue -Green green -Namespace shop -AllowOutward Ingress @kube
        $lost = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($plan))
        $json = $plan | ConvertTo-Json -Depth 6 | ConvertFrom-Json
        foreach ($back in $lost, $json) {
            $path = Join-Path $TestDrive "$([guid]::NewGuid().ToString('n')).yaml"
            $same = $back | Export-UpgradePlan $path -PassThru
            ($same.Steps | ConvertTo-Json -Depth 6) | Should -Be ($plan.Steps | ConvertTo-Json -Depth 6)
            $same.Selection.Namespace, $same.AllowOutward | Should -Be 'shop', 'Ingress'
        }
        { $plan | ConvertTo-Json -Depth 1 -WarningAction SilentlyContinue | ConvertFrom-Json | Export-UpgradePlan "$TestDrive/x.yaml" -ErrorAction Stop } | Should -Throw
        "$TestDrive/x.yaml" | Should -Not -Exist
    }

    It 'asks script blocks, whose errors are their steps'' failures' {
        $path = Set-PlanStep @'
- {id: outside, kind: External, title: Somebody does it, task: Turn the switch., probe: true, interval: 1s, timeout: 20s}
- {id: last, kind: WaitForCluster, target: Green, after: [outside], gate: Script}
'@
        $plan = Import-UpgradePlan $path
        $journal = Get-Journal
        # A probe that can't find out is an error, whatever the command's own preference is.
        $upgrade = $plan | Invoke-BlueGreenUpgrade -JournalPath $journal -Probe @{ outside = { Get-Item "$TestDrive/none" } } -ErrorVariable problem -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        "$($upgrade.State)", $upgrade.Failure.Id | Should -Be 'Failed', 'ScriptFailed'
        $problem[-1].FullyQualifiedErrorId | Should -BeLike 'UpgradeFailed,*'
        $problem[-1].ErrorDetails.RecommendedAction | Should -BeLike '*script block*'
        # A text is no answer, whatever it says.
        $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -Probe @{ outside = { $true; 'false' } } -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        "$($upgrade.State)", $upgrade.Failure.Id | Should -Be 'Failed', 'ScriptAnswerInvalid'
        # $_ is the step; nothing at all is $false; the block is asked until its last value is $true.
        $script:asked = 0
        $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -Probe @{ outside = { if ($_.Id -eq 'outside' -and ++$script:asked -gt 1) { 'looked'; $true } } } -WarningVariable told -WarningAction SilentlyContinue
        $script:asked | Should -BeGreaterThan 1
        "$($upgrade.Steps[0].State)", "$($upgrade.State)" | Should -Be 'Completed', 'AwaitingApproval'
        "$told" | Should -BeLike '*Turn the switch.*'
        $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = { throw 'the gate is stuck' } } -Probe @{} -ErrorAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Failed'
        $upgrade.Failure.Message | Should -BeLike '*the gate is stuck*'
        # It failed at its gate, and is asked there again.
        "$((Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = { $false } } -WarningAction SilentlyContinue).State)" | Should -Be 'AwaitingApproval'
        # What is printed before the answer is none.
        foreach ($gate in { 'looking'; $false }, { $true; $false }, { Get-Item $TestDrive; $false }, { }) {
            "$((Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = $gate } -WarningAction SilentlyContinue).State)" | Should -Be 'AwaitingApproval' -Because $gate
        }
        # Only $true and $false are answers.
        $none = [ordered]@{ "is 'false' (String)" = { 'false' }; "is 'yes' (String)" = { $true; 'yes' }; 'is $null' = { $null }; "is '1' (Int32)" = { 1 }; "$('x' * 79)…' (String)" = { 'x' * 500 } }
        foreach ($words in $none.Keys) {
            $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = $none[$words] } -ErrorVariable problem -ErrorAction SilentlyContinue
            "$($upgrade.State)", $upgrade.Failure.Id | Should -Be 'Failed', 'ScriptAnswerInvalid' -Because $words
            "$($problem[-1])" | Should -BeLike "*'last'*$words, and neither*"
            $problem[-1].ErrorDetails.RecommendedAction | Should -BeLike '*$true or $false*'
        }
        # What would end more than the block ends the block.
        foreach ($gate in { break }, { continue }, { exit }) {
            $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = $gate } -ErrorAction SilentlyContinue
            "$($upgrade.State)", $upgrade.Failure.Id | Should -Be 'Failed', 'ScriptFailed' -Because $gate
            $upgrade.Failure.Message | Should -BeLike '*exit*outside a loop*' -Because $gate
        }
        "$((Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = { $true } }).State)" | Should -Be 'Completed'
    }

    It 'stops when its time is over, and is taken back when it fails where that is wanted' {
        $path = Set-PlanStep @'
- {id: wait, kind: WaitForCluster, target: Green, nodes: 5000, interval: 1s, timeout: TIMEOUT}
'@
        (Get-Content $path -Raw).Replace('TIMEOUT', '10m') | Set-Content $path
        $upgrade = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -MaxDuration 1s -WarningVariable told -WarningAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Stopped'
        "$told" | Should -BeLike '*Resume-BlueGreenUpgrade goes on*'
        (Get-Content $path -Raw).Replace('10m', '1s') | Set-Content $path
        $upgrade = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -OnFailure Undo -ErrorVariable problem -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Undone'
        $problem[-1].FullyQualifiedErrorId | Should -BeLike 'UpgradeFailed,*'
        $problem[-1].CategoryInfo.Category | Should -Be 'OperationTimeout'
        "$($problem[-1])" | Should -BeLike '*was taken back*'
        # Killed on the way back: the same line goes on with it, and a line without -OnFailure does not go forward.
        $journal = Get-Journal
        $line = Get-Content $upgrade.JournalPath
        $line[0..($line.IndexOf(($line -match '"UndoBegun"')[0]))] | Set-Content $journal
        { Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath $journal -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeUndone,*'
        $upgrade = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath $journal -OnFailure Undo -MaxDuration 1s -ErrorVariable problem -ErrorAction SilentlyContinue -WarningVariable told -WarningAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Undone'
        "$told" | Should -BeLike '*it is gone on with*'
        $problem[-1].FullyQualifiedErrorId | Should -BeLike 'UpgradeFailed,*'
        { Resume-BlueGreenUpgrade -JournalPath $journal -OnFailure Undo -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeUndone,*'
    }

    It 'shows what a resume would do of an upgrade on its way back, and asks nothing of one that is taken back' {
        $path = Set-PlanStep @'
- {id: wait, kind: WaitForCluster, target: Green, nodes: 5000, interval: 1s, timeout: 1s}
'@
        $upgrade = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -OnFailure Undo -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        # Killed between the failure and the undo: the same line takes back, and does not try again.
        $journal = Get-Journal
        $line = Get-Content $upgrade.JournalPath
        $line[0..($line.IndexOf(($line -match '"StepFailed"')[0]))] | Set-Content $journal
        $would = Resume-BlueGreenUpgrade -JournalPath $journal -OnFailure Undo -WhatIf
        $would.Id, $would.Result | Should -Be 'wait', 'There is nothing to undo.'
        (Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath $journal -OnFailure Undo -WhatIf).Result | Should -Be 'There is nothing to undo.'
        (Resume-BlueGreenUpgrade -JournalPath $journal -WhatIf -ErrorAction SilentlyContinue).Result | Should -Not -Be 'There is nothing to undo.'
        $undone = Resume-BlueGreenUpgrade -JournalPath $journal -OnFailure Undo -ErrorVariable problem -ErrorAction SilentlyContinue -WarningVariable told -WarningAction SilentlyContinue
        "$($undone.State)", $undone.Steps[0].Attempt, $undone.Cause.Id | Should -Be 'Undone', 1, 'WaitTimeout'
        "$told" | Should -BeLike '*as -OnFailure said then and says now*'
        "$($problem[-1])" | Should -BeLike '*failed, and was taken back. Step ''wait'' waited*'
        # What would be refused is refused with -WhatIf too; what is taken back is that, whatever is to be confirmed.
        { Resume-BlueGreenUpgrade -JournalPath $journal -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'UpgradeUndone,*'
        $undone = Undo-BlueGreenUpgrade -JournalPath $journal -Confirm -WarningVariable told -WarningAction SilentlyContinue
        "$($undone.State)" | Should -Be 'Undone'
        "$told" | Should -BeLike '*has been taken back already*'
    }

    It 'tells what failed and why it could not be taken back in one error' {
        Add-TestObject $sandbox blue @(@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'shop'; name = 'changed' }; data = @{ from = 'blue' } })
        Add-TestObject $sandbox green @(@{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'shop'; name = 'changed' }; data = @{ from = 'green' } })
        $path = Set-PlanStep @'
- {id: export, kind: ExportConfig, target: Blue}
- {id: import, kind: ImportConfig, target: Green, export: export, existing: Apply, forceConflict: true, after: [export]}
- {id: outside, kind: External, probe: true, after: [import]}
'@
        $journal = Get-Journal
        $lost = Join-Path (Split-Path $journal) 'upgrade.files/import/images'
        $probe = { Remove-Item $lost -Recurse; throw 'the switch is stuck' }.GetNewClosure()
        $upgrade = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath $journal -OnFailure Undo -Probe @{ outside = $probe } -ErrorVariable problem -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        "$($upgrade.State)", $upgrade.Cause.Id, $upgrade.Failure.Id | Should -Be 'UndoFailed', 'ScriptFailed', 'ImagesMissing'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'UpgradeFailed,*'
        "$($problem[0])" | Should -BeLike '*the switch is stuck*not taken back wholly*Undo-BlueGreenUpgrade goes on*can''t be put back*'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-WorkPath*'
    }

    It 'stops a script block when its time is over, and hears what one says' {
        $path = Set-PlanStep '- {id: last, kind: WaitForCluster, target: Green, gate: Script}'
        $journal = Get-Journal
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $upgrade = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath $journal -MaxDuration 2s -GateScript @{ last = { Start-Sleep 300; $true } } -WarningAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Stopped'
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 200
        $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -MaxDuration 2s -GateScript @{ last = { while ($true) { $null = 1 } } } -WarningAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Stopped'
        $upgrade = Resume-BlueGreenUpgrade -JournalPath $journal -GateScript @{ last = { Write-Warning 'look here'; Write-Information 'and here'; $true } } -WarningVariable told -InformationVariable heard -WarningAction SilentlyContinue
        "$($upgrade.State)" | Should -Be 'Completed'
        "$told" | Should -BeLike '*look here*'
        "$heard" | Should -BeLike '*and here*'
    }

    It 'refuses a plan that does not hold, with its place' {
        $path = Set-PlanStep @'
- {id: one, kind: WaitForCluster, target: Green, after: [two]}
- {id: two, kind: WaitForCluster, target: Green, after: [one]}
'@
        $problem = { Import-UpgradePlan $path } | Should -Throw -ErrorId 'InvalidPlan,*' -PassThru
        "$problem" | Should -Match 'circle'
        "$problem" | Should -Match "$([regex]::Escape($path)).*\d+"
        { Import-UpgradePlan (Set-PlanStep '- {id: one, kind: Dance}') } | Should -Throw -ErrorId 'InvalidPlan,*'
        { Import-UpgradePlan (Join-Path $TestDrive 'none.yaml') } | Should -Throw -ErrorId 'PlanFileNotFound,*'
        # So is what would say nothing at a step, or move more than is meant.
        foreach ($hosts in '', @(), @(''), @('shop.example.com', ''), 'http://shop.example.com/', 'shop_x y') {
            { New-UpgradePlan -Blue blue -Green green -Setting @{ traffic = @{ hosts = $hosts } } @kube } | Should -Throw -ErrorId 'StepSettingInvalid,*' -Because "'$hosts'"
        }
        $text = Get-Content (Set-PlanStep '- {id: one, kind: WaitForCluster}') -Raw
        foreach ($wrong in 'selektion: {namespace: [shop]}', 'selection: {namespaces: [shop]}', 'selection: {namespace: []}') {
            Set-Content $path "$text`n$wrong"
            "$({ Import-UpgradePlan $path } | Should -Throw -ErrorId 'InvalidPlan,*' -PassThru -Because $wrong)" | Should -Match 'line \d+, column \d+: .*selection'
        }
        $plan = New-UpgradePlan -Blue blue -Green green @kube
        { $plan | Export-UpgradePlan $path -ErrorAction Stop } | Should -Throw -ErrorId 'PlanFileExists,*'
        $plan | Export-UpgradePlan $path -Force
        (Import-UpgradePlan $path).Steps.Count | Should -Be $plan.Steps.Count
        # One that a script made is checked as a file is.
        $made = [KonUpgrade.Model.UpgradePlan]@{ Name = 'x'; System = 'Kubernetes'; Blue = $plan.Blue; Green = $plan.Green; Steps = [KonUpgrade.Model.UpgradeStep[]]@([KonUpgrade.Model.UpgradeStep]@{ Id = 'a'; Kind = 'Dance'; Title = 'A' }) }
        { $made | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidPlan,*'
    }

    It 'refuses other clusters, steps that are not there, scripts that nobody asks, and journals that are not its own' {
        { New-UpgradePlan -Blue blue -Green blue @kube } | Should -Throw -ErrorId 'SameCluster,*'
        { New-UpgradePlan -Blue blue -Green green -Gate nothing @kube } | Should -Throw -ErrorId 'UnknownStep,*'
        { New-UpgradePlan -Blue blue -Green green -ScriptGate nothing @kube } | Should -Throw -ErrorId 'UnknownStep,*'
        { New-UpgradePlan -Blue blue -Green green -Gate serve -ScriptGate compare, serve @kube } | Should -Throw -ErrorId 'TwoGates,*'
        $plan = New-UpgradePlan -Blue blue -Green green @kube
        $journal = Get-Journal
        { $plan | Invoke-BlueGreenUpgrade -JournalPath $journal -Approve nothing -ErrorAction Stop } | Should -Throw -ErrorId 'UnknownStep,*'
        { $plan | Invoke-BlueGreenUpgrade -JournalPath $journal -GateScript @{ serve = { $true } } -ErrorAction Stop } | Should -Throw -ErrorId 'ScriptNotAsked,*'
        { $plan | Invoke-BlueGreenUpgrade -JournalPath $journal -GateScript @{ serve = 'yes' } -ErrorAction Stop } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        $journal | Should -Not -Exist
        # The plan's green has become another cluster.
        $other = Join-Path $TestDrive 'other.yaml'
        $plan | Export-UpgradePlan $other
        (Get-Content $other -Raw).Replace($plan.Green.ClusterUid, '11111111-2222-3333-4444-555555555555') | Set-Content $other
        { Import-UpgradePlan $other | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'OtherCluster,*'
        { Import-UpgradePlan $other | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -ErrorAction Stop } | Should -Throw -ErrorId 'OtherCluster,*'
        # A journal of another plan, and one that was edited.
        $upgrade = $plan | Invoke-BlueGreenUpgrade -JournalPath $journal -Gate wait-for-green, export -WarningAction SilentlyContinue
        { New-UpgradePlan -Blue blue -Green green -Volume Static @kube | Invoke-BlueGreenUpgrade -JournalPath $journal -ErrorAction Stop } | Should -Throw -ErrorId 'OtherPlan,*'
        (Get-Content $journal -Raw).Replace('Release what serves', 'Release all that serves') | Set-Content $journal -NoNewline
        { Get-BlueGreenUpgrade $journal } | Should -Throw -ErrorId 'JournalEdited,*'
        { $upgrade | Resume-BlueGreenUpgrade -ErrorAction Stop } | Should -Throw -ErrorId 'JournalEdited,*'
        { Get-BlueGreenUpgrade (Join-Path $TestDrive 'none.jsonl') } | Should -Throw -ErrorId 'JournalNotFound,*'
        { New-UpgradePlan -Blue blue -Green green -Secret Encrypt @kube | Invoke-BlueGreenUpgrade -JournalPath (Get-Journal) -ErrorAction Stop } | Should -Throw -ErrorId 'CertificateMissing,*'
    }

    It 'completes the steps of the plan, of the journal, or of the system on the line' {
        Complete-Line 'New-UpgradePlan -Blue blue -Green green -Gate sc' | Should -Be 'scale-down-blue', 'schedule'
        Complete-Line 'New-UpgradePlan -Blue blue -Green green -ScriptGate sc' | Should -Be 'scale-down-blue', 'schedule'
        $journal = Get-Journal
        $path = Set-PlanStep '- {id: only-one, kind: WaitForCluster, target: Green, gate: Approval}'
        $null = Import-UpgradePlan $path | Invoke-BlueGreenUpgrade -JournalPath $journal -WarningAction SilentlyContinue
        Complete-Line "Resume-BlueGreenUpgrade -JournalPath '$journal' -Approve o" | Should -Be 'only-one'
    }

    It 'shows its steps'' progress as part of its own' {
        $journal = Get-Journal
        $shell = Start-Shell @"
New-UpgradePlan -Blue blue -Green green -Name shown -KubeConfigPath '$($sandbox.KubeConfigPath)' | Export-UpgradePlan '$(Split-Path $journal)/p.yaml'
`$text = Get-Content '$(Split-Path $journal)/p.yaml' -Raw
Set-Content '$(Split-Path $journal)/p.yaml' (`$text.Substring(0, `$text.IndexOf('steps:')) + "steps:``n- {id: wait, kind: WaitForCluster, title: Wait for nodes, target: Green, nodes: 5000, interval: 1s, timeout: 2s}")
Import-UpgradePlan '$(Split-Path $journal)/p.yaml' | Invoke-BlueGreenUpgrade -JournalPath '$journal' -ErrorAction SilentlyContinue
"@
        $null = $shell.Shell.EndInvoke($shell.Started)
        $shown = $shell.Shell.Streams.Progress
        $upgrade = $shown | Where-Object Activity -EQ 'Upgrade shown' | Select-Object -First 1
        $step = $shown | Where-Object Activity -EQ 'shown: Wait for nodes' | Select-Object -First 1
        $upgrade | Should -Not -BeNullOrEmpty
        $step.ParentActivityId | Should -Be $upgrade.ActivityId
        ($shown | Where-Object Activity -EQ 'Waiting: Wait for nodes' | Select-Object -First 1).ParentActivityId | Should -Be $step.ActivityId
        foreach ($id in $shown.ActivityId | Sort-Object -Unique) {
            "$(($shown | Where-Object ActivityId -EQ $id)[-1].RecordType)" | Should -Be 'Completed'
        }
        $shell.Shell.Dispose()
    }
}
