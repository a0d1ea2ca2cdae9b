# The alarms of this function, and who is told: the same as deploy/alarms.yaml makes for a stack. The module makes them unless you say
# `alarms = null`. What stands between BEGIN and END is what deploy/alarms.toml says: scripts/generate writes it.

variable "alarms" { # No topic: one of its own. Then email is told, or nobody yet: subscribe to it.
  type = object({
    topic                  = optional(object({ arn = string })) # Not its ARN alone, which is not known before the topic is made.
    email                  = optional(string)
    topic_kms_key_arn      = optional(string) # For a topic of its own: it must let events.amazonaws.com and cloudwatch.amazonaws.com use it.
    refused_at_most_millis = optional(number, 60000)
    # Events come from all secrets of the account and Region: say true in one module there, and not where deploy/alarms.yaml does it.
    account_rules  = optional(bool, false)
    late_rotations = optional(bool, false) # With account_rules, and AWS Config recording AWS::SecretsManager::Secret.
  })
  default = {}
}

locals {
  made      = var.alarms != null
  alarms    = local.made ? var.alarms : { topic = null, email = null, topic_kms_key_arn = null, refused_at_most_millis = 0, account_rules = false, late_rotations = false }
  own_topic = local.made && local.alarms.topic == null
  topic     = local.own_topic ? aws_sns_topic.this[0].arn : one(local.alarms.topic[*].arn)
  events = { for name, event in {
    failed = {
      made        = local.alarms.account_rules
      description = "A rotation failed, or was abandoned because somebody stored a new version meanwhile."
      state       = "ENABLED"
      pattern = { source = ["aws.secretsmanager"], detail-type = ["AWS Service Event via CloudTrail"], detail = {
        eventSource = ["secretsmanager.amazonaws.com"], eventName = ["RotationFailed", "RotationAbandoned", "TestRotationFailed"]
      } }
      paths = null, template = null # As it is: which of its fields names the secret depends on the event.
    }
    deleted = {
      made        = local.alarms.account_rules
      description = "Somebody tried to read a secret that is scheduled for deletion, so it is still needed."
      state       = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" # Reads reach EventBridge in this state alone.
      pattern = { source = ["aws.secretsmanager"], detail-type = ["AWS API Call via CloudTrail"], detail = {
        eventSource = ["secretsmanager.amazonaws.com"], eventName = ["GetSecretValue"], errorMessage = [{ wildcard = "*marked for deletion*" }]
      } }
      paths    = { who = "$.detail.userIdentity.arn", when = "$.detail.eventTime", secret = "$.detail.requestParameters.secretId" }
      template = "\"<who> tried at <when> to read <secret>, which is scheduled for deletion. Restore it if it is still needed.\""
    }
    late = {
      made        = local.alarms.account_rules && local.alarms.late_rotations
      description = "A secret was not rotated by its schedule."
      state       = "ENABLED"
      pattern = { source = ["aws.config"], detail-type = ["Config Rules Compliance Change"], detail = {
        configRuleName = ["${var.name}-late"], newEvaluationResult = { complianceType = ["NON_COMPLIANT"] }
      } }
      paths    = { secret = "$.detail.resourceId", when = "$.time" }
      template = "\"Not rotated by its schedule, at <when>: <secret>.\""
    }
  } : name => event if event.made }
  alarm = { for name, alarm in {
    # BEGIN alarms, by scripts/generate
    errors = {
      namespace   = "AWS/Lambda", metric = "Errors", statistic = "Sum", period = 300
      step        = null, threshold = 0
      description = "A step of a rotation failed. Secrets Manager tries again by itself.\n\nLook first:\naws logs tail /aws/lambda/${var.name} --since 1h --filter-pattern ERROR\n\nThe line names the secret. Its message says what is wrong and what to do. The book has a section for every error_type: docs/book/src/troubleshooting.md. Do that, then rotate: aws secretsmanager rotate-secret --secret-id SECRET"
    }
    throttles = {
      namespace   = "AWS/Lambda", metric = "Throttles", statistic = "Sum", period = 300
      step        = null, threshold = 0
      description = "Lambda turned away steps of rotations, because too many functions ran at once. Such a step comes later, or its rotation fails.\n\nLook first:\naws lambda get-function-concurrency --function-name ${var.name}\n\nIf this prints a number, so many steps may run at once: raise the function's reserved concurrency. If it prints nothing, the whole account ran out: aws lambda get-account-settings. Or let fewer secrets rotate at the same hour: change their schedules."
    }
    refused = {
      namespace   = "Rotation", metric = "RefusedAtMost", statistic = "Maximum", period = 3600
      step        = null, threshold = local.alarms.refused_at_most_millis
      description = "The target refused AWSCURRENT for too long, or still refuses it. Whoever reads the secret may be unable to log in. The figure grows with each try until AWSCURRENT works again.\n\nLook first:\naws logs tail /aws/lambda/${var.name} --since 1h --filter-pattern '{ $.RefusedAtMost > 0 }'\n\nThe line names the secret, and the step. If that step failed, AWSCURRENT may still be refused. The error says what to do first: aws logs tail with --filter-pattern ERROR. Then end the rotation: aws secretsmanager rotate-secret --secret-id SECRET. If the step succeeded, it is over. To keep it from happening again, let two users take turns, or give the user two passwords."
    }
    labels = {
      namespace   = "Rotation", metric = "LabelsInUse", statistic = "Maximum", period = 86400
      step        = null, threshold = 16
      description = "A secret has 17 staging labels or more. Secrets Manager allows 20. When there is no room, the secret can no longer be rotated.\n\nLook first:\naws logs tail /aws/lambda/${var.name} --since 1d --filter-pattern '{ $.LabelsInUse > 16 }'\n\nThe line names the secret. List its labels: aws secretsmanager describe-secret --secret-id SECRET --query VersionIdsToStages. Keep AWS's own, and those that begin with ROTATION-: they name credentials that must still be ended, and a rotation that succeeds removes them. Remove labels of your own that nobody reads: aws secretsmanager update-secret-version-stage --secret-id SECRET --version-stage LABEL --remove-from-version-id VERSION"
    }
    orphans = {
      namespace   = "Rotation", metric = "Orphans", statistic = "Maximum", period = 86400
      step        = "finishSecret", threshold = 0
      description = "A rotation has ended, but credentials of earlier, abandoned rotations are still alive at the target. Whoever has seen one can still log in with it.\n\nLook first:\naws logs tail /aws/lambda/${var.name} --since 1d --filter-pattern '{ $.Orphans > 0 }'\n\nThe line names the secret. A warning says why they could not be ended: aws logs tail with --filter-pattern WARN. Do what it says. The next rotation ends them: aws secretsmanager rotate-secret --secret-id SECRET"
    }
    copies = {
      namespace   = "Rotation", metric = "CopiesBehind", statistic = "Maximum", period = 86400
      step        = null, threshold = 0
      description = "AWSCURRENT has moved, but a copy of the secret in another Region or account has not followed. Whoever reads the copy gets an old credential, which the target may refuse.\n\nLook first:\naws logs tail /aws/lambda/${var.name} --since 1d --filter-pattern '{ $.CopiesBehind > 0 }'\n\nThe line names the secret. Ask for the reason: aws secretsmanager describe-secret --secret-id SECRET --query ReplicationStatus. InProgress ends by itself. At Failed, a warning of the function says why, and what to type: aws logs tail with --filter-pattern WARN"
    }
    current = {
      namespace   = "Rotation", metric = "CurrentRefused", statistic = "Maximum", period = 3600
      step        = null, threshold = 0
      description = "The target refuses the credential under AWSCURRENT. Whoever logs in with it now fails. Perhaps somebody changed the password by hand. A check has found it: deploy/check.yaml sends one on a schedule.\n\nLook first:\naws logs tail /aws/lambda/${var.name} --since 3h --filter-pattern '{ $.CurrentRefused > 0 }'\n\nThe line names the secret. Ask which version the target accepts: rotation check SECRET --all-labels. Store that value again (aws secretsmanager put-secret-value --secret-id SECRET), or set the password of AWSCURRENT at the target."
    }
    # END alarms
  } : name => alarm if local.made }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarm
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [local.topic]
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  period              = each.value.period
  dimensions          = merge({ FunctionName = var.name }, each.value.step == null ? {} : { Step = each.value.step })
}

