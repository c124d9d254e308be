# On real API servers: those of the kubeconfig that KONUPGRADE_TEST_KUBECONFIG names. Writes only into namespaces of its
# own there, and roles under names of its own, and takes them away again.
Describe 'From one real cluster into another' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $needs = $null
        if (-not $env:KONUPGRADE_TEST_KUBECONFIG) { $needs = 'needs real clusters: a kubeconfig of two or more in KONUPGRADE_TEST_KUBECONFIG' }
        elseif (-not (Get-Command kubectl -ErrorAction Ignore)) { $needs = 'needs kubectl, to look with other eyes and to clean up' }
        else {
            $kube = @{ KubeConfigPath = $env:KONUPGRADE_TEST_KUBECONFIG }
            $contexts = @(Get-ClusterContext @kube | Group-Object Server | ForEach-Object { $_.Group[0] })
            if ($contexts.Count -lt 2) { $needs = 'needs two real clusters in KONUPGRADE_TEST_KUBECONFIG' }
        }
        if (-not $needs) {
            $blue, $green = $contexts[0].Name, $contexts[1].Name
            $space = "konupgrade-pester-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
            $plain = Join-Path $TestDrive 'plain'
            $null = New-Item -ItemType Directory -Path $plain
            $number = 0
            foreach ($object in Get-ShopObject) {
                ($object | ConvertTo-Json -Depth 32) -replace '"shop"', "`"$space`"" | Set-Content -LiteralPath (Join-Path $plain "$((++$number)).json")
            }
            function Invoke-Kubectl { & kubectl --kubeconfig $env:KONUPGRADE_TEST_KUBECONFIG @args }
        }
    }
    AfterAll {
        if (-not $needs) {
            foreach ($context in $blue, $green) { Invoke-Kubectl --context $context delete namespace $space --ignore-not-found --wait=false | Out-Null }
        }
    }
    BeforeEach { if ($needs) { Set-ItResult -Skipped -Because $needs } }

    It 'plain manifests go into the first one' {
        $changes = Import-ClusterConfig $plain -Cluster $blue @kube -ErrorAction Stop
        $changes.Action | Sort-Object -Unique | Should -Be 'Created'
        Invoke-Kubectl --context $blue -n $space get deployment web -o 'jsonpath={.spec.template.spec.containers[0].image}' | Should -Be 'registry.test/web:1'
    }

    It 'the pipeline carries them over' {
        Export-ClusterConfig -Cluster $blue -Namespace $space -Path (Join-Path $TestDrive 'backup') @kube |
            Import-ClusterConfig -Cluster $green @kube -OutVariable changes |
            Where-Object Action -EQ Failed | Should -BeNullOrEmpty
        $changes.Name | Should -Contain 'settings'
        Invoke-Kubectl --context $green -n $space get configmap settings -o 'jsonpath={.data.size}' | Should -Be '014'
        Compare-ClusterConfig $blue $green -Namespace $space @kube | Should -BeNullOrEmpty
    }

    It 'a second time there is nothing to do' {
        $again = Import-ClusterConfig (Join-Path $TestDrive 'backup') -Cluster $green @kube
        $again.Action | Sort-Object -Unique | Should -Be 'Unchanged'
    }

    It 'Secrets travel encrypted, and are opened with the key alone' {
        $word = "planted-$([guid]::NewGuid().ToString('n'))"
        Invoke-Kubectl --context $blue -n $space create secret generic login --from-literal "password=$word" | Out-Null
        $encoded = Invoke-Kubectl --context $blue -n $space get secret login -o 'jsonpath={.data.password}'
        $rsa = [Security.Cryptography.RSA]::Create(2048)
        $certificate = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=move', $rsa, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1).CreateSelfSigned(
            [DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
        $path = Join-Path $TestDrive 'encrypted'
        $with = @{ Cluster = $blue; Namespace = $space; Path = $path; Secret = 'Encrypt'; Certificate = $certificate }
        (Export-ClusterConfig @with @kube).Complete | Should -BeTrue
        $file = Join-Path $path "core/Secret/$space/login.yaml.enc"
        $hash = (Get-FileHash $file).Hash
        $null = Export-ClusterConfig @with @kube
        (Get-FileHash $file).Hash | Should -Be $hash
        Get-ChildItem -LiteralPath $path -Recurse -File -Force | ForEach-Object {
            $text = "$(Get-Content -LiteralPath $_.FullName -Raw)"
            $text | Should -Not -Match $word
            $text.Contains($encoded) | Should -BeFalse
        }

        $closed = Import-ClusterConfig $path -Cluster $green -Kind Secret @kube -WarningAction SilentlyContinue
        ($closed | Where-Object Name -EQ login).Action | Should -Be 'Skipped'
        $opened = Import-ClusterConfig $path -Cluster $green -Kind Secret -Certificate $certificate @kube
        ($opened | Where-Object Name -EQ login).Action | Should -Be 'Created'
        Invoke-Kubectl --context $green -n $space get secret login -o 'jsonpath={.data.password}' | Should -Be $encoded
        Compare-ClusterConfig $path $green -Kind Secret -Namespace $space -Certificate $certificate @kube | Should -BeNullOrEmpty
    }

    It 'the export is refused by the cluster that it came from' {
        { Import-ClusterConfig (Join-Path $TestDrive 'backup') -Cluster $blue @kube } | Should -Throw -ErrorId 'SameCluster,*'
    }

    It 'what differs is named, field by field' {
        Invoke-Kubectl --context $green -n $space patch configmap settings --type merge -p '{"data":{"color":"green"}}' | Out-Null
        $difference = Compare-ClusterConfig (Join-Path $TestDrive 'backup') $green -Namespace $space @kube
        $difference.Name | Should -Be 'settings'
        $difference.Fields.Path | Should -Be 'data.color'
    }

    It 'the roles of about_KonUpgrade_Readiness are all that the checks take' {
        $topic = Get-Content -Raw -LiteralPath (Join-Path $moduleRoot en-US/about_KonUpgrade_Readiness.help.txt)
        $roles = [regex]::Matches($topic, '(?s) {8}apiVersion: rbac.*?(?=\r?\n\r?\n)').Value -replace '(?m)^ {8}' -replace 'konupgrade-reader', "$space-reader"
        $roles.Count | Should -Be 2
        $own = @(Invoke-Kubectl --context $blue get crd -o 'jsonpath={range .items[*]}{.spec.group}{"\n"}{end}' | Sort-Object -Unique)
        $file = Join-Path $TestDrive roles.yaml
        ($roles -join "`n---`n") -replace 'storagemigration\.k8s\.io', (@('storagemigration.k8s.io') + $own -join ', ') | Set-Content -LiteralPath $file
        # The same login, as somebody who has these roles alone.
        $config = Invoke-Kubectl config view --raw --minify --flatten --context $blue -o json | ConvertFrom-Json
        $config.users[0].user | Add-Member as $space
        $reader = Join-Path $TestDrive reader.json
        $config | ConvertTo-Json -Depth 16 | Set-Content -LiteralPath $reader
        try {
            Invoke-Kubectl --context $blue apply -f $file | Should -HaveCount 2
            Invoke-Kubectl --context $blue create clusterrolebinding "$space-reader" "--clusterrole=$space-reader" "--user=$space"
            Invoke-Kubectl --context $blue create clusterrolebinding "$space-reader-secrets" "--clusterrole=$space-reader-secrets" "--user=$space"
            Wait-Until { (Invoke-Kubectl --context $blue auth can-i get /metrics --as $space) -eq 'yes' }
            $checks = Test-ClusterUpgrade $blue -KubeConfigPath $reader -ErrorAction SilentlyContinue
            $checks | Where-Object Status -EQ Unknown | ForEach-Object Message | Should -BeNullOrEmpty
            $checks.Count | Should -BeGreaterThan 20
        }
        finally {
            Invoke-Kubectl --context $blue delete -f $file --ignore-not-found | Out-Null
            Invoke-Kubectl --context $blue delete clusterrolebinding "$space-reader" "$space-reader-secrets" --ignore-not-found | Out-Null
        }
    }

    It 'Ctrl+C stops an import, and the same command carries on' {
        $many = Join-Path $TestDrive 'many'
        $null = New-Item -ItemType Directory -Path $many
        foreach ($n in 1..400) {
            @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = $space; name = "many-$n" }; data = @{ n = "$n" } } | ConvertTo-Json | Set-Content (Join-Path $many "$n.json")
        }
        $shell = Start-Shell "Import-ClusterConfig '$many' -Cluster '$green' -KubeConfigPath '$($env:KONUPGRADE_TEST_KUBECONFIG)' -ThrottleLimit 1"
        Wait-Until { $shell.Output.Count -gt 3 }
        $shell.Shell.Stop()
        $shell.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $rest = Import-ClusterConfig $many -Cluster $green @kube
        $rest.Count | Should -Be 400
        $rest | Where-Object Action -EQ Failed | Should -BeNullOrEmpty
        ($rest | Where-Object Action -EQ Unchanged).Count | Should -BeGreaterThan 3
    }
}
