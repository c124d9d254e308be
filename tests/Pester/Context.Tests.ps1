Describe 'Get-ClusterContext' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $kubeconfig = Join-Path $TestDrive 'config'
        Set-Content -LiteralPath $kubeconfig -Value @'
apiVersion: v1
kind: Config
current-context: blue
clusters:
- name: one
  cluster: {server: "https://127.0.0.1:1"}
contexts:
- name: blue
  context: {cluster: one, user: someone}
- name: green one
  context: {cluster: one, user: someone, namespace: shop}
- name: arn:aws:eks:eu-west-1:111122223333:cluster/green
  context: {cluster: one, user: someone}
users:
- name: someone
  user: {token: "a-secret-token"}
'@
    }

    It 'gives every context' {
        $contexts = Get-ClusterContext -KubeConfigPath $kubeconfig
        $contexts.Name | Should -Be 'blue', 'green one', 'arn:aws:eks:eu-west-1:111122223333:cluster/green'
        $contexts[0].IsCurrent | Should -BeTrue
        $contexts[1].Namespace | Should -Be 'shop'
        $contexts[0] | Should -BeOfType [KonUpgrade.Model.ClusterContext]
    }

    It 'chooses by name, by wildcard and by the pipeline' {
        (Get-ClusterContext blue -KubeConfigPath $kubeconfig).Name | Should -Be 'blue'
        (Get-ClusterContext 'green*', 'nothing*' -KubeConfigPath $kubeconfig).Name | Should -Be 'green one'
        ('blue' | Get-ClusterContext -KubeConfigPath $kubeconfig).Name | Should -Be 'blue'
        (Get-ClusterContext -Current -KubeConfigPath $kubeconfig).Name | Should -Be 'blue'
    }

    It 'names the known contexts when one is not there, and gives the others' {
        $found = Get-ClusterContext blue, yellow -KubeConfigPath $kubeconfig -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Name | Should -Be 'blue'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ContextNotFound,*'
        $problem[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$($problem[0])" | Should -BeLike '*green one*'
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'takes what is no valid pattern as a name' -ForEach 'a[b', '[', 'blue[' {
        $problem = $null
        Get-ClusterContext $_ -KubeConfigPath $kubeconfig -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ContextNotFound,*'
        Get-UpgradeSystem $_ -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].Exception | Should -BeOfType [KonUpgrade.Model.UpgradeException]
    }

    It 'finds a context whose name looks like half a pattern' {
        $odd = Join-Path $TestDrive 'odd'
        Set-Content -LiteralPath $odd -Value "apiVersion: v1`nkind: Config`ncontexts: [{name: 'a[b', context: {cluster: one}}, {name: ab, context: {cluster: one}}]"
        (Get-ClusterContext 'a[b' -KubeConfigPath $odd).Name | Should -Be 'a[b'
    }

    It 'reads a path from the session''s own location, and several files as one' {
        $second = Join-Path $TestDrive 'second'
        Set-Content -LiteralPath $second -Value "apiVersion: v1`nkind: Config`ncontexts: [{name: late, context: {cluster: one}}]"
        Push-Location $TestDrive
        try {
            (Get-ClusterContext blue -KubeConfigPath ./config).KubeConfigPath | Should -Be $kubeconfig
            (Get-ClusterContext -KubeConfigPath "config$([IO.Path]::PathSeparator)second").Name | Should -Contain 'late'
        }
        finally { Pop-Location }
    }

    It 'reads relative paths of $env:KUBECONFIG from the session''s own location, and its completion too' {
        $null = New-Item -ItemType Directory (Join-Path $TestDrive 'kc/sub') -Force
        Set-Content (Join-Path $TestDrive 'kc/a') -Value 'contexts: [{name: near, context: {cluster: one}}]'
        Set-Content (Join-Path $TestDrive 'kc/sub/b') -Value 'contexts: [{name: nested, context: {cluster: one}}]'
        $was = Set-TestEnvironment @{ KUBECONFIG = "a$([IO.Path]::PathSeparator)sub/b" }
        Push-Location (Join-Path $TestDrive 'kc')
        try {
            $found = Get-ClusterContext
            $found.Name | Should -Be 'near', 'nested'
            $found[0].KubeConfigPath | Should -Be "$TestDrive/kc/a$([IO.Path]::PathSeparator)$TestDrive/kc/sub/b"
            Complete-Line 'Get-ClusterContext -Name n' | Should -Be 'near', 'nested'
            Complete-Line 'Export-ClusterConfig -Cluster n' | Should -Be 'near', 'nested'
            # They are found, and have no server: each way to a cluster begins at the same place.
            { Export-ClusterConfig -Cluster nested -Path $TestDrive/none } | Should -Throw -ErrorId 'InvalidKubeConfig,*'
            { Import-ClusterConfig ./a -Cluster absent } | Should -Throw -ErrorId 'ContextNotFound,*'
            { Compare-ClusterConfig near nested } | Should -Throw -ErrorId 'InvalidKubeConfig,*'
        }
        finally { Pop-Location; $null = Set-TestEnvironment $was }
    }

    It 'looks in the home directory that HOME names, and nowhere else where that is missing' -Skip:$IsWindows {
        $null = New-Item -ItemType Directory (Join-Path $TestDrive 'here/.kube') -Force
        Set-Content (Join-Path $TestDrive 'here/.kube/config') -Value 'contexts: [{name: foreign, context: {cluster: one}}]'
        $was = Set-TestEnvironment @{ KUBECONFIG = $null; HOME = "$TestDrive/gone" }
        Push-Location (Join-Path $TestDrive 'here')
        try {
            $problem = { Get-ClusterContext } | Should -Throw -ErrorId 'KubeConfigNotFound,*' -PassThru
            "$problem" | Should -BeLike "*$TestDrive/gone/.kube/config*"
        }
        finally { Pop-Location; $null = Set-TestEnvironment $was }
    }

    It 'says file, line and column of a syntax error' {
        $broken = Join-Path $TestDrive 'broken'
        Set-Content -LiteralPath $broken -Value "apiVersion: v1`nclusters: [`n"
        $problem = { Get-ClusterContext -KubeConfigPath $broken } | Should -Throw -PassThru
        $problem.CategoryInfo.Category | Should -Be 'ParserError'
        "$problem" | Should -Match 'broken.*line \d+, column \d+'
    }

    It 'says which file is missing' {
        $problem = { Get-ClusterContext -KubeConfigPath (Join-Path $TestDrive 'absent') } | Should -Throw -PassThru
        $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$problem" | Should -BeLike '*absent*'
    }

    It 'holds no credentials, and survives CliXml and JSON' {
        $context = Get-ClusterContext 'green one' -KubeConfigPath $kubeconfig
        $json = ConvertTo-Json $context
        $json | Should -Not -BeLike '*a-secret-token*'
        ($json | ConvertFrom-Json).Name | Should -Be 'green one'
        $context | Export-Clixml (Join-Path $TestDrive 'context.xml')
        $back = Import-Clixml (Join-Path $TestDrive 'context.xml')
        $back.PSTypeNames[0] | Should -Be 'Deserialized.KonUpgrade.Model.ClusterContext'
        $back.Namespace | Should -Be 'shop'
    }

    It 'is shown as a table that fits' {
        $lines = Get-ClusterContext -KubeConfigPath $kubeconfig | Out-String -Width 120 -Stream
        $lines | Where-Object { $_ -match '^Current\s+Name\s+Server\s+Login\s+Namespace' } | Should -Not -BeNullOrEmpty
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 120
    }
}
