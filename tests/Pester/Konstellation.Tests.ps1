# The first pipeline of them all, for a Konstellation cluster, without a cloud: nobody can tell whether green's role is there.
Describe 'A Konstellation cluster moves' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $account = '123456789012'
        function Get-Crd([string] $Kind, [string] $Scope = 'Cluster') {
            $name = $Kind.ToLowerInvariant()
            @{
                apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = "${name}s.k11n.dev" }
                spec       = @{
                    group = 'k11n.dev'; scope = $Scope; names = @{ kind = $Kind; plural = "${name}s"; singular = $name; listKind = "${Kind}List" }
                    versions = @(@{ name = 'v1alpha1'; served = $true; storage = $true; schema = @{ openAPIV3Schema = @{ type = 'object'; 'x-kubernetes-preserve-unknown-fields' = $true } } })
                }
            }
        }
        function Get-Kon([string] $Kind, [string] $Name, [hashtable] $Spec, [hashtable] $Metadata = @{}) {
            @{ apiVersion = 'k11n.dev/v1alpha1'; kind = $Kind; metadata = @{ name = $Name } + $Metadata; spec = $Spec }
        }
        function Get-Installed([string] $Cluster) {
            'App', 'AppConfig', 'AppTarget', 'Build', 'CertificateRef', 'ClusterConfig', 'LinkedServiceAccount', 'Nodepool' | ForEach-Object { Get-Crd $_ }
            Get-Crd AppRelease Namespaced
            'production', 'staging' | ForEach-Object { @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $_ } } }
            (Get-Kon ClusterConfig $Cluster @{ version = '0.6.1'; kubeVersion = '1.33'; cloud = 'aws'; region = 'us-west-2'; targets = @('production', 'staging') }) + @{
                status = @{ aws = @{ nodeRoleArn = "arn:aws:iam::${account}:role/kon-$Cluster-node-role"; adminRoleArn = "arn:aws:iam::${account}:role/kon-$Cluster-admin-role" } }
            }
        }
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        Add-TestObject $sandbox blue @(
            Get-Installed blue
            Get-Kon LinkedServiceAccount s3-reader @{ targets = @('production'); aws = @{ policyArns = @('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess') } } @{ annotations = @{ 'k11n.dev/lsaSpecHash' = '12345678' } }
            Get-Kon Build shop-web-1 @{ registry = ''; image = 'shop/web'; tag = '1' }
            @{ apiVersion = 'k11n.dev/v1alpha1'; kind = 'AppConfig'; metadata = @{ name = 'app-web'; labels = @{ 'k11n.dev/app' = 'web'; 'k11n.dev/target' = '' } }; type = 'app'; config = 'YQo=' }
            Get-Kon App web @{ image = 'shop/web'; serviceAccount = 's3-reader'; targets = @(@{ name = 'production' }) }
            Get-Kon App search @{ image = 'shop/search'; targets = @(@{ name = 'production' }, @{ name = 'staging' }) }
            Get-Kon App beta @{ image = 'shop/beta'; targets = @(@{ name = 'canary' }) }
            Get-Kon AppTarget web-production @{ app = 'web'; target = 'production' }
            Get-Kon AppRelease web-1 @{ app = 'web'; target = 'production' } @{ namespace = 'production' }
        )
        Add-TestObject $sandbox green @(Get-Installed green)

        # No credentials, from nowhere: neither of whoever runs this, nor of the machine.
        $none = @{ AWS_SHARED_CREDENTIALS_FILE = "$TestDrive/none"; AWS_CONFIG_FILE = "$TestDrive/none"; AWS_EC2_METADATA_DISABLED = 'true'; KUBECONFIG = $sandbox.KubeConfigPath }
        'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI' |
            ForEach-Object { $none[$_] = $null }
        $before = Set-TestEnvironment $none

        Push-Location $TestDrive
        $failed = Export-ClusterConfig -Cluster blue -System Konstellation -Path ./backup -OutVariable export |
            Import-ClusterConfig -Cluster green -OutVariable changes -ErrorVariable problem -ErrorAction SilentlyContinue -WarningVariable told -WarningAction SilentlyContinue |
            Where-Object Action -EQ Failed
    }
    AfterAll {
        Pop-Location
        $null = Set-TestEnvironment $before
        $sandbox | Stop-UpgradeSandbox
    }

    It 'is exported by its own rules, whole' {
        $export.System | Should -Be 'Konstellation'
        $export.Complete | Should -BeTrue
        'backup/k11n.dev/App/_cluster/web.yaml' | Should -Exist
        'backup/k11n.dev/AppTarget', 'backup/k11n.dev/AppRelease' | Should -Not -Exist -Because 'the operator makes them anew'
        Get-Content backup/k11n.dev/LinkedServiceAccount/_cluster/s3-reader.yaml -Raw | Should -Not -Match 'lsaSpecHash'
        Get-Content backup/left-out.jsonl -Raw | Should -Match 'AppRelease'
    }

    It 'is taken as a whole where namespaces are selected in which it has nothing' {
        $item = Get-ClusterConfig -Cluster blue -Namespace production -InformationVariable said -WarningVariable warned -WarningAction SilentlyContinue
        $item.Kind | Should -Contain 'Namespace'
        "$said" | Should -BeLike '*blue has the system Konstellation, which has nothing in the namespaces that are selected: they are taken as Kubernetes.*'
        $warned | Should -BeNullOrEmpty
        (Export-ClusterConfig -Cluster blue -Namespace production -Path "$TestDrive/inside").System | Should -Be 'Kubernetes'
        (Compare-ClusterConfig blue green -Namespace production).Name | Should -Contain 'web-1'
        { Export-ClusterConfig -Cluster blue -System Konstellation -Namespace production -Path "$TestDrive/none" } | Should -Throw -ErrorId 'KindNotInSystem,*'
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'is found by its kinds where no system is named, and what it does not cover is told' {
        $found = Export-ClusterConfig -Cluster blue -Path "$TestDrive/found" -WarningVariable warned -WarningAction SilentlyContinue -InformationVariable said
        $found.System | Should -Be 'Konstellation'
        "$said" | Should -BeLike '*blue has the system Konstellation*'
        "$warned" | Should -BeLike '*not covered*Namespace*'
        (Export-ClusterConfig -Cluster blue -System Kubernetes -Path "$TestDrive/whole" -WarningVariable none).System | Should -Be 'Kubernetes'
        $none | Should -BeNullOrEmpty
    }

    It 'tells what runs on where it is found and suspended' {
        $null = Suspend-ClusterWorkload -Cluster blue -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike '*not covered*Namespace*'
        $null = Suspend-ClusterWorkload -Cluster blue -System Kubernetes -WhatIf -WarningVariable none
        $none | Should -BeNullOrEmpty
    }

    It 'is resumed as it was suspended where no system is named, and what was held as another one, too' {
        # A namespace that Kubernetes as a whole leaves to the cluster, and Konstellation does not.
        $template = @{ metadata = @{ labels = @{ app = 'cni' } }; spec = @{ containers = @(@{ name = 'c'; image = 'registry.test/c:1' }) } }
        $cni = @{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ namespace = 'calico-system'; name = 'cni' }; spec = @{ replicas = 1; selector = @{ matchLabels = @{ app = 'cni' } }; template = $template } }
        $batch = @{ apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ namespace = 'batch'; name = 'cni' }; spec = $cni.spec }
        Add-TestObject $sandbox blue @($cni, $batch)
        $held = $cni | ForEach-Object { [pscustomobject]@{ ApiVersion = $_.apiVersion; Kind = $_.kind; Namespace = 'calico-system'; Name = 'cni' } } | Suspend-ClusterWorkload -Cluster blue
        "$($held.Action)" | Should -Be 'Suspended'
        "$(($held | Resume-ClusterWorkload -Cluster blue).Action)" | Should -Be 'Resumed'
        "$((Suspend-ClusterWorkload -Cluster blue -System Kubernetes -Namespace batch -Kind Deployment).Action)" | Should -Be 'Suspended'
        "$((Resume-ClusterWorkload -Cluster blue -Namespace batch).Action)" | Should -Be 'Resumed'
    }

    It 'arrives, but for the app whose target green does not have' {
        $failed.Name | Should -Be 'beta'
        $failed.Failure.Id | Should -Be 'TargetMissing'
        $failed.Reason | Should -BeLike '*canary*'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ImportIncomplete,*'
        ($changes | Where-Object Kind -EQ App | Where-Object Action -EQ Created).Name | Sort-Object | Should -Be 'search', 'web'
        $kinds = @($changes | Where-Object Action -EQ Created | ForEach-Object Kind | Select-Object -Unique)
        $kinds[-1] | Should -Be 'App' -Because 'all that an App uses is there before it'
    }

    It 'has its accounts bound to green''s roles, and says that nobody could look at them' {
        $made = $changes | Where-Object Kind -EQ ServiceAccount
        $made.Namespace | Sort-Object | Should -Be 'production', 'staging'
        $made.Name | Sort-Object -Unique | Should -Be 's3-reader'
        $null = Export-ClusterConfig -Cluster green -Kind ServiceAccount -Namespace production -Path ./arrived
        Get-Content arrived/core/ServiceAccount/production/s3-reader.yaml -Raw | Should -BeLike "*eks.amazonaws.com/role-arn: *arn:aws:iam::${account}:role/kon-green-s3-reader*"
        ($changes | Where-Object { $_.Kind -eq 'App' -and $_.Name -eq 'web' }).Reason | Should -BeLike '*kon-green-s3-reader*could not be verified*'
        ($changes | Where-Object { $_.Kind -eq 'App' -and $_.Name -eq 'search' }).Reason | Should -BeNullOrEmpty
        @($told | Where-Object { "$_" -like '*could not be verified*No AWS credentials*' }).Count | Should -Be 1
    }

    It 'keeps what is the source''s own out of the target, with the reason' {
        $config = $changes | Where-Object Kind -EQ ClusterConfig
        $config.Action | Should -Be 'Skipped'
        $config.Reason | Should -Not -BeNullOrEmpty
        (Compare-ClusterConfig ./backup green -Kind App | Where-Object State -EQ Missing).Name | Should -Be 'beta'
    }

    It 'has nothing to do a second time, but for what failed' {
        $again = Import-ClusterConfig ./backup -Cluster green -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
        $again | Where-Object Action -In Created, Updated | Should -BeNullOrEmpty
        ($again | Where-Object Action -EQ Failed).Name | Should -Be 'beta'
    }
}
