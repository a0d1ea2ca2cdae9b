# One rotation function and the secrets that it rotates: the same role, function and permission as in template.yaml, without
# its endpoint, its second account and its access keys of IAM users. Its alarms are in alarms.tf. As a module:
#
#   module "rotation" {
#     source = "./deploy/terraform"
#     zip    = "dist/rotator-postgres-arm64.zip"
#     secrets = {
#       app = { arn = aws_secretsmanager_secret.app.arn, schedule = "rate(30 days)" }
#     }
#   }
terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 6.0" }
  }
}

variable "zip" { type = string }
variable "name" {
  type    = string
  default = "rotation-postgres"
}
variable "secrets" { # Unless rotate_immediately is true, attaching one runs testSecret alone: it rotates when its schedule says so.
  type    = map(object({ arn = string, schedule = string, duration = optional(string), rotate_immediately = optional(bool, false) }))
  default = {}
}
variable "variables" { # The function's own, as in { PASSWORD_LENGTH = "40" }.
  type    = map(string)
  default = {}
}
variable "access" { # The secrets' key; the keys of their replicas; the secrets that masterarn names, and their key, where they are others; rds_lookups is none, databases or all.
  type = object({
    kms_key_arn           = optional(string, ""), superuser_secret_arns = optional(list(string), []),
    superuser_kms_key_arn = optional(string, ""), rds_lookups = optional(string, "none")
    replica_kms_key_arns  = optional(list(string), [])
  })
  default = {}
}
variable "settings" { # No subnet_ids: no VPC. reserved_concurrency -1: none is reserved. tracing Active: each step is a trace in X-Ray.
  type = object({
    subnet_ids  = optional(list(string), []), security_group_ids = optional(list(string), []), architecture = optional(string, "arm64"),
    memory_size = optional(number, 128), timeout = optional(number, 60), reserved_concurrency = optional(number, -1),
    layers      = optional(list(string), []), permissions_boundary = optional(string), log_retention_days = optional(number, 90),
    tracing     = optional(string, "PassThrough")
  })
  default = {}
}

data "aws_partition" "this" {}
data "aws_region" "this" {}
data "aws_caller_identity" "this" {}
locals {
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.id
  account   = data.aws_caller_identity.this.account_id
  secrets   = "arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:*"
  function  = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}"
  through   = "secretsmanager.${local.region}.${data.aws_partition.this.dns_suffix}"
  trust     = { Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }
  in_vpc    = length(var.settings.subnet_ids) > 0
  network = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
  "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
  statements = concat(
    [{
      Effect    = "Allow", Resource = local.secrets # Those alone that name this function.
      Action    = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"]
      Condition = { ArnEquals = { "secretsmanager:resource/AllowRotationLambdaArn" = local.function } }
    }],
    [{ Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "${aws_cloudwatch_log_group.this.arn}:*" }],
    # Lambda makes network interfaces; the function's code may not.
    !local.in_vpc ? [] : [{ Effect = "Allow", Action = local.network, Resource = "*" }],
    !local.in_vpc ? [] : [{
      Effect = "Deny", Action = local.network, Resource = "*", Condition = { ArnLike = { "lambda:SourceFunctionArn" = local.function } }
    }],
    var.access.kms_key_arn == "" ? [] : [{
      Effect = "Allow", Action = ["kms:Decrypt", "kms:GenerateDataKey"], Resource = var.access.kms_key_arn, Condition = {
        StringEquals = { "kms:ViaService" = local.through }, StringLike = { "kms:EncryptionContext:SecretARN" = local.secrets }
      }
    }],
    length(var.access.replica_kms_key_arns) == 0 ? [] : [{
      Effect = "Allow", Action = ["kms:Encrypt", "kms:GenerateDataKey"], Resource = var.access.replica_kms_key_arns, Condition = {
        StringLike = { "kms:ViaService" = "secretsmanager.*.${data.aws_partition.this.dns_suffix}" }
      }
    }],
    length(var.access.superuser_secret_arns) == 0 ? [] : [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = var.access.superuser_secret_arns }],
    var.access.superuser_kms_key_arn == "" || length(var.access.superuser_secret_arns) == 0 ? [] : [{
      Effect = "Allow", Action = "kms:Decrypt", Resource = var.access.superuser_kms_key_arn, Condition = {
        StringEquals = { "kms:ViaService" = local.through, "kms:EncryptionContext:SecretARN" = var.access.superuser_secret_arns }
      }
    }],
    var.access.rds_lookups == "none" ? [] : [{ Effect = "Allow", Action = ["rds:DescribeDBClusters", "rds:DescribeDBInstances"], Resource = "*" }],
    var.access.rds_lookups != "all" ? [] : [{
      Effect = "Allow", Resource = "*"
      Action = ["rds:DescribeDBClusterEndpoints", "rds:DescribeDBProxies", "rds:DescribeDBProxyEndpoints", "rds:DescribeDBProxyTargets"]
    }],
    var.settings.tracing != "Active" ? [] : [{ Effect = "Allow", Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource = "*" }],
    lookup(var.variables, "PASSWORD_SOURCE", "local") == "local" ? [] : [{ Effect = "Allow", Action = "secretsmanager:GetRandomPassword", Resource = "*" }],
  )
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.settings.log_retention_days
  skip_destroy      = true
}
resource "aws_iam_role" "this" {
  permissions_boundary = var.settings.permissions_boundary
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [local.trust] })
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}
resource "aws_lambda_function" "this" {
  function_name                  = var.name
  filename                       = var.zip
  source_code_hash               = filebase64sha256(var.zip)
  runtime                        = "provided.al2023"
  handler                        = "bootstrap"
  architectures                  = [var.settings.architecture]
  memory_size                    = var.settings.memory_size
  timeout                        = var.settings.timeout
  reserved_concurrent_executions = var.settings.reserved_concurrency
  layers                         = var.settings.layers
  role                           = aws_iam_role.this.arn
  depends_on                     = [aws_iam_role_policy.this]
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }
  tracing_config { mode = var.settings.tracing }
  environment { variables = merge({ RETIRE_PREVIOUS = "next-rotation" }, var.variables) } # An empty block is never settled.
  vpc_config {                                                                            # Two empty lists are none.
    subnet_ids         = var.settings.subnet_ids
    security_group_ids = var.settings.security_group_ids
  }
}
resource "aws_lambda_function_event_invoke_config" "this" { # An event that is delivered again late is what the protocol does not survive.
  function_name          = aws_lambda_function.this.function_name
  maximum_retry_attempts = 0
}
resource "aws_lambda_permission" "this" {
  function_name  = aws_lambda_function.this.function_name
  action         = "lambda:InvokeFunction"
  principal      = "secretsmanager.amazonaws.com"
  source_account = local.account
}
resource "aws_secretsmanager_secret_rotation" "this" {
  for_each            = var.secrets
  secret_id           = each.value.arn
  rotation_lambda_arn = aws_lambda_function.this.arn
  rotate_immediately  = each.value.rotate_immediately
  depends_on          = [aws_lambda_permission.this, aws_lambda_function_event_invoke_config.this]
  rotation_rules {
    schedule_expression = each.value.schedule
    duration            = each.value.duration
  }
}
output "function_arn" { value = aws_lambda_function.this.arn }
