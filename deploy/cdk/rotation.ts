// One rotation function and the secrets that it rotates: the same role, function and permission as in template.yaml,
// without its endpoint, its second account and its access keys of IAM users. Its alarms are in alarms.ts beside it.
//
//   const rotation = new RotationFunction(this, "Rotation", { zip: "dist/rotator-postgres-arm64.zip" });
//   rotation.rotate("App", { secretArn: secret.secretArn, schedule: "rate(30 days)" });
import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import * as secretsmanager from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { AlarmSettings, RotationAlarms } from "./alarms";

export interface RotationFunctionProps {
  readonly zip: string;
  /** The role says it, so it is fixed. */
  readonly name?: string;
  readonly architecture?: lambda.Architecture;
  /** The function's own, as in { PASSWORD_LENGTH: "40" }. */
  readonly variables?: { readonly [name: string]: string };
  /** From its subnets the target and Secrets Manager must be reached. */
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
  /** The secrets' key, if it is not aws/secretsmanager. */
  readonly kmsKeyArn?: string;
  /** The keys of the secrets' replicas, if they are not aws/secretsmanager. */
  readonly replicaKmsKeyArns?: string[];
  /** What masterarn names. */
  readonly superuserSecretArns?: string[];
  /** The key of those, if it is neither aws/secretsmanager nor kmsKeyArn. */
  readonly superuserSecretKmsKeyArn?: string;
  /** databases: masters that RDS made, replicas, reader endpoints. all: custom endpoints and proxies too. */
  readonly rdsLookups?: "none" | "databases" | "all";
  readonly permissionsBoundary?: iam.IManagedPolicy;
  readonly layers?: lambda.ILayerVersion[];
  readonly memorySize?: number;
  readonly timeout?: Duration;
  readonly reservedConcurrency?: number;
  readonly logRetention?: logs.RetentionDays;
  /** ACTIVE, each step is a trace in X-Ray. */
  readonly tracing?: lambda.Tracing;
  /** As alarms.ts has them, with a topic of their own. false: none. */
  readonly alarms?: AlarmSettings | false;
}

export interface RotateProps {
  readonly secretArn: string;
  /** As in "rate(30 days)". */
  readonly schedule: string;
  /** A window, as in "2h". */
  readonly duration?: string;
  /** Unless true, testSecret alone runs when the secret is attached: it rotates when its schedule says so. */
  readonly rotateImmediately?: boolean;
}

export class RotationFunction extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: RotationFunctionProps) {
    super(scope, id);
    const name = props.name ?? "rotation-postgres";
    const logGroup = new logs.LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${name}`,
      retention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const role = new iam.Role(this, "Role", {
      assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com"),
      permissionsBoundary: props.permissionsBoundary,
      inlinePolicies: { rotation: new iam.PolicyDocument({ statements: statements(this, name, logGroup, props) }) },
    });
    this.function = new lambda.Function(this, "Function", {
      functionName: name,
      code: lambda.Code.fromAsset(props.zip),
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: "bootstrap",
      architecture: props.architecture ?? lambda.Architecture.ARM_64,
      memorySize: props.memorySize ?? 128,
      timeout: props.timeout ?? Duration.seconds(60),
      reservedConcurrentExecutions: props.reservedConcurrency,
      layers: props.layers,
      environment: props.variables,
      // CDK adds nothing to it.
      role: role.withoutPolicyUpdates(),
      logGroup,
      tracing: props.tracing ?? lambda.Tracing.PASS_THROUGH,
      vpc: props.vpc,
      vpcSubnets: props.vpcSubnets,
      securityGroups: props.securityGroups,
      // An event that is delivered again late is the one thing that the protocol does not survive.
      retryAttempts: 0,
    });
    this.function.addPermission("SecretsManager", {
      principal: new iam.ServicePrincipal("secretsmanager.amazonaws.com"),
      action: "lambda:InvokeFunction",
      sourceAccount: Stack.of(this).account,
    });
    if (props.alarms !== false) new RotationAlarms(this, "Alarms", { ...props.alarms, name });
  }

  /** Not addRotationSchedule of CDK: that lets Secrets Manager in from every account, and adds to the role. */
  rotate(id: string, props: RotateProps): void {
    const schedule = new secretsmanager.CfnRotationSchedule(this, id, {
      secretId: props.secretArn,
      rotationLambdaArn: this.function.functionArn,
      rotationRules: { scheduleExpression: props.schedule, duration: props.duration },
      rotateImmediatelyOnUpdate: props.rotateImmediately ?? false,
    });
    schedule.node.addDependency(this.function);
  }
}

const NETWORK = [
  "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
];

function statements(scope: Construct, name: string, logGroup: logs.ILogGroup, props: RotationFunctionProps): iam.PolicyStatement[] {
  const { partition, region, account, urlSuffix } = Stack.of(scope);
  const self = `arn:${partition}:lambda:${region}:${account}:function:${name}`;
  const secrets = `arn:${partition}:secretsmanager:${region}:${account}:secret:*`;
  const through = `secretsmanager.${region}.${urlSuffix}`;
  const made: iam.PolicyStatement[] = [];
  const allow = (actions: string[], resources: string[], conditions?: iam.Conditions, effect = iam.Effect.ALLOW) =>
    made.push(new iam.PolicyStatement({ effect, actions, resources, conditions }));

  allow(
    ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"],
    [secrets],
    { ArnEquals: { "secretsmanager:resource/AllowRotationLambdaArn": self } },
  );
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
  if (props.vpc) {
    allow(NETWORK, ["*"]);
    // Lambda makes network interfaces; the function's code may not.
    allow(NETWORK, ["*"], { ArnLike: { "lambda:SourceFunctionArn": self } }, iam.Effect.DENY);
  }
  if (props.kmsKeyArn) {
    const conditions = { StringEquals: { "kms:ViaService": through }, StringLike: { "kms:EncryptionContext:SecretARN": secrets } };
    allow(["kms:Decrypt", "kms:GenerateDataKey"], [props.kmsKeyArn], conditions);
  }
  const replicaKeys = props.replicaKmsKeyArns ?? [];
  if (replicaKeys.length > 0) {
    const conditions = { StringLike: { "kms:ViaService": `secretsmanager.*.${urlSuffix}` } };
    allow(["kms:Encrypt", "kms:GenerateDataKey"], replicaKeys, conditions);
  }
  const superusers = props.superuserSecretArns ?? [];
  if (superusers.length > 0) allow(["secretsmanager:GetSecretValue"], superusers);
  if (props.superuserSecretKmsKeyArn && superusers.length > 0) {
    const conditions = { StringEquals: { "kms:ViaService": through, "kms:EncryptionContext:SecretARN": superusers } };
    allow(["kms:Decrypt"], [props.superuserSecretKmsKeyArn], conditions);
  }
  const lookups = props.rdsLookups ?? "none";
  if (lookups !== "none") allow(["rds:DescribeDBClusters", "rds:DescribeDBInstances"], ["*"]);
  if (lookups === "all") allow(["rds:DescribeDBClusterEndpoints", "rds:DescribeDBProxies", "rds:DescribeDBProxyEndpoints", "rds:DescribeDBProxyTargets"], ["*"]);
  if ((props.variables?.PASSWORD_SOURCE ?? "local") !== "local") allow(["secretsmanager:GetRandomPassword"], ["*"]);
  if (props.tracing === lambda.Tracing.ACTIVE) allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]);
  return made;
}
