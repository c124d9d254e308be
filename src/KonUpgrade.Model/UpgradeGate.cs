namespace KonUpgrade.Model;

/// <summary>Who lets an upgrade go on before a step.</summary>
public enum UpgradeGate
{
    /// <summary>Nobody is asked.</summary>
    None,

    /// <summary>A person: the run ends as AwaitingApproval, and <c>Resume-BlueGreenUpgrade -Approve</c> goes on.</summary>
    Approval,

    /// <summary>A script block that <c>-GateScript</c> gives: while its last value is <c>$false</c>, or it gives nothing, the run ends as AwaitingApproval.</summary>
    Script,
}
