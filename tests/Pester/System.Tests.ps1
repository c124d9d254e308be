Describe 'Get-UpgradeSystem' {
    BeforeAll { . $PSScriptRoot/Support.ps1 }

    It 'gives the systems' {
        $systems = Get-UpgradeSystem
        $systems | Should -BeOfType [KonUpgrade.Model.UpgradeSystem]
        $systems.Name | Should -Contain 'Kubernetes'
        $systems.Name | Should -Contain 'Konstellation'
        $systems | Where-Object { -not $_.Title -or -not $_.Description } | Should -BeNullOrEmpty
    }

    It 'chooses by name, by wildcard and by the pipeline' {
        (Get-UpgradeSystem kubernetes).Name | Should -Be 'Kubernetes'
        (Get-UpgradeSystem Kon*).Name | Should -Be 'Konstellation'
        ('Konstellation' | Get-UpgradeSystem).Name | Should -Be 'Konstellation'
        Get-UpgradeSystem nothing* | Should -BeNullOrEmpty
    }

    It 'names the known systems when one is not there' {
        Get-UpgradeSystem Nomad -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        "$($problem[0])" | Should -BeLike '*Nomad*Konstellation*'
    }

    It 'says why a kind is left out' {
        $left = (Get-UpgradeSystem Kubernetes).LeftOutKind
        $left.Count | Should -BeGreaterThan 0
        $left.Values | Where-Object { -not $_ } | Should -BeNullOrEmpty
    }

    It 'says what Velero moves in the place of an import, and what is worth knowing' {
        $kubeflow = Get-UpgradeSystem KubeflowAws
        $kubeflow.Velero.Kind | Should -Contain 'PersistentVolumeClaim'
        $kubeflow.Velero.Namespace | Should -BeNullOrEmpty -Because 'no cluster was asked'
        ($kubeflow.Advice | Where-Object At -EQ Traffic).Id | Should -Contain 'PermanentRedirect'
        (Get-UpgradeSystem Kubernetes).Velero | Should -BeNullOrEmpty
    }

    It 'survives CliXml and JSON' {
        $system = Get-UpgradeSystem Konstellation
        ($system | ConvertTo-Json -Depth 4 | ConvertFrom-Json).ExportedKind | Should -Be @($system.ExportedKind)
        $system | Export-Clixml "$TestDrive/system.xml"
        (Import-Clixml "$TestDrive/system.xml").ExportedKind | Should -Be @($system.ExportedKind)
    }
}

Describe 'A system of one''s own' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $file = "$TestDrive/platform.yaml"
        $head = "apiVersion: konupgrade.dev/v1`nkind: UpgradeSystem`nmetadata: {name: Platform}`ntitle: Our platform`n"
        Set-Content -LiteralPath $file -Value ($head + "export:`n  kinds: [ConfigMap]`n  names: {ConfigMap: set*}`n")
    }

    It 'is checked and given' {
        $system = Get-UpgradeSystem -SystemPath $file
        $system.Name | Should -Be 'Platform'
        $system.ExportedKind | Should -Be 'ConfigMap'
        (Get-UpgradeSystem * -SystemPath $file).Name | Should -Contain 'Kubernetes'
    }

    It 'is found from the session''s own location' {
        Push-Location $TestDrive
        try { (Get-UpgradeSystem -SystemPath ./platform.yaml).Name | Should -Be 'Platform' }
        finally { Pop-Location }
    }

    It 'is refused with line and column where it excludes what it includes' {
        $wrong = "$TestDrive/wrong.yaml"
        Set-Content -LiteralPath $wrong -Value ($head + "export:`n  kinds: [ConfigMap]`n  leaveOut:`n  - kinds: [ConfigMap]`n    reason: never`n")
        { Get-UpgradeSystem -SystemPath $wrong -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidSystem*' -ExpectedMessage '*line 8*ConfigMap*'
        { Export-ClusterConfig -Path "$TestDrive/none" -SystemPath $wrong -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidSystem*'
    }

    It 'must be the one that -System names' {
        { Export-ClusterConfig -Path "$TestDrive/none" -System Kubernetes -SystemPath $file -ErrorAction Stop } | Should -Throw -ErrorId 'SystemMismatch*'
    }
}
