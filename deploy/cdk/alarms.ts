// The alarms of a rotation function, and who is told: the same as deploy/alarms.yaml makes for a stack. RotationFunction makes them
// unless you say `alarms: false`. What stands between BEGIN and END is what deploy/alarms.toml says: scripts/generate writes it.
import { Duration, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as config from "aws-cdk-lib/aws-config";
import * as events from "aws-cdk-lib/aws-events";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as sns from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";

export interface AlarmSettings {
  /** Without it, a topic of its own. */
  readonly topic?: sns.ITopic;
  /** Who is told. Without it, nobody yet: subscribe to the topic. */
  readonly email?: string;
  /** A key for a topic of its own, which must let events.amazonaws.com and cloudwatch.amazonaws.com use it. */
  readonly topicKmsKey?: kms.IKey;
  /** For longer than this, no rotation may leave AWSCURRENT refused by its target. */
  readonly refusedAtMostMillis?: number;
  /** Events come from all secrets of the account and Region: say true in one construct there, and not where deploy/alarms.yaml does it. */
  readonly accountRules?: boolean;
  /** With accountRules, and AWS Config recording AWS::SecretsManager::Secret. */
  readonly lateRotations?: boolean;
}

export interface RotationAlarmsProps extends AlarmSettings {
  /** The function's. */
  readonly name: string;
}

interface Alarm {
  readonly name: string;
  readonly namespace: string;
  readonly metric: string;
  readonly step?: string;
  readonly statistic: string;
  readonly period: number;
  readonly threshold: number;
  readonly description: string;
}

const alarms = (props: RotationAlarmsProps): Alarm[] => [
  // BEGIN alarms, by scripts/generate
  {
    name: "errors", namespace: "AWS/Lambda", metric: "Errors",
    statistic: "Sum", period: 300, threshold: 0,
    description: `A step of a rotation failed. Secrets Manager tries again by itself.\n\nLook first:\naws logs tail /aws/lambda/${props.name} --since 1h --filter-pattern ERROR\n\nThe line names the secret. Its message says what is wrong and what to do. The book has a section for every error_type: docs/book/src/troubleshooting.md. Do that, then rotate: aws secretsmanager rotate-secret --secret-id SECRET`,
  },
  {
    name: "throttles", namespace: "AWS/Lambda", metric: "Throttles",
    statistic: "Sum", period: 300, threshold: 0,
    description: `Lambda turned away steps of rotations, because too many functions ran at once. Such a step comes later, or its rotation fails.\n\nLook first:\naws lambda get-function-concurrency --function-name ${props.name}\n\nIf this prints a number, so many steps may run at once: raise the function's reserved concurrency. If it prints nothing, the whole account ran out: aws lambda get-account-settings. Or let fewer secrets rotate at the same hour: change their schedules.`,
  },
  {
    name: "refused", namespace: "Rotation", metric: "RefusedAtMost",
    statistic: "Maximum", period: 3600, threshold: props.refusedAtMostMillis ?? 60000,
    description: `The target refused AWSCURRENT for too long, or still refuses it. Whoever reads the secret may be unable to log in. The figure grows with each try until AWSCURRENT works again.\n\nLook first:\naws logs tail /aws/lambda/${props.name} --since 1h --filter-pattern '{ $.RefusedAtMost > 0 }'\n\nThe line names the secret, and the step. If that step failed, AWSCURRENT may still be refused. The error says what to do first: aws logs tail with --filter-pattern ERROR. Then end the rotation: aws secretsmanager rotate-secret --secret-id SECRET. If the step succeeded, it is over. To keep it from happening again, let two users take turns, or give the user two passwords.`,
  },
  {
    name: "labels", namespace: "Rotation", metric: "LabelsInUse",
    statistic: "Maximum", period: 86400, threshold: 16,
    description: `A secret has 17 staging labels or more. Secrets Manager allows 20. When there is no room, the secret can no longer be rotated.\n\nLook first:\naws logs tail /aws/lambda/${props.name} --since 1d --filter-pattern '{ $.LabelsInUse > 16 }'\n\nThe line names the secret. List its labels: aws secretsmanager describe-secret --secret-id SECRET --query VersionIdsToStages. Keep AWS's own, and those that begin with ROTATION-: they name credentials that must still be ended, and a rotation that succeeds removes them. Remove labels of your own that nobody reads: aws secretsmanager update-secret-version-stage --secret-id SECRET --version-stage LABEL --remove-from-version-id VERSION`,
  },
  {
    name: "orphans", namespace: "Rotation", metric: "Orphans", step: "finishSecret",
    statistic: "Maximum", period: 86400, threshold: 0,
    description: `A rotation has ended, but credentials of earlier, abandoned rotations are still alive at the target. Whoever has seen one can still log in with it.\n\nLook first:\naws logs tail /aws/lambda/${props.name} --since 1d --filter-pattern '{ $.Orphans > 0 }'\n\nThe line names the secret. A warning says why they could not be ended: aws logs tail with --filter-pattern WARN. Do what it says. The next rotation ends them: aws secretsmanager rotate-secret --secret-id SECRET`,
  },
  {
    name: "copies", namespace: "Rotation", metric: "CopiesBehind",
    statistic: "Maximum", period: 86400, threshold: 0,
    description: `AWSCURRENT has moved, but a copy of the secret in another Region or account has not followed. Whoever reads the copy gets an old credential, which the target may refuse.\n\nLook first:\naws logs tail /aws/lambda/${props.name} --since 1d --filter-pattern '{ $.CopiesBehind > 0 }'\n\nThe line names the secret. Ask for the reason: aws secretsmanager describe-secret --secret-id SECRET --query ReplicationStatus. InProgress ends by itself. At Failed, a warning of the function says why, and what to type: aws logs tail with --filter-pattern WARN`,
  },
  {
    name: "current", namespace: "Rotation", metric: "CurrentRefused",
    statistic: "Maximum", period: 3600, threshold: 0,
    description: `The target refuses the credential under AWSCURRENT. Whoever logs in with it now fails. Perhaps somebody changed the password by hand. A check has found it: deploy/check.yaml sends one on a schedule.\n\nLook first:\naws logs tail /aws/lambda/${props.name} --since 3h --filter-pattern '{ $.CurrentRefused > 0 }'\n\nThe line names the secret. Ask which version the target accepts: rotation check SECRET --all-labels. Store that value again (aws secretsmanager put-secret-value --secret-id SECRET), or set the password of AWSCURRENT at the target.`,
  },
  // END alarms
];

export class RotationAlarms extends Construct {
  readonly topic: sns.ITopic;

  constructor(scope: Construct, id: string, props: RotationAlarmsProps) {
    super(scope, id);
    this.topic = props.topic ?? new sns.Topic(this, "Topic", { masterKey: props.topicKmsKey });
    if (props.email) new sns.Subscription(this, "Mail", { topic: this.topic, protocol: sns.SubscriptionProtocol.EMAIL, endpoint: props.email });
    for (const alarm of alarms(props)) this.alarm(alarm, props.name);
    const rules = props.accountRules ? this.rules(props) : [];
    if (!props.topic) this.letIn(props.name, rules);
  }

  private alarm(alarm: Alarm, functionName: string): void {
    const made = new cloudwatch.Alarm(this, alarm.name, {
      alarmName: `${functionName}-${alarm.name}`,
      alarmDescription: alarm.description,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: alarm.threshold,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      metric: new cloudwatch.Metric({
        namespace: alarm.namespace,
        metricName: alarm.metric,
        statistic: alarm.statistic,
        period: Duration.seconds(alarm.period),
        dimensionsMap: { FunctionName: functionName, ...(alarm.step && { Step: alarm.step }) },
      }),
    });
    made.addAlarmAction({ bind: () => ({ alarmActionArn: this.topic.topicArn }) });
  }

  private rules(props: RotationAlarmsProps): events.CfnRule[] {
    const rules = [
      this.rule("Failed", {
        description: "A rotation failed, or was abandoned because somebody stored a new version meanwhile.",
        eventPattern: {
          source: ["aws.secretsmanager"],
          "detail-type": ["AWS Service Event via CloudTrail"],
          detail: { eventSource: ["secretsmanager.amazonaws.com"], eventName: ["RotationFailed", "RotationAbandoned", "TestRotationFailed"] },
        },
        // As it is: which of its fields names the secret depends on the event.
      }),
      this.rule("Deleted", {
        description: "Somebody tried to read a secret that is scheduled for deletion, so it is still needed.",
        // Reads reach EventBridge in this state alone.
        state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
        eventPattern: {
          source: ["aws.secretsmanager"],
          "detail-type": ["AWS API Call via CloudTrail"],
          detail: {
            eventSource: ["secretsmanager.amazonaws.com"],
            eventName: ["GetSecretValue"],
            errorMessage: [{ wildcard: "*marked for deletion*" }],
          },
        },
      }, {
        inputPathsMap: { who: "$.detail.userIdentity.arn", when: "$.detail.eventTime", secret: "$.detail.requestParameters.secretId" },
        inputTemplate: '"<who> tried at <when> to read <secret>, which is scheduled for deletion. Restore it if it is still needed."',
      }),
    ];
    if (props.lateRotations) rules.push(this.late(`${props.name}-late`));
    return rules;
  }

  private late(name: string): events.CfnRule {
    new config.CfnConfigRule(this, "LateCheck", {
      configRuleName: name,
      description: "Secrets that rotate have been rotated by their schedule.",
      source: { owner: "AWS", sourceIdentifier: "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK" },
      scope: { complianceResourceTypes: ["AWS::SecretsManager::Secret"] },
    });
    return this.rule("Late", {
      description: "A secret was not rotated by its schedule.",
      eventPattern: {
        source: ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        detail: { configRuleName: [name], newEvaluationResult: { complianceType: ["NON_COMPLIANT"] } },
      },
    }, {
      inputPathsMap: { secret: "$.detail.resourceId", when: "$.time" },
      inputTemplate: '"Not rotated by its schedule, at <when>: <secret>."',
    });
  }

  /** As CloudFormation has it: CDK's own rule knows no state that lets reads in. */
  private rule(id: string, props: events.CfnRuleProps, inputTransformer?: events.CfnRule.InputTransformerProperty): events.CfnRule {
    const target = { id: "topic", arn: this.topic.topicArn, inputTransformer };
    return new events.CfnRule(this, `${id}Rule`, { ...props, targets: [target] });
  }

  private letIn(name: string, rules: events.CfnRule[]): void {
    const { partition, region, account } = Stack.of(this);
    const alarm = `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}-*`;
    const publish = (service: string, conditions: iam.Conditions) =>
      this.topic.addToResourcePolicy(new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(service)],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions,
      }));
    publish("cloudwatch.amazonaws.com", { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": alarm } });
    if (rules.length > 0) publish("events.amazonaws.com", { ArnEquals: { "aws:SourceArn": rules.map((rule) => rule.attrArn) } });
  }
}
