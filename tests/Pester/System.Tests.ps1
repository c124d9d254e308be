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

    It 'survives CliXml and JSON' {
        $system = Get-UpgradeSystem Konstellation
        ($system | ConvertTo-Json -Depth 4 | ConvertFrom-Json).ExportedKind | Should -Be @($system.ExportedKind)
        $system | Export-Clixml "$TestDrive/system.xml"
        (Import-Clixml "$TestDrive/system.xml").ExportedKind | Should -Be @($system.ExportedKind)
    }
}