resource "aws_sns_topic" "this" { # AWS's own key for topics lets in no alarm and no event; what is sent names secrets, and holds none.
  count             = local.own_topic ? 1 : 0
  kms_master_key_id = local.alarms.topic_kms_key_arn
}
resource "aws_sns_topic_subscription" "this" {
  count     = local.alarms.email == null ? 0 : 1
  topic_arn = local.topic
  protocol  = "email"
  endpoint  = local.alarms.email
}
resource "aws_sns_topic_policy" "this" {
  count = local.own_topic ? 1 : 0
  arn   = aws_sns_topic.this[0].arn
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(
    [{
      Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.this[0].arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account }
        ArnLike      = { "aws:SourceArn" = "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${var.name}-*" }
      }
    }],
    length(local.events) == 0 ? [] : [{
      Effect    = "Allow", Principal = { Service = "events.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.this[0].arn
      Condition = { ArnEquals = { "aws:SourceArn" = values(aws_cloudwatch_event_rule.this)[*].arn } }
    }],
  ) })
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each      = local.events
  name          = "${var.name}-${each.key}"
  description   = each.value.description
  state         = each.value.state
  event_pattern = jsonencode(each.value.pattern)
}
resource "aws_cloudwatch_event_target" "this" {
  for_each  = local.events
  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = "topic"
  arn       = local.topic
  dynamic "input_transformer" {
    for_each = each.value.paths == null ? [] : [each.value]
    content {
      input_paths    = input_transformer.value.paths
      input_template = input_transformer.value.template
    }
  }
}
resource "aws_config_config_rule" "late" {
  count       = contains(keys(local.events), "late") ? 1 : 0
  name        = "${var.name}-late"
  description = "Secrets that rotate have been rotated by their schedule."
  source {
    owner             = "AWS"
    source_identifier = "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK"
  }
  scope { compliance_resource_types = ["AWS::SecretsManager::Secret"] }
}
output "topic_arn" { value = local.topic }
