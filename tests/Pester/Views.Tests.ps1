BeforeDiscovery {
    $widths = 80, 120
    $long = 'The reason is told in a sentence that is longer than any column: nothing of it may be lost, to the very last word, FINIS.'
    # One object of each kind that has a view: which headers are shown, and what must be legible of it.
    $shown = @(
        @{ View = 'ClusterContext'; Headers = 'Current', 'Name', 'Server', 'Login', 'Namespace'; Seen = 'cluster/blue', 'ClientCertificate', 'payments'
            Make = { [KonUpgrade.Model.ClusterContext]@{ Name = 'arn:aws:eks:eu-west-1:111122223333:cluster/blue'; KubeConfigPath = '/k'; Server = 'https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-west-1.eks.amazonaws.com'; Login = 'ClientCertificate'; Namespace = 'payments' } }
        }
        @{ View = 'ManagedCluster'; Headers = 'Name', 'Version', 'Platform', 'Status', 'Region', 'Login'; Seen = 'FINIS', '1.33', 'eks.12', 'UPDATING', 'ap-southeast-2', 'Credential'
            Make = { [KonUpgrade.Model.ManagedCluster]@{ Name = 'the-cluster-of-the-shop-that-has-a-rather-long-name-FINIS'; Region = 'ap-southeast-2'; Version = '1.33'; PlatformVersion = 'eks.12'; Status = 'UPDATING'; Login = 'Credential' } }
        }
        @{ View = 'ClusterConfigExport'; Headers = 'Context', 'System', 'Complete', 'Objects', 'Left out', 'Path'; Seen = 'Konstellation', 'False', '20000', 'the/last/folder'
            Make = { [KonUpgrade.Model.ClusterConfigExport]@{ Context = 'production-of-the-shop-blue'; System = 'Konstellation'; Complete = $false; ObjectCount = 20000; LeftOutCount = 123456; Path = '/srv/backups/of/all/clusters/of/the/shop/the/last/folder' } }
        }
        @{ View = 'ClusterConfigItem'; Headers = 'Action', 'Kind', 'Namespace', 'Name', 'Reason'; Seen = '40 objects', 'FINIS.'
            Make = { [KonUpgrade.Model.ClusterConfigItem]@{ Kind = 'CustomResourceDefinition'; ApiVersion = 'v1'; Namespace = 'shop'; Name = 'web'; Action = 'LeftOut'; Count = 40; Reason = $Long } }
        }
        @{ View = 'ClusterConfigChange'; Headers = 'Action', 'Kind', 'Namespace', 'Name', 'Reason'; Seen = 'Skipped', 'FINIS.'
            Make = { [KonUpgrade.Model.ClusterConfigChange]@{ ApiVersion = 'v1'; Kind = 'LinkedServiceAccount'; Namespace = 'shop'; Name = 'a-name-that-is-itself-rather-long-as-names-go'; Action = 'Skipped'; Reason = $Long } }
        }
        @{ View = 'ClusterConfigChange that failed'; Headers = 'Action', 'Kind', 'Namespace', 'Name', 'Reason'; Seen = 'Failed', 'FINIS.'
            Make = { [KonUpgrade.Model.ClusterConfigChange]@{ ApiVersion = 'v1'; Kind = 'ConfigMap'; Name = 'web'; Action = 'Failed'; Failure = [KonUpgrade.Model.Failure]@{ Id = 'Refused'; Kind = 'Refused'; Message = $Long } } }
        }
        @{ View = 'ClusterConfigChange of a trial'; Headers = 'Action', 'Verified', 'Kind', 'Namespace', 'Name', 'Reason'; Seen = 'Created', 'Schema', 'FINIS.'
            Make = {
                $change = [KonUpgrade.Model.ClusterConfigChange]@{ ApiVersion = 'v1'; Kind = 'LinkedServiceAccount'; Namespace = 'shop'; Name = 'web'; Action = 'Created'; Verified = 'Schema'; Reason = $Long }
                $change.PSTypeNames.Insert(0, 'KonUpgrade.Model.ClusterConfigChange#WhatIf')
                $change
            }
        }
        @{ View = 'WorkloadChange'; Headers = 'Action', 'Kind', 'Namespace', 'Name', 'Change'; Seen = 'Suspended', 'spec.suspend', 'true', 'FINIS.'
            Make = { [KonUpgrade.Model.WorkloadChange]@{ ApiVersion = 'batch/v1'; Kind = 'CronJob'; Namespace = 'shop'; Name = 'nightly'; Action = 'Suspended'; Reason = $Long; Fields = [KonUpgrade.Model.HeldField[]]@([KonUpgrade.Model.HeldField]@{ Path = 'spec.suspend'; After = 'true' }) } }
        }
        @{ View = 'HeldField'; Headers = 'Path', 'Before', 'After'; Seen = 'spec.replicas', '3'
            Make = { [KonUpgrade.Model.HeldField]@{ Path = 'spec.replicas'; Before = '3'; After = '0' } }
        }
        @{ View = 'ClusterConfigDifference'; Headers = 'State', 'Kind', 'Namespace', 'Name', 'Fields'; Seen = 'Different', 'image'
            Make = { [KonUpgrade.Model.ClusterConfigDifference]@{ ApiVersion = 'v1'; Kind = 'HorizontalPodAutoscaler'; Namespace = 'shop'; Name = 'web'; State = 'Different'; Fields = [KonUpgrade.Model.FieldDifference[]]@([KonUpgrade.Model.FieldDifference]@{ Path = 'spec.replicas' }, [KonUpgrade.Model.FieldDifference]@{ Path = 'spec.template.spec.containers[name=web].image' }) } }
        }
        @{ View = 'ReadinessCheck'; Headers = 'Status', 'Id', 'Message'; Seen = 'NotApplicable', 'DefinitionsEstablished', 'FINIS.'
            Make = { [KonUpgrade.Model.ReadinessCheck]@{ Id = 'DefinitionsEstablished'; Title = 'Every definition is established'; Status = 'NotApplicable'; Cluster = 'blue'; Message = $Long } }
        }
        @{ View = 'ReadinessFinding'; Headers = 'Severity', 'Target', 'Message'; Seen = 'Blocking', 'shop/frontend-of-the-shop', 'FINIS.'
            Make = { [KonUpgrade.Model.ReadinessFinding]@{ Target = 'HorizontalPodAutoscaler shop/frontend-of-the-shop'; Message = $Long; Severity = 'Blocking' } }
        }
        @{ View = 'ClusterDifference'; Headers = 'State', 'Severity', 'Kind', 'Namespace', 'Name', 'Message'; Seen = 'Missing', 'Blocking', 'shop', 'FINIS.'
            Make = { [KonUpgrade.Model.ClusterDifference]@{ State = 'Missing'; Severity = 'Blocking'; Blue = 'blue'; Green = 'green'; ApiVersion = 'apps/v1'; Kind = 'Deployment'; Namespace = 'shop'; Name = 'web'; Aspect = 'object'; Message = $Long } }
        }
        @{ View = 'FieldDifference'; Headers = 'Path', 'Reference', 'Difference'; Seen = '"FINIS"', '"blue"'
            Make = { [KonUpgrade.Model.FieldDifference]@{ Path = 'spec.template.spec.containers[name=web].image'; Reference = '"blue"'; Difference = '"FINIS"' } }
        }
        @{ View = 'DeprecatedApi'; Headers = 'Severity', 'ApiVersion', 'Kind', 'Object', 'Evidence', 'Where'; Seen = 'Deprecated', 'v1beta1', 'shop/web', 'Manifest', 'FINIS.yaml:12'
            Make = { [KonUpgrade.Model.DeprecatedApi]@{ Severity = 'Deprecated'; ApiVersion = 'flowcontrol.apiserver.k8s.io/v1beta1'; Kind = 'HorizontalPodAutoscaler'; Namespace = 'shop'; Name = 'web'; Evidence = 'Manifest'; Remedy = $Long; Target = 'green'; Path = '/srv/manifests/FINIS.yaml'; Line = 12 } }
        }
        @{ View = 'UpgradeSystem'; Headers = 'Name', 'Title', 'Description'; Seen = 'Konstellation', 'FINIS.'
            Make = { [KonUpgrade.Model.UpgradeSystem]@{ Name = 'Konstellation'; Title = 'A platform on Amazon EKS'; Description = $Long } }
        }
        @{ View = 'UpgradePlan'; Headers = 'Name', 'System', 'Blue', 'Green', 'Steps'; Seen = 'Konstellation', 'v1.34.0', 'cluster/green', '1'
            Make = { [KonUpgrade.Model.UpgradePlan]@{ Name = 'an-upgrade-of-production-blue-to-green'; System = 'Konstellation'; Blue = $Blue; Green = $Green; Steps = [KonUpgrade.Model.UpgradeStep[]]@([KonUpgrade.Model.UpgradeStep]@{ Id = 'a'; Kind = 'External'; Title = 'A' }) } }
        }
        @{ View = 'UpgradeStep'; Headers = 'Id', 'Target', 'State', 'Risk', 'Result'; Seen = 'scale-down-blue', 'Awaiting approval', 'Medium', 'FINIS.'
            Make = { [KonUpgrade.Model.UpgradeStep]@{ Id = 'scale-down-blue'; Kind = 'QuiesceWorkload'; Title = 'Hold what serves'; Target = 'Green'; State = 'AwaitingApproval'; Risk = 'Medium'; Result = $Long } }
        }
        @{ View = 'BlueGreenUpgrade'; Headers = 'Name', 'State', 'Blue', 'Green', 'Done', 'Reason'; Seen = 'Awaiting approval', '1 of 2', 'cluster/green', 'FINIS.'
            Make = { [KonUpgrade.Model.BlueGreenUpgrade]@{ Name = 'blue-to-green'; State = 'AwaitingApproval'; System = 'Kubernetes'; Blue = $Blue; Green = $Green; Reason = $Long
                    Steps = [KonUpgrade.Model.UpgradeStep[]]@([KonUpgrade.Model.UpgradeStep]@{ Id = 'a'; Kind = 'External'; Title = 'A'; State = 'Completed' }, [KonUpgrade.Model.UpgradeStep]@{ Id = 'b'; Kind = 'External'; Title = 'B' }) } }
        }
        @{ View = 'Nodepool'; Headers = 'Name', 'State', 'Status', 'Ready', 'Size', 'Version'; Seen = 'Partly cordoned', 'CREATE_FAILED', '1 of 2', '10 to 100', 'eks-113cf36'
            Make = { [KonUpgrade.Model.Nodepool]@{ Name = 'kon-nodepool-20260504-1200'; Provider = 'Labels'; Selector = 'a=b'; State = 'PartlyCordoned'; Status = 'CREATE_FAILED'; MinSize = 10; MaxSize = 100; Version = [string[]]('v1.32.5-eks-5d4a308', 'v1.33.1-eks-113cf36'); InstanceType = [string[]]'m6i.large'; Zone = [string[]]('eu-central-1a', 'eu-central-1b')
                    Nodes = [KonUpgrade.Model.NodepoolNode[]]@([KonUpgrade.Model.NodepoolNode]@{ Name = 'a'; IsReady = $true }, [KonUpgrade.Model.NodepoolNode]@{ Name = 'b' }) } }
        }
        @{ View = 'StateSnapshot'; Headers = 'Name', 'Type', 'Resource', 'Status', 'Done', 'Created'; Seen = 'before-green', 'EFS', 'CompletedWithIssues', '100%'
            Make = { [KonUpgrade.Model.StateSnapshot]@{ Name = 'before-green'; ResourceArn = 'arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0123456789abcdef0'; ResourceType = 'EFS'; ResourceName = 'fs-0123456789abcdef0'
                    Status = 'CompletedWithIssues'; PercentDone = 100; CreationDate = [DateTimeOffset]'2026-05-04T12:00:00Z' } } }
        @{ View = 'StateVolume'; Headers = 'Namespace', 'Claim', 'Handle', 'Phase'; Seen = 'anna', 'workspace-anna', 'fsap-0aaaabbbbccccdddd', 'Bound'
            Make = { [KonUpgrade.Model.StateVolume]@{ Name = 'pvc-6f0d3c1a-9a53-4d6e-8a8e-2f6b4a7e9d10'; Namespace = 'anna'; Claim = 'workspace-anna'; Driver = 'efs.csi.aws.com'; VolumeHandle = 'fs-0123456789abcdef0::fsap-0aaaabbbbccccdddd'; Phase = 'Bound' } } }
        @{ View = 'StateRestore'; Headers = 'Type', 'Status', 'Done', 'Created', 'Location'; Seen = 'EFS', 'Completed', '100%', 'FINIS.'
            Make = { [KonUpgrade.Model.StateRestore]@{ RecoveryPointArn = 'arn:aws:backup:eu-central-1:123456789012:recovery-point:1'; ResourceType = 'EFS'; Status = 'Completed'; PercentDone = 100
                    CreatedResourceArn = 'arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0123456789abcdef0'; Location = $Long } } }
        @{ View = 'VeleroBackup'; Headers = 'Name', 'Phase', 'Done', 'Errors', 'Location'; Seen = 'before-green', 'PluginOperations', '42%', '2 (17 warn)', 'velero-shop'
            Make = { [KonUpgrade.Model.VeleroBackup]@{ Name = 'before-green'; Phase = 'WaitingForPluginOperations'; TotalItems = 100; ItemsDone = 42; Errors = 2; Warnings = 17; StorageLocation = 'default'; Bucket = 'velero-shop' } } }
        @{ View = 'VeleroRestore'; Headers = 'Name', 'Phase', 'Done', 'Errors', 'Backup'; Seen = 'over', 'PartiallyFailed', '100%', 'before-green'
            Make = { [KonUpgrade.Model.VeleroRestore]@{ Name = 'over'; Phase = 'PartiallyFailed'; TotalItems = 7; ItemsDone = 7; Errors = 2; BackupName = 'before-green' } } }
        @{ View = 'VeleroIssue'; Headers = 'Kind', 'Namespace', 'Resource', 'Name', 'Message'; Seen = 'Error', 'team-a', 'notebooks.kubeflow.org', 'nb1', 'FINIS.'
            Make = { [KonUpgrade.Model.VeleroIssue]@{ IsError = $true; Namespace = 'team-a'; Resource = 'notebooks.kubeflow.org'; Name = 'nb1'; Message = $Long } } }
        @{ View = 'ClusterRoleTrust'; Headers = 'Action', 'RoleName', 'Subjects', 'Failure'; Seen = 'Failed', 'shop-web', 'shop:web', 'FINIS.'
            Make = { [KonUpgrade.Model.ClusterRoleTrust]@{ Context = 'green'; RoleName = 'shop-web'; RoleArn = 'arn:aws:iam::123456789012:role/shop-web'; Action = 'Failed'; Subjects = [string[]]'system:serviceaccount:shop:web'
                    Failure = [KonUpgrade.Model.Failure]@{ Id = 'X'; Kind = 'Refused'; Message = $Long } } } }
        @{ View = 'ClusterTraffic'; Headers = 'Action', 'HostName', 'ServedBy', 'Green%', 'Routing', 'Failure'; Seen = 'PutBack', 'shop.example.com', 'Both', '12.5', 'Weighted', 'FINIS.'
            Make = { [KonUpgrade.Model.ClusterTraffic]@{ HostName = 'shop.example.com'; Action = 'PutBack'; ServedBy = 'Both'; GreenPercent = 12.5; Routing = 'Weighted'
                    Failure = [KonUpgrade.Model.Failure]@{ Id = 'X'; Kind = 'Refused'; Message = $Long } } } }
        @{ View = 'TrafficRecord'; Headers = 'Type', 'SetIdentifier', 'Weight', 'Ttl', 'ServedBy', 'Target'; Seen = 'CNAME', 'konupgrade-green', '25', '00:01:00', 'Green', 'FINIS.'
            Make = { $record = [KonUpgrade.Model.TrafficRecord]::new('CNAME', $Long, 'Green'); [KonUpgrade.Model.ClusterTraffic]@{ HostName = 'x' } | Out-Null
                $json = '{"Type":"CNAME","SetIdentifier":"konupgrade-green","Weight":25,"Ttl":"00:01:00","ServedBy":"Green"}'
                $made = [Text.Json.JsonSerializer]::Deserialize($json.Replace('}', ",`"Target`":$(ConvertTo-Json $Long)}").Replace('"ServedBy":"Green"', '"ServedBy":2'), $record.GetType()); $made } }
        @{ View = 'ReconcileLimit'; Headers = 'Action', 'Context', 'Limit', 'Target', 'Remaining', 'Seeds'; Seen = 'Lowered', '2 (was 10)', 'v2.31.0', '7', 'eu-1: 7', 'us-1: stopped'
            Make = { [KonUpgrade.Model.ReconcileLimit]@{ Context = 'kkp'; Name = 'kubermatic'; Configured = 2; IsKept = $true; TargetVersion = 'v2.31.0'; Action = 'Lowered'
                    Seeds = [KonUpgrade.Model.SeedReconcileLoad[]]@([KonUpgrade.Model.SeedReconcileLoad]@{ Seed = 'eu-1'; Limit = 2; InProgress = 2; Waiting = 5 }, [KonUpgrade.Model.SeedReconcileLoad]@{ Seed = 'us-1'; Limit = 1; BlockingClusters = [string[]]'a' }) } }
        }
        @{ View = 'SeedReconcileLoad'; Headers = 'Seed', 'Done', 'Remaining', 'Slots', 'Failing', 'Blocking'; Seen = 'eu-1', '4 of 11', '7', '3 of 2', 'FINIS', 'abc'
            Make = { [KonUpgrade.Model.SeedReconcileLoad]@{ Seed = 'eu-1'; Limit = 2; Done = 4; InProgress = 2; Waiting = 5; OccupiedSlots = 3; FailingClusters = [string[]]('one', 'FINIS'); BlockingClusters = [string[]]'abc' } }
        }
        @{ View = 'NodepoolNode'; Headers = 'Name', 'Ready', 'Cordoned', 'Version', 'Type', 'Zone'; Seen = 'eu-central-1.compute.internal', 'True', 'm6i.large'
            Make = { [KonUpgrade.Model.NodepoolNode]@{ Name = 'ip-10-0-12-34.eu-central-1.compute.internal'; IsReady = $true; Version = 'v1.32.5-eks-5d4a308'; InstanceType = 'm6i.large'; Zone = 'eu-central-1a' } }
        }
        @{ View = 'NodepoolChange'; Headers = 'Action', 'Name', 'Nodes', 'Pods', 'Duration', 'Reason'; Seen = 'Failed', '0 of 1', '25:01:05', 'FINIS.'
            Make = { [KonUpgrade.Model.NodepoolChange]@{ Name = 'kon-nodepool-20260504-1200'; Provider = 'Labels'; Selector = 'a=b'; Action = 'Failed'; Duration = [timespan]::FromSeconds(90065); Failure = [KonUpgrade.Model.Failure]@{ Id = 'X'; Kind = 'Timeout'; Message = $Long }
                    Nodes = [KonUpgrade.Model.NodeChange[]]@([KonUpgrade.Model.NodeChange]@{ Name = 'a'; Action = 'Failed' }) } }
        }
        @{ View = 'NodepoolMove'; Headers = 'Action', 'Name', 'NewName', 'Duration', 'Reason'; Seen = 'Failed', '1200-2', '25:01:05', 'FINIS.'
            Make = { [KonUpgrade.Model.NodepoolMove]@{ Name = 'kon-nodepool-20260504-1200'; NewName = 'kon-nodepool-20260504-1200-2'; Provider = 'EKS'; Action = 'Failed'; Duration = [timespan]::FromSeconds(90065); Failure = [KonUpgrade.Model.Failure]@{ Id = 'X'; Kind = 'Timeout'; Message = $Long } } }
        }
        @{ View = 'NodepoolMoveStep'; Headers = 'Name', 'State', 'Duration', 'Detail'; Seen = 'Verify', 'Unchanged', '25:01:05', 'FINIS.'
            Make = { [KonUpgrade.Model.NodepoolMoveStep]@{ Name = 'Verify'; State = 'Unchanged'; Duration = [timespan]::FromSeconds(90065); Detail = $Long } }
        }
        @{ View = 'NodeChange'; Headers = 'Name', 'Action', 'Gone', 'Failed', 'Duration', 'Failures'; Seen = 'compute.internal', 'Drained', 'FINIS.'
            Make = { [KonUpgrade.Model.NodeChange]@{ Name = 'ip-10-0-12-34.eu-central-1.compute.internal'; Action = 'Drained'; Failures = [KonUpgrade.Model.Failure[]]@([KonUpgrade.Model.Failure]@{ Id = 'X'; Kind = 'Timeout'; Message = $Long }) } }
        }
        @{ View = 'NodepoolDrainPlan'; Headers = 'Nodepool', 'Nodes', 'Go', 'Stay', 'Refused', 'Held up by'; Seen = 'kon-nodepool', 'shop/web', 'FINIS.'
            Make = { [KonUpgrade.Model.NodepoolDrainPlan]@{ Nodepool = 'kon-nodepool-20260504-1200'; Nodes = [KonUpgrade.Model.DrainedNode[]]@(); Pods = [KonUpgrade.Model.DrainedPod[]]@(); Budgets = [KonUpgrade.Model.DrainBudget[]]@([KonUpgrade.Model.DrainBudget]@{ Namespace = 'shop'; Name = 'web'; Reason = $Long }) } }
        }
        @{ View = 'DrainedPod'; Headers = 'Node', 'Namespace', 'Name', 'Action', 'Outcome', 'Reason'; Seen = 'compute.internal', 'web-5d8f7c9b6d-x2x9k', 'Refused', 'Planned', 'FINIS.'
            Make = { [KonUpgrade.Model.DrainedPod]@{ Node = 'ip-10-0-12-34.eu-central-1.compute.internal'; Namespace = 'shop'; Name = 'web-5d8f7c9b6d-x2x9k'; Action = 'Refused'; Reason = $Long } }
        }
        @{ View = 'DrainedNode'; Headers = 'Name', 'Cordoned', 'Pods', 'Failures'; Seen = 'compute.internal', '42', 'FINIS.'
            Make = { [KonUpgrade.Model.DrainedNode]@{ Name = 'ip-10-0-12-34.eu-central-1.compute.internal'; PodCount = 42; Failures = [KonUpgrade.Model.Failure[]]@([KonUpgrade.Model.Failure]@{ Id = 'X'; Kind = 'Refused'; Message = $Long }) } }
        }
        @{ View = 'DrainBudget'; Headers = 'Namespace', 'Name', 'Needed', 'Have', 'Allowed', 'Reason'; Seen = 'shop', 'web-frontend', '42', 'FINIS.'
            Make = { [KonUpgrade.Model.DrainBudget]@{ Namespace = 'shop'; Name = 'web-frontend'; Needed = 42; Have = 42; Reason = $Long } }
        }
        @{ View = 'UpgradeSandbox'; Headers = 'Process', 'Cluster', 'KubeConfigPath'; Seen = '1234567', 'yellow', 'kubeconfig'
            Make = { [KonUpgrade.Model.UpgradeSandbox]@{ ProcessId = 1234567; Path = '/t'; KubeConfigPath = '/a/temporary/directory/of/many/names/konupgrade-sandbox-ab12cd/kubeconfig'; Cluster = [string[]]('blue', 'green', 'yellow'); ControlUri = 'https://127.0.0.1:1' } }
        }
    )
    $cases = foreach ($width in $widths) { foreach ($case in $shown) { $case + @{ Width = $width; Long = $long } } }
}

Describe 'The view of' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $blue = [KonUpgrade.Model.UpgradeCluster]@{ Context = 'arn:aws:eks:eu-west-1:111122223333:cluster/blue'; ClusterUid = 'u1'; ServerVersion = 'v1.32.0' }
        $green = [KonUpgrade.Model.UpgradeCluster]@{ Context = 'arn:aws:eks:eu-west-1:111122223333:cluster/green'; ClusterUid = 'u2'; ServerVersion = 'v1.34.0' }
        # Words that a column has wrapped stand one under the other: read downwards, column by column.
        function Read-Column([string[]] $Lines) {
            $rule = @($Lines | Where-Object { $_ -match '^\s*-+( +-+)*\s*$' })[0]
            $from = [array]::IndexOf($Lines, $rule) + 1
            # A header may be shorter than its column, and the rule is as long as the header: a column ends before the next one.
            $starts = @([regex]::Matches($Lines[$from - 1], '-+') | ForEach-Object Index)
            $rows = $Lines | Select-Object -Skip $from
            for ($column = 0; $column -lt $starts.Count; $column++) {
                $start = $starts[$column]
                $end = if ($column + 1 -lt $starts.Count) { $starts[$column + 1] } else { [int]::MaxValue }
                ($rows | ForEach-Object { if ($_.Length -gt $start) { $_.Substring($start, [Math]::Min($end, $_.Length) - $start) } }) -replace '\s+$' -join '~'
            }
        }
    }

    It '<View> loses nothing at <Width> columns' -ForEach $cases {
        $object = & $Make
        $lines = @($object | Out-String -Width $Width -Stream | ForEach-Object { $_ -replace '\x1b\[[0-9;]*m' })
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual $Width
        $header = @($lines | Where-Object { $_.Trim() })[0]
        $header | Should -Match ('^\s*' + (($Headers | ForEach-Object { [regex]::Escape($_) }) -join '\s+') + '\s*$')
        # Wrapped at a blank or within a long word: compared without blanks.
        $text = ($lines -join "`n")
        $text | Should -Not -Match ([char] 0x2026) -Because 'nothing is cut'
        $columns = Read-Column $lines
        foreach ($word in $Seen) {
            ($columns | ForEach-Object { $_ -replace '[~\s]' }) -match [regex]::Escape($word -replace '\s') | Should -Not -BeNullOrEmpty -Because "$word must be legible in`n$text"
        }
    }

    It 'UpgradeStep shows no word for a step that is about both clusters' {
        $step = [KonUpgrade.Model.UpgradeStep]@{ Id = 'readiness'; Kind = 'TestReadiness'; Title = 'Look'; Result = 'well' }
        $step.Target | Should -Be 'None'
        ($step | Format-Table | Out-String) -split '\n' -match 'readiness' | Should -Match '^readiness\s+Pending\s+None\s+well'
    }

    It 'Failure says what to do, and loses nothing at <_> columns' -ForEach 80, 120 {
        $advice = 'Look at the managers that are named, and take the fields over with -ForceConflict where that is wanted, LAST.'
        $failure = [KonUpgrade.Model.Failure]@{ Id = 'FieldManagerConflict'; Kind = 'Conflict'; Target = 'apps/v1 Deployment shop/web'; Message = 'Others own what differs.'; Recommendation = $advice }
        foreach ($shown in $failure, [pscustomobject]@{ PSTypeName = 'Deserialized.KonUpgrade.Model.Failure'; Id = $failure.Id; Target = $failure.Target; Message = $failure.Message; Recommendation = $advice }) {
            $lines = @($shown | Out-String -Width $_ -Stream | ForEach-Object { $_ -replace '\x1b\[[0-9;]*m' })
            ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual $_
            $text = ($lines -join '') -replace '\s'
            foreach ($word in 'FieldManagerConflict', 'apps/v1 Deployment shop/web', 'Others own what differs.', $advice) { $text | Should -BeLike "*$($word -replace '\s')*" }
        }
    }

    It 'finds in a file what it found before, by words' {
        $failure = [KonUpgrade.Model.Failure]@{ Id = 'Refused'; Kind = 'Refused'; Message = 'no' }
        @(
            [KonUpgrade.Model.ClusterConfigChange]@{ ApiVersion = 'v1'; Kind = 'ConfigMap'; Name = 'web'; Action = 'Failed'; Verified = 'Schema'; Failure = $failure }
            [KonUpgrade.Model.WorkloadChange]@{ ApiVersion = 'batch/v1'; Kind = 'CronJob'; Name = 'nightly'; Action = 'Failed'; Class = 'Scheduled'; Failure = $failure }
        ) | Export-Clixml (Join-Path $TestDrive 'changes.xml')
        $failed = @(Import-Clixml (Join-Path $TestDrive 'changes.xml') | Where-Object Action -EQ Failed)
        $failed.Kind | Should -Be 'ConfigMap', 'CronJob'
        $failed[0].Verified | Should -BeExactly 'Schema'
        $failed[1].Class | Should -BeExactly 'Scheduled'
    }

    It 'keeps the words of every choice that objects have' {
        foreach ($choice in [KonUpgrade.Model.Failure].Assembly.GetExportedTypes() | Where-Object IsEnum) {
            $value = [Enum]::GetValues($choice)[-1]
            # As deep as in an object of ours within another one.
            $text = [Management.Automation.PSSerializer]::Serialize([pscustomobject]@{ Of = [pscustomobject]@{ Value = $value } }, 5)
            [Management.Automation.PSSerializer]::Deserialize($text).Of.Value | Should -BeExactly "$value" -Because "$choice"
        }
    }

    It 'every object of the module is one that is tested here' {
        [xml] $views = Get-Content (Join-Path $moduleRoot 'bin/KonUpgrade.Format.ps1xml') -Raw
        $tested = 'ClusterContext', 'ManagedCluster', 'ClusterConfigExport', 'ClusterConfigItem', 'ClusterConfigChange', 'ClusterConfigChange of a trial', 'ClusterConfigDifference', 'ClusterDifference', 'DeprecatedApi', 'FieldDifference', 'ReadinessCheck', 'ReadinessFinding', 'WorkloadChange', 'HeldField', 'Failure', 'UpgradeSystem', 'UpgradePlan', 'UpgradeStep', 'BlueGreenUpgrade', 'UpgradeSandbox',
            'Nodepool', 'NodepoolNode', 'NodepoolChange', 'NodepoolMove', 'NodepoolMoveStep', 'NodeChange', 'NodepoolDrainPlan', 'DrainedNode', 'DrainedPod', 'DrainBudget', 'StateSnapshot', 'StateVolume', 'StateRestore', 'VeleroBackup', 'VeleroRestore', 'VeleroIssue', 'ClusterRoleTrust', 'ClusterTraffic', 'TrafficRecord', 'ReconcileLimit', 'SeedReconcileLoad'
        $views.Configuration.ViewDefinitions.View.Name | Sort-Object | Should -Be ($tested | Sort-Object)
    }
}
