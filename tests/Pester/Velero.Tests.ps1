Describe 'Backups and restores of Velero' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.33
        $was = Set-TestEnvironment @{ KUBECONFIG = $sandbox.KubeConfigPath }
        foreach ($cluster in 'blue', 'green') {
            $null = Invoke-Control $sandbox "velero/clusters/$cluster" @{ accessMode = $cluster -eq 'blue' ? 'ReadWrite' : 'ReadOnly'; prefix = 'prod' } -Method Put
        }
        Add-TestObject $sandbox blue (Get-ShopObject)
        # With 0 the servers stand still, so that what is begun stays begun.
        function Set-Speed([double] $Speed) { $null = Invoke-Control $sandbox "velero/speed?is=$Speed" -Method Put }
        $soon = @{ Confirm = $false; Timeout = '1m' }
        $quick = @{ Confirm = $false; NoWait = $true }
        Set-Speed 500
        # Until Velero has looked at its locations.
        $null = New-VeleroBackup whole -Cluster blue -Namespace shop @soon
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }
    AfterEach {
        $null = Invoke-Control $sandbox velero/troubles -Method Delete
        Set-Speed 500
    }

    It 'go all the way, and each is waited for where it is' {
        $restore = New-VeleroBackup way -Cluster blue -Namespace shop -NoWait -Confirm:$false | Wait-VeleroBackup -Timeout 1m |
            New-VeleroRestore over -Cluster green -NoWait -Confirm:$false -WarningVariable said | Wait-VeleroRestore -Timeout 1m
        $restore | Should -BeOfType [KonUpgrade.Model.VeleroRestore]
        "$($restore.Name) $($restore.BackupName) $($restore.Context) $($restore.Phase) $($restore.Complete)" | Should -Be 'over way green Completed True'
        $restore.ItemsDone | Should -BeGreaterThan 0
        $said | Should -BeNullOrEmpty
        $made = Get-ClusterConfig -Cluster green -Namespace shop -Kind ConfigMap | Where-Object Name -EQ settings
        $made.Object.data.color | Should -Be blue
        ($restore | Out-String -Width 120) | Should -Match 'over +Completed +100% +0 \(\d warn\)'
    }

    It 'are waited for by the command that makes them' {
        $backup = New-VeleroBackup simple -Cluster blue -Namespace shop @soon
        "$($backup.Name) $($backup.Phase) $($backup.Complete) $($backup.Context) $($backup.Bucket) $($backup.Prefix) $($backup.IsExisting)" | Should -Be 'simple Completed True blue velero prod False'
        $backup.VeleroVersion | Should -Match '^v1\.'
        ($backup | Out-String -Width 120) | Should -Match 'simple +Completed +100%'
        # Into the same cluster, under another name.
        $restore = $backup | New-VeleroRestore -Cluster blue -NamespaceMapping @{ shop = 'trial' } -Kind ConfigMap @soon
        "$($restore.Complete) $($restore.NamespaceMapping.shop)" | Should -Be 'True trial'
        (Get-ClusterConfig -Cluster blue -Namespace trial -Kind ConfigMap).Name | Should -Contain settings
    }

    It 'are made of what is asked for, and found again by the same command' {
        Set-Speed 0
        $asked = @{ Cluster = 'blue'; Namespace = 'shop'; Kind = 'Deployment', 'cm'; LabelSelector = 'app=web'; Volume = 'FileSystem'; Label = @{ for = 'green' }; IncludeClusterResource = $false }
        $backup = New-VeleroBackup first @asked -Ttl '45d' @quick
        $backup.IncludedResources | Should -Be configmaps, deployments.apps
        $again = New-VeleroBackup first @asked -Ttl 1080h @quick
        "$($again.Uid) $($again.IsExisting)" | Should -Be "$($backup.Uid) True"
        { New-VeleroBackup first @asked @quick -ErrorAction Stop } | Should -Throw -ErrorId 'VeleroBackupExists,*'
        Set-Speed 500
        (New-VeleroBackup first @asked -Ttl '45d' @soon).Complete | Should -BeTrue
        $same = New-VeleroBackup first @asked -Ttl '45d' @soon -WarningVariable said -WarningAction SilentlyContinue
        "$($same.Uid) $($same.Complete)" | Should -Be "$($backup.Uid) True"
        "$said" | Should -BeLike '*Another name makes a new one*'
        (Get-VeleroBackup fir* -Cluster blue).Name | Should -Be first
        # Without quotes PowerShell makes a number of it, which would be seconds.
        { New-VeleroBackup short -Cluster blue -Ttl 45d @quick } | Should -Throw "*write '45d' in quotes, or 1080h*"
    }

    It 'without a name have one of their own, and one that runs is found' {
        Set-Speed 0
        $one = New-VeleroBackup -Cluster blue -Namespace shop -Ttl 1h @quick
        $one.Name | Should -Match '^konupgrade-[0-9a-f]{8}-1$'
        (New-VeleroBackup -Cluster blue -Namespace shop -Ttl 1h @quick).Uid | Should -Be $one.Uid
    }

    It 'are not made with -WhatIf' {
        New-VeleroBackup nothing -Cluster blue -WhatIf | Should -BeNullOrEmpty
        New-VeleroRestore nothing -BackupName whole -Cluster green -WhatIf | Should -BeNullOrEmpty
        Get-VeleroBackup noth* -Cluster blue | Should -BeNullOrEmpty
        Get-VeleroRestore noth* -Cluster green | Should -BeNullOrEmpty
    }

    It 'that are not whole fall out with their objects named, and are restored only where that is allowed' {
        $null = Invoke-Control $sandbox velero/troubles @{ outcome = 'PartiallyFailed'; items = @('configmaps/shop/settings'); message = 'no room' }
        $bad = New-VeleroBackup bad -Cluster blue -Namespace shop @soon -ErrorVariable told -ErrorAction SilentlyContinue | Where-Object Complete -EQ $false
        "$($bad.Name) $($bad.Phase) $($bad.Errors) $($bad.Failure.Id)" | Should -Be 'bad PartiallyFailed 1 VeleroBackupPartiallyFailed'
        $told | Should -HaveCount 1
        $told[0].FullyQualifiedErrorId | Should -BeLike 'VeleroBackupIncomplete,*'
        "$($told[0])" | Should -BeLike '1 of 1 backups of blue are not whole: bad (PartiallyFailed)*no room*'
        $bad.Issues[0].IsError | Should -BeTrue
        "$($bad.Issues)" | Should -BeLike '*settings*no room*'
        { $bad | New-VeleroRestore -Cluster green @quick -ErrorAction Stop } | Should -Throw -ErrorId 'VeleroBackupNotComplete,*'
        $restore = $bad | New-VeleroRestore -Cluster green -AllowPartial -ExistingResourcePolicy Update -NamespaceMapping @{ shop = 'part' } @soon
        "$($restore.BackupName) $($restore.Complete) $($restore.ExistingResourcePolicy)" | Should -Be 'bad True update'
        $restore.Name | Should -Match '^bad-[0-9a-f]{8}-1$'
    }

    It 'that failed say why, and the restore of one that was left as it is lists what was there' {
        $null = Invoke-Control $sandbox velero/troubles @{ outcome = 'Failed'; message = 'the disk is full'; count = 1 }
        $failed = New-VeleroBackup failed -Cluster blue -Namespace shop @soon -ErrorAction SilentlyContinue
        "$($failed.Phase) $($failed.Failure.Message)" | Should -BeLike 'Failed *the disk is full*'
        # The second run gives it back and makes no other.
        (New-VeleroBackup failed -Cluster blue -Namespace shop @soon -ErrorAction SilentlyContinue).Uid | Should -Be $failed.Uid
    }

    It 'never take their target from what comes in' {
        Set-Speed 0
        $backup = New-VeleroBackup aim -Cluster blue @quick
        (Get-Command New-VeleroRestore).Parameters.Cluster.ParameterSets.Values.ValueFromPipelineByPropertyName | Should -Not -Contain $true
        { $backup | New-VeleroRestore -Cluster green @quick -ErrorAction Stop } | Should -Throw -ErrorId 'VeleroBackupNotEnded,*'
        # A context that leads to another cluster by now.
        $backup | Wait-VeleroBackup -Cluster green -ErrorVariable told -ErrorAction SilentlyContinue
        $told[0].FullyQualifiedErrorId | Should -BeLike 'OtherCluster,*'
    }

    It 'are restored in an order, each kind by a restore of its own' {
        $made = New-VeleroRestore ordered -BackupName whole -Cluster blue -NamespaceMapping @{ shop = 'ordered' } -Order Service, Deployment @soon -WarningAction SilentlyContinue
        $made.Name | Should -Be ordered-1, ordered-2, ordered
        $made.Complete | Should -Be $true, $true, $true
        $made[0].IncludedResources | Should -Be services
        $made[2].ExcludedResources | Should -Contain deployments.apps
        $made[0].CompletionTimestamp | Should -BeLessOrEqual $made[1].StartTimestamp
        # One that is not whole keeps the others from being begun.
        $null = Invoke-Control $sandbox velero/troubles @{ outcome = 'Failed'; restore = $true; count = 1 }
        $stopped = New-VeleroRestore halted -BackupName whole -Cluster blue -NamespaceMapping @{ shop = 'halted' } -Order Service @soon -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
        "$($stopped.Name) $($stopped.Phase)" | Should -Be 'halted-1 Failed'
        { New-VeleroRestore x -BackupName whole -Cluster blue -Order Service @quick } | Should -Throw -ErrorId 'OrderWithNoWait,*'
    }

    It 'come back from a file or a job' {
        $backup = New-VeleroBackup kept -Cluster blue -Namespace shop @quick
        $backup | Export-Clixml (Join-Path $TestDrive backup.xml)
        $ended = Import-Clixml (Join-Path $TestDrive backup.xml) | Wait-VeleroBackup -Timeout 1m
        "$($ended.Name) $($ended.Complete) $($ended.Uid)" | Should -Be "kept True $($backup.Uid)"
        $json = $backup | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        ($json | Wait-VeleroBackup -Timeout 1m).Complete | Should -BeTrue
        (Wait-VeleroBackup kept -Cluster blue -Timeout 1m).Uid | Should -Be $backup.Uid
        $ended | Export-Clixml (Join-Path $TestDrive ended.xml)
        $restore = Import-Clixml (Join-Path $TestDrive ended.xml) | New-VeleroRestore -Cluster green -NamespaceMapping @{ shop = 'kept' } @soon
        "$($restore.BackupName) $($restore.Complete)" | Should -Be 'kept True'
    }

    It 'whose time is over come out with an error that says so, and go on' {
        Set-Speed 0
        $left = New-VeleroBackup slow -Cluster blue -Namespace shop -Timeout 0.2 -Confirm:$false -ErrorVariable told -ErrorAction SilentlyContinue
        $left.Failure.Id | Should -Be VeleroWaitTimeout
        $told[0].FullyQualifiedErrorId | Should -BeLike 'VeleroBackupIncomplete,*'
        Set-Speed 500
        ($left | Wait-VeleroBackup -Timeout 1m).Complete | Should -BeTrue
    }

    It 'that do not come to the other cluster are told, and no restore is made' {
        $null = Invoke-Control $sandbox velero/troubles @{ outcome = 'NotSynced'; name = 'lost' }
        $backup = New-VeleroBackup lost -Cluster blue -Namespace shop @soon
        { $backup | New-VeleroRestore lost -Cluster green -SyncTimeout 1 @quick -ErrorAction Stop } | Should -Throw -ErrorId 'VeleroBackupNotSynced,*'
        Get-VeleroRestore los* -Cluster green | Should -BeNullOrEmpty
    }

    It 'that can not be made say why and what to do: <Id>' -ForEach @(
        @{ Id = 'NamespaceNotFound'; With = @{ Namespace = 'shpo' }; Words = '*patterns*' }
        @{ Id = 'KindNotFound'; With = @{ Kind = 'Deploymnt' }; Words = '*api-resources*' }
        @{ Id = 'StorageLocationNotFound'; With = @{ StorageLocation = 'nowhere' }; Words = '*-StorageLocation*' }
        @{ Id = 'StorageLocationReadOnly'; With = @{ Cluster = 'green'; Namespace = 'default' }; Words = '*-StorageLocation*' }
        @{ Id = 'HookInvalid'; With = @{ Hook = 'freeze' }; Words = '*@{ name*' }
        @{ Id = 'VeleroFieldNotKnown'; With = @{ Hook = @{ name = 'x'; before = @() } }; Words = '*leave out*' }
        @{ Id = 'InvalidLabelSelector'; With = @{ LabelSelector = 'a b' }; Words = '*app=web*' }
        @{ Id = 'WaitTimeWithNoWait'; With = @{ Timeout = '1m' }; Words = '*-NoWait*' }
    ) {
        $all = @{ Name = 'refused'; Cluster = 'blue' } + $quick
        foreach ($key in $With.Keys) { $all[$key] = $With[$key] }
        $caught = $null
        try { New-VeleroBackup @all -ErrorAction Stop } catch { $caught = $_ }
        $caught.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $caught.ErrorDetails.RecommendedAction | Should -BeLike $Words
        Get-VeleroBackup refuse* -Cluster blue | Should -BeNullOrEmpty
    }

    It 'have hooks as tables' {
        $hooked = New-VeleroBackup hooked -Cluster blue -Namespace shop -Hook @{ name = 'freeze'; includedNamespaces = @('shop'); pre = @(@{ exec = @{ command = @('/bin/sync'); timeout = '30s' } }) } @soon
        $hooked.Complete | Should -BeTrue
    }

    It 'stop being waited for when the pipeline is stopped, and are found again' {
        Set-Speed 0
        $run = Start-Shell "New-VeleroBackup stopped -Cluster blue -Namespace shop -Confirm:`$false"
        Wait-Until { Get-VeleroBackup stoppe* -Cluster blue }
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $run.Shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        $run.Shell.Dispose()
        (New-VeleroBackup stopped -Cluster blue -Namespace shop @quick).IsExisting | Should -BeTrue
    }

    It 'complete their names and locations' {
        Complete-Line 'Get-VeleroBackup -Cluster blue who' | Should -Contain whole
        Complete-Line 'New-VeleroRestore -Cluster blue -BackupName who' | Should -Contain whole
        Complete-Line 'New-VeleroBackup -Cluster blue -StorageLocation d' | Should -Contain default
        Complete-Line 'New-VeleroBackup -Volume F' | Should -Contain FileSystem
    }

    It 'that nobody has are told' {
        Get-VeleroBackup nobody -Cluster blue -ErrorVariable told -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $told[0].FullyQualifiedErrorId | Should -BeLike 'VeleroBackupNotFound,*'
        { Get-VeleroRestore nobody -Cluster green -ErrorAction Stop } | Should -Throw -ErrorId 'VeleroRestoreNotFound,*'
    }
}
