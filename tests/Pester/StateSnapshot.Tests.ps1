Describe 'Snapshots of stores outside the cluster' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33 -ClockSpeed 500
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        $aws = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
        $soon = @{ Interval = '50ms'; Timeout = '1m' }
        $bucket, $database, $files, $volume, $cluster = $sandbox.ResourceArn
        $with = @{ IamRoleArn = $sandbox.IamRoleArn; Confirm = $false }
        function Get-JobCount { @(Get-StateSnapshot @aws).Count }
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }
    AfterEach {
        $null = Invoke-Control $sandbox backup/troubles -Method Delete
        $null = Invoke-Control $sandbox 'backup/speed?is=500' -Method Put
        $null = Invoke-Control $sandbox backup/vaults/Default/lock -Method Delete
        $null = Invoke-Control $sandbox 'backup/opt-in/EFS?is=true' -Method Put
        Clear-TestFault $sandbox
    }

    It 'are taken side by side, and what is not whole falls out of the pipeline' {
        $null = Invoke-Control $sandbox backup/troubles @{ outcome = 'FAILED'; resourceArn = $database; message = 'no room' }
        $bad = $bucket, $database, $files | New-StateSnapshot -Name first -BackupVaultName first -CreateVault -DeleteAfterDays 14 @with @aws @soon -ErrorVariable told -ErrorAction SilentlyContinue |
            Where-Object Status -ne Completed
        $bad | Should -BeOfType [KonUpgrade.Model.StateSnapshot]
        "$($bad.ResourceArn) $($bad.Status) $($bad.State) $($bad.Failure.Id)" | Should -Be "$database Failed FAILED SnapshotFailed"
        $told | Should -HaveCount 1
        $told[0].FullyQualifiedErrorId | Should -BeLike 'SnapshotIncomplete,*'
        "$($told[0])" | Should -BeLike "1 of 3 resources are not wholly backed up as first: $database (Failed)*no room*"
        $whole = Get-StateSnapshot first @aws
        $whole.ResourceType | Sort-Object | Should -Be EFS, S3
        $whole.Complete | Should -Be $true, $true
        ($whole | Out-String -Width 120) | Should -Match 'first +EFS +fs-[0-9a-f]+ +Completed +100%'
    }

    It 'are found by their names, also those that other services keep' {
        $null = New-StateSnapshot $database, $volume -Name kept-elsewhere @with @aws @soon
        $found = Get-StateSnapshot kept-else* @aws
        "$($found.ResourceType | Sort-Object) $($found.Name | Sort-Object -Unique)" | Should -Be 'EBS RDS kept-elsewhere'
        ($found | Out-String -Width 120) | Should -Match 'kept-elsewhere +RDS +blue-db +Completed'
    }

    It 'are taken of what has tags, of databases and buckets by name, and of the stores behind a cluster''s volumes' {
        $id = ($files -split '/')[-1]
        $owned = @{ namespace = 'shop'; apiVersion = 'v1'; kind = 'PersistentVolumeClaim' }
        Add-TestObject $sandbox blue @(
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'shop' } }
            @{ apiVersion = 'v1'; kind = 'PersistentVolume'; metadata = @{ name = 'pv-1' }; spec = @{ capacity = @{ storage = '1Gi' }; accessModes = @('ReadWriteMany'); csi = @{ driver = 'efs.csi.aws.com'; volumeHandle = "${id}::fsap-1" }; claimRef = $owned + @{ name = 'images' } } }
            @{ apiVersion = 'v1'; kind = 'PersistentVolume'; metadata = @{ name = 'pv-2' }; spec = @{ capacity = @{ storage = '1Gi' }; accessModes = @('ReadWriteOnce'); csi = @{ driver = 'ebs.csi.aws.com'; volumeHandle = ($volume -split '/')[-1] }; claimRef = $owned + @{ name = 'ledger' } } }
        )
        $null = Invoke-Control $sandbox backup/resources @{ arn = 'arn:aws:s3:::reports'; tags = @{ team = 'shop'; Name = 'reports of the shop' } }
        $name = $bucket -replace '.*:'
        $taken = New-StateSnapshot -Cluster blue -KubeConfigPath $sandbox.KubeConfigPath -Namespace shop -Database blue-db -Bucket $name -Tag @{ team = 'shop', 'web' } -Name all @with @aws @soon
        $taken.Complete | Should -Not -Contain $false
        $taken.ResourceArn | Sort-Object | Should -Be ($bucket, $database, $files, $volume, 'arn:aws:s3:::reports' | Sort-Object)
        $served = $taken | Where-Object ResourceArn -eq $files
        "$($served.Volumes) $($served.Volumes.AccessPointId)" | Should -Be 'shop/images fsap-1'
        ($taken | Where-Object ResourceArn -eq $volume).ResourceName | Should -Be shop/ledger
        ($taken | Where-Object ResourceArn -like *reports).ResourceName | Should -Be 'reports of the shop'
        # They come back from a file with the volumes that they serve.
        $file = Join-Path $TestDrive volumes.xml
        $taken | Export-Clixml $file
        ((Import-Clixml $file | Wait-StateSnapshot -EndpointUrl $sandbox.EndpointUrl @soon) | Where-Object ResourceArn -eq $files).Volumes.Claim | Should -Be images
        $before = Get-JobCount
        New-StateSnapshot -Cluster blue -KubeConfigPath $sandbox.KubeConfigPath -Name what-if @with @aws -WhatIf | Should -BeNullOrEmpty
        Get-JobCount | Should -Be $before
    }

    It 'say when it is not said of what, or when there is nothing: <Id>' -ForEach @(
        @{ Id = 'SnapshotStoreMissing'; With = @{} }
        @{ Id = 'SnapshotClusterMissing'; With = @{ Namespace = 'shop'; Bucket = 'x' } }
        @{ Id = 'SnapshotStoreNotFound'; With = @{ Tag = @{ nobody = $null } } }
        @{ Id = 'WaitTimeWithNoWait'; With = @{ Bucket = 'x'; NoWait = $true; Timeout = '1m' } }
    ) {
        { New-StateSnapshot -Name none @With @aws -IamRoleArn $sandbox.IamRoleArn -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw -ErrorId "$Id,*"
        # A pipeline in which nothing came is none.
        @() | New-StateSnapshot -Name none -IamRoleArn $sandbox.IamRoleArn @aws | Should -BeNullOrEmpty
    }

    It 'of a cluster have its parts within them, and the cluster can be piped' {
        $taken = Get-ManagedCluster blue @aws | New-StateSnapshot -Name cluster @with @aws @soon
        "$($taken.ResourceType) $($taken.Status) $($taken.Parts.Count)" | Should -Be 'EKS Completed 2'
        $taken.Parts.ResourceType | Sort-Object | Should -Be EBS, EFS
    }

    It 'that run are found by a second run, and none is begun twice' {
        $null = Invoke-Control $sandbox 'backup/speed?is=0' -Method Put
        $before = Get-JobCount
        $begun = New-StateSnapshot $files, $database -Name again -NoWait @with @aws
        $begun.Status | Should -Be Created, Created
        $found = New-StateSnapshot $files, $database -Name again -NoWait @with @aws
        $found.BackupJobId | Should -Be $begun.BackupJobId
        $found.IsExisting | Should -Be $true, $true
        Get-JobCount | Should -Be ($before + 2)
        # Nobody waits for ever: what goes on comes out, with an error that says so, and can be waited for again.
        $left = $begun | Wait-StateSnapshot @aws -Interval 20ms -Timeout 0.1 -ErrorVariable told -ErrorAction SilentlyContinue
        $left.Failure.Id | Should -Be SnapshotWaitTimeout, SnapshotWaitTimeout
        $told[0].FullyQualifiedErrorId | Should -BeLike 'SnapshotIncomplete,*'
        $null = Invoke-Control $sandbox 'backup/speed?is=500' -Method Put
        ($left | Wait-StateSnapshot @aws @soon).Complete | Should -Be $true, $true
        # And what is whole is given back, with a warning.
        $same = New-StateSnapshot $files -Name again @with @aws @soon -WarningVariable said -WarningAction SilentlyContinue
        $same.BackupJobId | Should -Be $begun[0].BackupJobId
        "$said" | Should -BeLike '*Another name makes a new backup*'
    }

    It 'are waited for by what came back from a file or a job' {
        $file = Join-Path $TestDrive snapshots.xml
        $begun = New-StateSnapshot $bucket, $files -Name kept -NoWait @with @aws
        $begun | Export-Clixml $file
        $ended = Import-Clixml $file | Wait-StateSnapshot -EndpointUrl $sandbox.EndpointUrl @soon
        $ended.BackupJobId | Sort-Object | Should -Be ($begun.BackupJobId | Sort-Object)
        "$($ended.Status) $($ended[0].Name)" | Should -Be 'Completed Completed kept'
        $json = $ended[0] | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        ($json | Wait-StateSnapshot -EndpointUrl $sandbox.EndpointUrl @soon).Complete | Should -BeTrue
        (Wait-StateSnapshot -BackupJobId $begun[0].BackupJobId @aws @soon).ResourceArn | Should -Be $bucket
        (Get-StateSnapshot -BackupJobId $begun[0].BackupJobId @aws).Name | Should -Be kept
    }

    It 'that ended badly are begun anew by the same command' {
        $null = Invoke-Control $sandbox backup/troubles @{ outcome = 'COMPLETED'; count = 1 }
        $first = New-StateSnapshot $bucket -Name twice @with @aws @soon -ErrorAction SilentlyContinue
        "$($first.Status) $($first.Failure.Id)" | Should -Be 'CompletedWithIssues SnapshotHasIssues'
        { New-StateSnapshot $bucket -Name twice @with @aws @soon -ErrorAction Stop } | Should -Not -Throw
        (Get-StateSnapshot twice @aws).Status | Should -Be Completed, CompletedWithIssues
    }

    It 'are not begun with -WhatIf, and no vault is made' {
        $before = Get-JobCount
        New-StateSnapshot $bucket -Name nothing -BackupVaultName nowhere -CreateVault @with @aws -WhatIf | Should -BeNullOrEmpty
        Get-JobCount | Should -Be $before
        { New-StateSnapshot $bucket -Name nothing -BackupVaultName nowhere @with @aws -ErrorAction Stop } | Should -Throw -ErrorId 'BackupVaultNotFound,*'
    }

    It 'that can not be taken say why and what to do: <Id>' -ForEach @(
        @{ Id = 'ResourceInOtherRegion'; Arn = 'arn:aws:rds:us-east-1:123456789012:db:x'; Words = '*-Region us-east-1*' }
        @{ Id = 'ResourceInOtherAccount'; Arn = 'arn:aws:rds:eu-central-1:999999999999:db:x'; Words = '*account 999999999999*' }
        @{ Id = 'ResourceTypeNotSupported'; Arn = 'arn:aws:s3:::bucket/key'; Words = '*not of a part of one*' }
        @{ Id = 'ResourceArnInvalid'; Arn = 'fs-0123'; Words = '*Write it whole*' }
        @{ Id = 'BackupResourceNotFound'; Arn = 'arn:aws:rds:eu-central-1:123456789012:db:nobody'; Words = '*Look at the ARN*' }
    ) {
        $before = Get-JobCount
        $failed = New-StateSnapshot $Arn -Name bad @with @aws @soon -ErrorVariable told -ErrorAction SilentlyContinue
        "$($failed.Status) $($failed.Failure.Id)" | Should -Be "Failed $Id"
        $told[0].ErrorDetails.RecommendedAction | Should -BeLike $Words
        Get-JobCount | Should -Be $before
    }

    It 'need a role that AWS Backup may assume, and say so before anything is begun or made' {
        $before = Get-JobCount
        $null = Invoke-Control $sandbox iam/roles @{ name = 'strangers' }
        foreach ($case in @{ Role = 'strangers'; Id = 'BackupRoleNotAssumable'; Words = '*backup.amazonaws.com*' }, @{ Role = 'nobody'; Id = 'BackupRoleNotFound'; Words = '*Name one that is there*' }) {
            { New-StateSnapshot $bucket -Name role -BackupVaultName never -CreateVault -IamRoleArn "arn:aws:iam::123456789012:role/$($case.Role)" -Confirm:$false @aws @soon -ErrorAction Stop } | Should -Throw -ErrorId "$($case.Id),*"
            $Error[0].ErrorDetails.RecommendedAction | Should -BeLike $case.Words
        }
        # Rights that it lacks for one are told at that one; the others go on.
        $null = Invoke-Control $sandbox iam/roles @{
            name = 'no-buckets'; trustPolicy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
            attachedPolicies = @('arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup')
        }
        $taken = New-StateSnapshot $bucket, $files -Name rights -IamRoleArn arn:aws:iam::123456789012:role/no-buckets -Confirm:$false @aws @soon -ErrorAction SilentlyContinue
        $taken.Failure.Id | Should -Be BackupRoleNotPermitted
        ($taken | Where-Object ResourceArn -eq $bucket).Failure.Recommendation | Should -BeLike '*AWSBackupServiceRolePolicyForS3Backup*'
        Get-JobCount | Should -Be ($before + 1)
        (New-StateSnapshot $bucket -Name rights -SkipRoleCheck -IamRoleArn arn:aws:iam::123456789012:role/no-buckets -Confirm:$false @aws @soon).Complete | Should -BeTrue
        { Get-StateSnapshot -BackupVaultName never @aws -ErrorAction Stop | Select-Object -First 1 } | Should -Not -Throw
        @(Complete-Line "New-StateSnapshot x -Region $($sandbox.Region) -EndpointUrl $($sandbox.EndpointUrl) -BackupVaultName nev") | Should -BeNullOrEmpty
    }

    It 'need what may be looked at: a vault' {
        $null = Add-TestFault $sandbox @{ kind = 'refuse'; verb = 'DescribeBackupVault'; count = 2 }
        { New-StateSnapshot $bucket -Name denied @with @aws -ErrorAction Stop } | Should -Throw -ErrorId 'AwsAccessDenied,*'
    }

    It 'are not begun where they would fail: <Id>' -ForEach @(
        @{ Id = 'ResourceTypeNotOptedIn'; Words = '*--resource-type-opt-in-preference EFS=true*'; Prepare = { $null = Invoke-Control $sandbox 'backup/opt-in/EFS?is=false' -Method Put; $files } }
        @{ Id = 'BucketNotVersioned'; Words = '*put-bucket-versioning --bucket bare*'; Prepare = { $null = Invoke-Control $sandbox backup/resources @{ arn = 'arn:aws:s3:::bare'; isVersioned = $false }; 'arn:aws:s3:::bare' } }
        @{ Id = 'ResourceInOtherRegion'; Words = '*-Region us-east-1*'; Prepare = { $null = Invoke-Control $sandbox backup/resources @{ arn = 'arn:aws:s3:::far'; region = 'us-east-1' }; 'arn:aws:s3:::far' } }
    ) {
        $before = Get-JobCount
        $store = & $Prepare
        $taken = New-StateSnapshot $store, $database -Name "bad-$Id" -NoWait @with @aws -ErrorVariable told -ErrorAction SilentlyContinue
        $bad = $taken | Where-Object ResourceArn -eq $store
        "$($bad.Status) $($bad.Failure.Id) $($bad.BackupJobId)" | Should -Be "Failed $Id "
        $told[0].ErrorDetails.RecommendedAction | Should -BeLike $Words
        Get-JobCount | Should -Be ($before + 1)
    }

    It 'are not begun where the vault''s lock does not let them be kept as long as asked' {
        $before = Get-JobCount
        $null = Invoke-Control $sandbox 'backup/vaults/Default/lock?min=30&max=365' -Method Put
        { New-StateSnapshot $files -Name locked -DeleteAfterDays 14 @with @aws -ErrorAction Stop } | Should -Throw -ErrorId 'BackupVaultLocked,*'
        $Error[0].Exception.Message | Should -BeLike '*30 to 365 days*'
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*-DeleteAfterDays*'
        Get-JobCount | Should -Be $before
        (New-StateSnapshot $files -Name locked -DeleteAfterDays 30 @with @aws @soon -WarningAction SilentlyContinue).Complete | Should -BeTrue
    }

    It 'that do not begin in their window have expired, and say what to do' {
        $null = Invoke-Control $sandbox backup/troubles @{ outcome = 'EXPIRED'; count = 1 }
        $begun = New-StateSnapshot $files -Name late -StartWindow 1h -NoWait @with @aws
        $null = Invoke-Control $sandbox 'backup/advance?by=2h'
        $ended = $begun | Wait-StateSnapshot @aws @soon -ErrorVariable told -ErrorAction SilentlyContinue
        "$($ended.Status) $($ended.Failure.Id)" | Should -Be 'Expired SnapshotExpired'
        $told[0].ErrorDetails.RecommendedAction | Should -BeLike '*window*'
    }

    It 'are begun once where a run is killed between the start and its answer' {
        $null = Invoke-Control $sandbox 'backup/speed?is=0' -Method Put
        $before = Get-JobCount
        $fault = Add-TestFault $sandbox @{ kind = 'unanswered'; verb = 'StartBackupJob' }
        $script = Join-Path $TestDrive killed.ps1
        Set-Content -LiteralPath $script -Value "Import-Module '$manifestPath'; New-StateSnapshot '$database' -Name killed -IamRoleArn '$($sandbox.IamRoleArn)' -Region $($sandbox.Region) -EndpointUrl '$($sandbox.EndpointUrl)' -Confirm:`$false"
        $run = Start-Process $pwsh -ArgumentList '-NoProfile', '-NonInteractive', '-File', $script -PassThru
        try { Wait-Until { (Get-TestFaultCount $sandbox $fault) -ge 1 } -Seconds 120 }
        finally {
            $run.Kill()
            $run.WaitForExit()
        }
        Get-JobCount | Should -Be ($before + 1)
        $found = New-StateSnapshot $database -Name killed -NoWait @with @aws
        "$($found.IsExisting) $($found.Attempt)" | Should -Be 'True 1'
        Get-JobCount | Should -Be ($before + 1)
    }

    It 'stop being waited for when the pipeline is stopped, and go on' {
        $null = Invoke-Control $sandbox 'backup/speed?is=0' -Method Put
        $null = New-StateSnapshot $files -Name stopped -NoWait @with @aws
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $first = $bucket, $files | New-StateSnapshot -Name stopped @with @aws -NoWait | Select-Object -First 1
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 20
        $first.ResourceArn | Should -Be $bucket
    }

    It 'complete their databases' {
        Complete-Line "New-StateSnapshot -Region $($sandbox.Region) -EndpointUrl $($sandbox.EndpointUrl) -Database bl" | Should -Contain blue-db
    }

    It 'complete their vaults' {
        $line = "New-StateSnapshot x -Region $($sandbox.Region) -EndpointUrl $($sandbox.EndpointUrl) -BackupVaultName D"
        ([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)).CompletionMatches.CompletionText | Should -Contain Default
    }

    It 'come back beside what they were taken of, and say where the data is' {
        $taken = New-StateSnapshot $files, $database -Name back @with @aws @soon
        $restored = $taken | Where-Object ResourceType -eq EFS | Restore-StateSnapshot @with @aws @soon -InformationVariable told
        "$($restored.Status) $($restored.Complete) $($restored.IsInPlace)" | Should -Be 'Completed True False'
        $restored.CreatedResourceArn | Should -Not -Be $files
        $restored.Location | Should -BeLike '*/aws-backup-restore_<time>*'
        "$told" | Should -BeLike '*is restored. In a new file system*'
        # What is named is for databases alone; each type says what does not fit it, and the others go on.
        $both = $taken | Restore-StateSnapshot -NewName green-db @with @aws @soon -ErrorVariable problem -ErrorAction SilentlyContinue
        ($both | Where-Object ResourceType -eq RDS).CreatedResourceArn | Should -BeLike '*:db:green-db'
        ($both | Where-Object ResourceType -eq EFS).Failure.Id | Should -Be RestoreShapeInvalid
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'RestoreIncomplete,*'
        # By ARN and vault, and over the original only with -InPlace.
        $point = ($taken | Where-Object ResourceType -eq EFS).RecoveryPointArn
        $inPlace = Restore-StateSnapshot -RecoveryPointArn $point -BackupVaultName Default -InPlace @with @aws @soon
        "$($inPlace.IsInPlace) $($inPlace.CreatedResourceArn)" | Should -Be "True $files"
        Restore-StateSnapshot -RecoveryPointArn $point -BackupVaultName Default -Name trial @with @aws -WhatIf | Should -BeNullOrEmpty
        { Restore-StateSnapshot -RecoveryPointArn $point -BackupVaultName Default -NoWait -Timeout 1m @with @aws } | Should -Throw -ErrorId 'WaitTimeWithNoWait,*'
    }

    It 'are not restored in place where nobody can be asked' {
        $file = Join-Path $TestDrive place.xml
        New-StateSnapshot $files -Name place @with @aws @soon | Export-Clixml $file
        $said = Invoke-Session "Import-Module '$manifestPath'; `$env:AWS_SHARED_CREDENTIALS_FILE = '$($sandbox.CredentialPath)'; Import-Clixml '$file' | Restore-StateSnapshot -InPlace -IamRoleArn '$($sandbox.IamRoleArn)' -EndpointUrl '$($sandbox.EndpointUrl)' -ErrorAction Stop"
        "$said" | Should -BeLike '*NonInteractive*'
    }
}
