# What people have on a Kubeflow goes to a cluster that has Kubeflow alone, whose profile controller makes the namespaces.
Describe 'A Kubeflow moves' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        function Get-Crd([string] $Kind, [string] $Group = 'kubeflow.org', [string] $Version = 'v1', [string] $Scope = 'Namespaced', [string[]] $Required = @()) {
            $name = $Kind.ToLowerInvariant()
            $schema = @{ type = 'object'; 'x-kubernetes-preserve-unknown-fields' = $true }
            if ($Required) { $schema.required = $Required }
            @{
                apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = "${name}s.$Group" }
                spec       = @{
                    group = $Group; scope = $Scope; names = @{ kind = $Kind; plural = "${name}s"; singular = $name; listKind = "${Kind}List" }
                    versions = @(@{ name = $Version; served = $true; storage = $true; schema = @{ openAPIV3Schema = $schema } })
                }
            }
        }
        function Get-Installed {
            Get-Crd Profile -Scope Cluster
            Get-Crd Notebook
            Get-Crd TFJob
            Get-Crd ScheduledWorkflow -Version v1beta1 -Required spec, status
            Get-Crd Workflow argoproj.io v1alpha1
        }
        function Get-Controller {
            @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'profiles-deployment'; namespace = 'kubeflow' }
                spec       = @{ replicas = 1; selector = @{ matchLabels = @{ app = 'profiles' } }; template = @{ metadata = @{ labels = @{ app = 'profiles' } }; spec = @{ containers = @(@{ name = 'manager'; image = 'example.com/profiles' }) } } }
            }
        }
        function Get-Volume([string] $Name, [string] $Driver) {
            $common = @{ accessModes = @('ReadWriteOnce'); storageClassName = 'any' }
            @{ apiVersion = 'v1'; kind = 'PersistentVolume'; metadata = @{ name = "pv-$Name" }; spec = $common + @{ capacity = @{ storage = '1Gi' }; claimRef = @{ namespace = 'anna'; name = $Name }; csi = @{ driver = $Driver; volumeHandle = 'h' } } }
            @{ apiVersion = 'v1'; kind = 'PersistentVolumeClaim'; metadata = @{ name = $Name; namespace = 'anna' }; spec = $common + @{ volumeName = "pv-$Name"; resources = @{ requests = @{ storage = '1Gi' } } } }
        }
        $owned = @{ apiVersion = 'kubeflow.org/v1'; kind = 'Profile'; name = 'anna'; controller = $true }
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        Add-TestObject $sandbox blue @(
            Get-Installed
            @{ apiVersion = 'kubeflow.org/v1'; kind = 'Profile'; metadata = @{ name = 'anna' }; spec = @{ owner = @{ kind = 'User'; name = 'anna@example.com' } } }
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'anna'; annotations = @{ owner = 'anna@example.com' }; ownerReferences = @($owned) } }
            @{ apiVersion = 'kubeflow.org/v1'; kind = 'Notebook'; metadata = @{ name = 'lab'; namespace = 'anna' }; spec = @{ template = @{ spec = @{ containers = @(@{ name = 'lab'; image = 'example.com/lab' }) } } } }
            @{ apiVersion = 'kubeflow.org/v1beta1'; kind = 'ScheduledWorkflow'; metadata = @{ name = 'nightly'; namespace = 'anna' }; spec = @{ enabled = $true }; status = @{ trigger = @{ lastIndex = 41 } } }
            @{ apiVersion = 'argoproj.io/v1alpha1'; kind = 'Workflow'; metadata = @{ name = 'nightly-41'; namespace = 'anna' }; status = @{ phase = 'Succeeded' } }
            @{ apiVersion = 'kubeflow.org/v1'; kind = 'TFJob'; metadata = @{ name = 'long'; namespace = 'anna' }; status = @{ conditions = @(@{ type = 'Running'; status = 'True' }) } }
            @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'settings'; namespace = 'anna' }; data = @{ epochs = '12' } }
            @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'platform'; namespace = 'kubeflow' }; data = @{ a = 'b' } }
            Get-Volume disk ebs.csi.aws.com
            Get-Volume files efs.csi.aws.com
            Get-Controller
        )
        Add-TestObject $sandbox green @(Get-Installed; Get-Controller)
        $before = Set-TestEnvironment @{ KUBECONFIG = $sandbox.KubeConfigPath }
        Push-Location $TestDrive
        $changes = Export-ClusterConfig -Cluster blue -System KubeflowAws -Path ./kubeflow -OutVariable export |
            Import-ClusterConfig -Cluster green -Volume Static -WarningAction SilentlyContinue
    }
    AfterAll {
        Pop-Location
        $null = Set-TestEnvironment $before
        $sandbox | Stop-UpgradeSandbox
    }

    It 'is found by its kinds, with the namespaces of its Profiles and what Velero takes' {
        $system = Get-UpgradeSystem -Cluster blue
        $system.Name | Should -Be 'KubeflowAws'
        $system.Context | Should -Be 'blue'
        $system.Namespace | Should -Be 'anna'
        $system.Velero.Namespace | Should -Be 'anna'
        $system.Velero.IncludedResource | Should -Be 'persistentvolumes', 'persistentvolumeclaims'
        $system.Velero.RestoreStatusResource | Should -Be 'scheduledworkflows.kubeflow.org'
        (Get-UpgradeSystem Kubernetes -Cluster blue).Velero | Should -BeNullOrEmpty
    }

    It 'is exported without what is made anew' {
        $export.Complete | Should -BeTrue
        'kubeflow/kubeflow.org/Notebook/anna/lab.yaml', 'kubeflow/core/ConfigMap/anna/settings.yaml' | Should -Exist
        'kubeflow/core/Namespace', 'kubeflow/core/ServiceAccount', 'kubeflow/core/ConfigMap/kubeflow', 'kubeflow/argoproj.io' | Should -Not -Exist
        Get-Content kubeflow/left-out.jsonl -Raw | Should -Match 'profile controller makes'
    }

    It 'arrives in namespaces that the target has made, each object by one mover' {
        $changes | Where-Object Action -EQ Failed | Should -BeNullOrEmpty
        ($changes | Where-Object { $_.Kind -eq 'PersistentVolumeClaim' -and $_.Name -eq 'disk' }).Reason | Should -BeLike 'Velero brings it*'
        ($changes | Where-Object { $_.Kind -eq 'PersistentVolumeClaim' -and $_.Name -eq 'files' }).Action | Should -Be 'Created'
        ($changes | Where-Object Kind -EQ TFJob).Action | Should -Be 'Skipped'
        ($changes | Where-Object Kind -EQ ScheduledWorkflow).Held | Should -Not -BeNullOrEmpty
        (Get-ClusterConfig -Cluster green -System Kubernetes -Kind ScheduledWorkflow).Object.status.trigger.lastIndex | Should -Be 41
        (Get-ClusterConfig -Cluster green -System Kubernetes -Namespace anna -Kind ServiceAccount).Name | Should -Contain 'default-editor'
    }

    It 'is the same on both, but for what Velero has yet to bring' {
        $found = Compare-ClusterConfig blue green -System KubeflowAws
        "$($found.State) $($found.Kind) $($found.Name)" | Should -Be 'Missing PersistentVolumeClaim disk'
    }

    It 'is not taken for what is in other namespaces' {
        (Export-ClusterConfig -Cluster blue -Namespace kubeflow -Path ./outside -InformationVariable said).System | Should -Be 'Kubernetes'
        "$said" | Should -BeLike '*has the system KubeflowAws, to which none of the namespaces belongs*'
        { Export-ClusterConfig -Cluster blue -System KubeflowAws -Namespace kubeflow -Path ./none } | Should -Throw -ErrorId 'KindNotInSystem,*'
    }

    It 'is suspended in its own namespaces alone' {
        $held = Suspend-ClusterWorkload -Cluster blue -System KubeflowAws -WhatIf
        $held | Should -BeNullOrEmpty
        $held = Suspend-ClusterWorkload -Cluster blue -System KubeflowAws
        ($held | ForEach-Object { "$($_.Kind) $($_.Name)" } | Sort-Object) | Should -Be 'ScheduledWorkflow nightly'
        $null = Resume-ClusterWorkload -Cluster blue -System KubeflowAws
    }
}
