BeforeAll {
    . $PSScriptRoot/Support.ps1
    $manifests = Join-Path $TestDrive 'manifests'
    $null = New-Item -ItemType Directory $manifests
    @'
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
---
# Source: shop/templates/budget.yaml
apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: web
  namespace: shop
spec:
  selector: {}
---
apiVersion: batch/v1beta1
kind: CronJob
metadata: { name: nightly, namespace: other }
'@ | Set-Content (Join-Path $manifests 'shop.yaml')
}

Describe 'Find-DeprecatedApi' {
    It 'finds what of files a version no longer serves, and what converts it' {
        $found = @(Find-DeprecatedApi $manifests -TargetVersion 1.36)
        $found.Kind | Should -Be 'PodDisruptionBudget', 'CronJob'
        $found[0].Severity | Should -BeExactly 'Removed'
        $found[0].RemovedIn | Should -Be '1.25'
        $found[0].Replacement | Should -Be 'policy/v1'
        $found[0].Convertible | Should -BeTrue
        $found[0].Line | Should -Be 6
        $found[0].Template | Should -Be 'shop/templates/budget.yaml'
        $found[0].Target | Should -Be 'Kubernetes 1.36'
        $converted = $found | Select-Object -ExpandProperty Path -Unique | Convert-ClusterConfig -TargetVersion 1.36 | Where-Object Action -EQ Converted
        $converted.ApiVersion | Should -Be 'policy/v1', 'batch/v1'
        @($converted | Find-DeprecatedApi -TargetVersion 1.36) | Should -BeNullOrEmpty
    }

    It 'keeps the nought of a version that is typed without quotes' {
        (Find-DeprecatedApi $manifests -TargetVersion 1.20 | Select-Object -First 1).Target | Should -Be 'Kubernetes 1.20'
        (Find-DeprecatedApi $manifests -TargetVersion v1.24.3 | Select-Object -First 1).Severity | Should -BeExactly 'Deprecated'
        { Find-DeprecatedApi $manifests -TargetVersion (1.2 + 0.1) } | Should -Throw -ErrorId 'ParameterArgumentTransformationError*'
    }

    It 'takes files and items from the pipeline, edited and returned ones too' {
        (Get-ChildItem $manifests -File | Find-DeprecatedApi -Kind cronjobs).Name | Should -Be 'nightly'
        (Get-ClusterConfig $manifests | Find-DeprecatedApi -Namespace shop).Name | Should -Be 'web'
        $edited = Get-ClusterConfig $manifests | ForEach-Object { $_.Object['apiVersion'] = $_.Object['apiVersion'] -replace 'v1beta1', 'v1'; $_ }
        @($edited | Find-DeprecatedApi) | Should -BeNullOrEmpty
        $returned = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(@(Get-ClusterConfig $manifests), 5))
        @($returned | Find-DeprecatedApi).Kind | Should -Be 'PodDisruptionBudget', 'CronJob'
    }

    It 'tells what could not be read, and goes on' {
        $broken = Join-Path $TestDrive 'broken'
        $null = New-Item -ItemType Directory $broken
        "kind: 'A" | Set-Content (Join-Path $broken 'a.yaml')
        "{{- if .Values.on }}`nkind: A`n{{- end }}" | Set-Content (Join-Path $broken 'template.yaml')
        "apiVersion: batch/v1beta1`nkind: CronJob`nmetadata:`n  name: nightly" | Set-Content (Join-Path $broken 'z.yaml')
        $found = @(Find-DeprecatedApi $broken -ErrorVariable failed -ErrorAction SilentlyContinue -WarningVariable warned -WarningAction SilentlyContinue)
        $found.Name | Should -Be 'nightly'
        $failed.FullyQualifiedErrorId | Should -BeLike 'SearchIncomplete,*'
        $warned | Should -HaveCount 2
        { Find-DeprecatedApi (Join-Path $TestDrive 'none') -ErrorAction Stop } | Should -Throw -ErrorId 'DirectoryNotFound,*'
    }

    It 'completes versions' {
        $completed = (TabExpansion2 'Find-DeprecatedApi . -TargetVersion 1.').CompletionMatches.ListItemText
        $completed | Should -Contain '1.36'
    }

    Context 'on clusters' {
        BeforeAll {
            $sandbox = Start-UpgradeSandbox blue=1.24, green=1.34
            $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
            Add-TestObject $sandbox blue @(
                @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'shop' } }
                @{ apiVersion = 'policy/v1'; kind = 'PodDisruptionBudget'
                    metadata = @{ name = 'web'; namespace = 'shop'; annotations = @{ 'kubectl.kubernetes.io/last-applied-configuration' = '{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget"}' } }
                    spec = @{ minAvailable = 1; selector = @{ matchLabels = @{ app = 'web' } } }
                }
            )
        }
        AfterAll { $sandbox | Stop-UpgradeSandbox }

        It 'finds what objects tell, judged by the next version or by another cluster' {
            $found = @(Find-DeprecatedApi -Cluster blue @kube)
            "$found" | Should -Be 'policy/v1beta1 PodDisruptionBudget shop/web'
            $found[0].Evidence | Should -BeExactly 'LastApplied'
            $found[0].Target | Should -Be 'Kubernetes 1.25'
            $found[0].Context | Should -Be 'blue'
            $only = @{ Kind = 'PodDisruptionBudget' }
            @(Find-DeprecatedApi -Cluster blue -TargetVersion green @only @kube).Target | Should -Be 'green'
            @(Find-DeprecatedApi -Cluster blue -TargetVersion 1.24 @only @kube).Severity | Should -BeExactly 'Deprecated'
            @(Find-DeprecatedApi -Cluster green @only @kube) | Should -BeNullOrEmpty
        }

        It 'takes clusters from the pipeline, returned ones too' {
            $contexts = Get-ClusterContext blue @kube
            @($contexts | Find-DeprecatedApi -Namespace shop).Name | Should -Be 'web'
            $returned = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($contexts, 3))
            @($returned | Find-DeprecatedApi -Kind PodDisruptionBudget).Name | Should -Be 'web'
            (Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'export') -Namespace shop @kube | Find-DeprecatedApi -TargetVersion green @kube) | Should -BeNullOrEmpty
        }

        It 'warns a viewer of what he may not read, and refuses who may read nothing' {
            $found = @(Find-DeprecatedApi -Cluster blue-viewer @kube -WarningVariable warned -WarningAction SilentlyContinue)
            $found.Evidence | Should -BeExactly 'LastApplied'
            $warned | Should -HaveCount 2
            { Find-DeprecatedApi -Cluster blue-nobody @kube -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'NoEvidence,*'
        }

        It 'completes contexts as targets' {
            (TabExpansion2 "Find-DeprecatedApi -KubeConfigPath '$($sandbox.KubeConfigPath)' -TargetVersion gre").CompletionMatches.ListItemText | Should -Contain 'green'
        }
    }
}
