namespace KonUpgrade.Sandbox.Iam;

/// <summary>What is there where nothing is said: the roles that clusters and AWS Backup run as, and the policies of AWS that those have.</summary>
internal static class IamDefaults
{
    private const string Managed = "arn:aws:iam::aws:policy/";

    // No more than what the checks of a client look for: which actions are allowed on what.
    private static readonly (string Name, string[] Actions)[] ManagedPolicies =
    [
        ("AmazonEKSClusterPolicy", ["ec2:Describe*", "elasticloadbalancing:*", "autoscaling:DescribeAutoScalingGroups", "kms:DescribeKey"]),
        ("AmazonEKSWorkerNodePolicy", ["ec2:DescribeInstances", "ec2:DescribeVolumes", "ec2:DescribeSubnets", "eks:DescribeCluster"]),
        ("AmazonEKS_CNI_Policy", ["ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"]),
        ("AmazonEC2ContainerRegistryReadOnly", ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]),
        ("service-role/AWSBackupServiceRolePolicyForBackup",
        [
            "backup:DescribeBackupVault", "backup:CopyIntoBackupVault", "backup:TagResource", "tag:GetResources",
            "ec2:CreateSnapshot", "ec2:CreateImage", "ec2:CreateTags", "ec2:DeleteSnapshot", "ec2:DescribeVolumes", "ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeTags",
            "rds:CreateDBSnapshot", "rds:CreateDBClusterSnapshot", "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots", "rds:AddTagsToResource", "rds:ListTagsForResource",
            "elasticfilesystem:Backup", "elasticfilesystem:DescribeTags",
            "dynamodb:CreateBackup", "dynamodb:DescribeTable", "dynamodb:StartAwsBackupJob", "fsx:CreateBackup", "fsx:DescribeFileSystems", "eks:DescribeCluster", "eks:ListPodIdentityAssociations",
            "kms:DescribeKey", "kms:CreateGrant",
        ]),
        ("service-role/AWSBackupServiceRolePolicyForRestores",
        [
            "ec2:CreateVolume", "ec2:RunInstances", "ec2:CreateTags", "ec2:DescribeSnapshots", "ec2:DescribeVolumes",
            "rds:RestoreDBInstanceFromDBSnapshot", "rds:RestoreDBClusterFromSnapshot", "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:AddTagsToResource",
            "elasticfilesystem:Restore", "elasticfilesystem:CreateFilesystem", "elasticfilesystem:DescribeFilesystems", "elasticfilesystem:TagResource",
            "dynamodb:RestoreTableFromBackup", "fsx:CreateFileSystemFromBackup", "iam:PassRole", "kms:DescribeKey", "kms:CreateGrant",
        ]),
        ("AWSBackupServiceRolePolicyForS3Backup",
        [
            "s3:GetBucketVersioning", "s3:GetBucketTagging", "s3:GetBucketLocation", "s3:GetBucketAcl", "s3:GetBucketNotification", "s3:PutBucketNotification", "s3:GetInventoryConfiguration", "s3:PutInventoryConfiguration",
            "s3:ListBucket", "s3:ListBucketVersions", "s3:GetObject*", "events:PutRule", "events:PutTargets", "cloudwatch:GetMetricData", "backup:TagResource", "kms:Decrypt", "kms:DescribeKey",
        ]),
        ("AWSBackupServiceRolePolicyForS3Restore",
        [
            "s3:CreateBucket", "s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketVersioning", "s3:PutBucketVersioning", "s3:GetObject*", "s3:PutObject*", "s3:DeleteObject", "kms:GenerateDataKey", "kms:DescribeKey",
        ]),
    ];

    /// <summary>The managed policies of AWS.</summary>
    public static IEnumerable<IamPolicy> Policies()
        => ManagedPolicies.Select(policy => new IamPolicy(Managed + policy.Name,
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["{{string.Join("\",\"", policy.Actions)}}"],"Resource":"*"}]}"""));

    /// <summary>The roles of a cluster: its own, and its nodes'.</summary>
    public static IEnumerable<IamRole> OfCluster(string cluster)
    {
        yield return new IamRole($"{cluster}-cluster") { TrustPolicy = IamRole.TrustOf("eks.amazonaws.com"), AttachedPolicies = [$"{Managed}AmazonEKSClusterPolicy"] };
        yield return new IamRole($"{cluster}-node")
        {
            AttachedPolicies = [$"{Managed}AmazonEC2ContainerRegistryReadOnly", $"{Managed}AmazonEKSWorkerNodePolicy", $"{Managed}AmazonEKS_CNI_Policy"],
        };
    }

    /// <summary>A role that a ServiceAccount of a cluster may assume (IRSA).</summary>
    public static IamRole OfServiceAccount(string name, string providerArn, Uri issuer, string @namespace, string account)
    {
        string host = $"{issuer.Authority}{issuer.AbsolutePath}".TrimEnd('/');
        return new IamRole(name)
        {
            TrustPolicy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"{{providerArn}}"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"{{host}}:aud":"sts.amazonaws.com","{{host}}:sub":"system:serviceaccount:{{@namespace}}:{{account}}"} } }]}""",
        };
    }

    /// <summary>A role that AWS Backup may assume.</summary>
    public static IamRole OfBackup(string name) => new(name)
    {
        Path = "/service-role/",
        TrustPolicy = IamRole.TrustOf("backup.amazonaws.com"),
        AttachedPolicies =
        [
            $"{Managed}AWSBackupServiceRolePolicyForS3Backup", $"{Managed}AWSBackupServiceRolePolicyForS3Restore",
            $"{Managed}service-role/AWSBackupServiceRolePolicyForBackup", $"{Managed}service-role/AWSBackupServiceRolePolicyForRestores",
        ],
    };
}
