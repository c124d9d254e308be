@{
    RootModule           = 'bin/KonUpgrade.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '4ba42319-895a-43c3-b9b4-d23bc1985f22'
    Author               = 'The KonUpgrade authors'
    CompanyName          = 'KonUpgrade'
    Copyright            = '(c) The KonUpgrade authors. Apache-2.0.'
    Description          = 'Carries a Kubernetes cluster to a new version the safe way: create and migrate. The configuration of one cluster ("blue") is exported, imported into another ("green") and compared, object by object, with nothing lost and nothing hit by mistake.'
    CompatiblePSEditions = @('Core')
    PowerShellVersion    = '7.4'
    RequiredAssemblies   = @('bin/KonUpgrade.Model.dll', 'bin/KonUpgrade.dll')
    TypesToProcess       = @('bin/KonUpgrade.Types.ps1xml')
    FormatsToProcess     = @('bin/KonUpgrade.Format.ps1xml')
    CmdletsToExport      = @(
        'Compare-ClusterConfig'
        'Compare-ClusterHealth'
        'Convert-ClusterConfig'
        'Export-ClusterConfig'
        'Export-UpgradePlan'
        'Export-UpgradeReport'
        'Find-DeprecatedApi'
        'Get-BlueGreenUpgrade'
        'Get-ClusterConfig'
        'Get-ClusterContext'
        'Get-ClusterTraffic'
        'Get-ManagedCluster'
        'Get-Nodepool'
        'Get-ReconcileLimit'
        'Get-StateSnapshot'
        'Get-UpgradeSystem'
        'Get-VeleroBackup'
        'Get-VeleroRestore'
        'Grant-ClusterRoleTrust'
        'Import-ClusterConfig'
        'Import-UpgradePlan'
        'Invoke-BlueGreenUpgrade'
        'Move-Nodepool'
        'New-Nodepool'
        'New-StateSnapshot'
        'New-UpgradePlan'
        'New-VeleroBackup'
        'New-VeleroRestore'
        'Remove-Nodepool'
        'Restore-StateSnapshot'
        'Resume-BlueGreenUpgrade'
        'Resume-ClusterWorkload'
        'Resume-Nodepool'
        'Revoke-ClusterRoleTrust'
        'Set-ReconcileLimit'
        'Start-UpgradeSandbox'
        'Stop-UpgradeSandbox'
        'Suspend-ClusterWorkload'
        'Suspend-Nodepool'
        'Switch-ClusterTraffic'
        'Test-ClusterHealth'
        'Test-ClusterUpgrade'
        'Undo-BlueGreenUpgrade'
        'Update-Nodepool'
        'Wait-Nodepool'
        'Wait-StateSnapshot'
        'Wait-VeleroBackup'
        'Wait-VeleroRestore'
    )
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('Kubernetes', 'EKS', 'Upgrade', 'BlueGreen', 'Migration', 'Backup', 'Konstellation', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0'
        }
    }
}
