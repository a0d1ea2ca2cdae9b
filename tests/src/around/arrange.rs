//! What a test puts there.

use serde_json::{Value, json};

use super::{Around, lock};

/// The role of all functions.
pub const ROLE: &str = "arn:aws:iam::012345678912:role/rotates";
/// An archive with nothing in it.
const EMPTY_ZIP: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

/// A VPC without a way out.
pub struct Vpc {
    /// As in `vpc-…`.
    pub id: String,
    /// Its only subnet.
    pub subnet: String,
    /// A group that lets everything out.
    pub group: String,
}

impl Around {
    pub(super) fn role(&self) {
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        self.query(
            "iam",
            "2010-05-08",
            "CreateRole",
            &[
                ("RoleName", "rotates"),
                ("AssumeRolePolicyDocument", &trust.to_string()),
            ],
        );
    }

    /// Makes a function, as these settings change it. Returns its ARN.
    pub fn function(&self, name: &str, changes: &Value) -> String {
        let mut asked = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Role": ROLE, "Handler": "bootstrap",
            "Code": {"ZipFile": EMPTY_ZIP}, "Timeout": 60, "MemorySize": 128, "Architectures": ["arm64"],
        });
        for (key, value) in changes.as_object().into_iter().flatten() {
            asked[key] = value.clone();
        }
        let made = self.call(
            "lambda",
            "POST",
            "/2015-03-31/functions",
            "",
            &asked.to_string(),
        );
        let made: Value = serde_json::from_str(&made).expect("JSON");
        made["FunctionArn"].as_str().expect("an ARN").to_owned()
    }

    /// Lets Secrets Manager invoke a function, for secrets of this account.
    pub fn permit(&self, name: &str, account: &str) {
        let asked = json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com", "SourceAccount": account});
        self.call(
            "lambda",
            "POST",
            &format!("/2015-03-31/functions/{name}/policy"),
            "",
            &asked.to_string(),
        );
    }

    /// How many steps of a function may run at once.
    pub fn reserve(&self, name: &str, most: u64) {
        let asked = json!({"ReservedConcurrentExecutions": most}).to_string();
        self.call(
            "lambda",
            "PUT",
            &format!("/2017-10-31/functions/{name}/concurrency"),
            "",
            &asked,
        );
    }

    /// Makes a key with this policy; without one, with the usual. Returns its ARN.
    pub fn key(&self, policy: Option<&Value>) -> String {
        let asked = match policy {
            Some(policy) => json!({"Policy": policy.to_string()}),
            None => json!({}),
        };
        let made: Value = serde_json::from_str(&self.kms("CreateKey", &asked)).expect("JSON");
        made["KeyMetadata"]["Arn"]
            .as_str()
            .expect("an ARN")
            .to_owned()
    }

    /// Any other call to KMS.
    pub fn kms(&self, operation: &str, asked: &Value) -> String {
        self.call(
            "kms",
            "POST",
            "/",
            &format!("TrentService.{operation}"),
            &asked.to_string(),
        )
    }

    /// An alarm on a function's errors.
    pub fn alarm(&self, function: &str, topics: &[&str]) {
        let name = format!("{function}-errors");
        let mut asked = vec![
            ("AlarmName", name.as_str()),
            ("Namespace", "AWS/Lambda"),
            ("MetricName", "Errors"),
            ("Dimensions.member.1.Name", "FunctionName"),
            ("Dimensions.member.1.Value", function),
            ("Statistic", "Sum"),
            ("Period", "300"),
            ("EvaluationPeriods", "1"),
            ("Threshold", "0"),
            ("ComparisonOperator", "GreaterThanThreshold"),
            ("ActionsEnabled", "true"),
        ];
        asked.extend(topics.iter().map(|topic| ("AlarmActions.member.1", *topic)));
        self.query("monitoring", "2010-08-01", "PutMetricAlarm", &asked);
    }

    /// Makes a VPC, in which functions are from now on.
    pub fn vpc(&self) -> Vpc {
        let made = self.ec2("CreateVpc", &[("CidrBlock", "10.1.0.0/16")]);
        let id = element(&made, "vpcId");
        lock(&self.state).vpc.clone_from(&id);
        let made = self.ec2(
            "CreateSubnet",
            &[("VpcId", &id), ("CidrBlock", "10.1.1.0/24")],
        );
        let subnet = element(&made, "subnetId");
        let group = self.group(&id, "out");
        Vpc { id, subnet, group }
    }

    /// A security group of that VPC, which lets everything out, and nothing in.
    pub fn group(&self, vpc: &str, name: &str) -> String {
        let asked = [
            ("GroupName", name),
            ("GroupDescription", name),
            ("VpcId", vpc),
        ];
        element(&self.ec2("CreateSecurityGroup", &asked), "groupId")
    }

    /// A call to EC2.
    pub fn ec2(&self, action: &str, asked: &[(&str, &str)]) -> String {
        self.query("ec2", "2016-11-15", action, asked)
    }

    /// Writes a line into a function's log.
    pub fn log(&self, function: &str, message: &str) {
        let group = format!("/aws/lambda/{function}");
        let now = std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .expect("after 1970");
        let now = u64::try_from(now.as_millis()).expect("a date");
        for (operation, asked) in [
            ("CreateLogGroup", json!({"logGroupName": group})),
            (
                "CreateLogStream",
                json!({"logGroupName": group, "logStreamName": "s"}),
            ),
            (
                "PutLogEvents",
                json!({"logGroupName": group, "logStreamName": "s", "logEvents": [{"timestamp": now, "message": message}]}),
            ),
        ] {
            self.call(
                "logs",
                "POST",
                "/",
                &format!("Logs_20140328.{operation}"),
                &asked.to_string(),
            );
        }
    }

    fn query(&self, service: &str, version: &str, action: &str, asked: &[(&str, &str)]) -> String {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(asked)
            .finish();
        self.call(service, "POST", "/", "", &form)
    }
}

/// The text of the first element of this name.
pub fn element(xml: &str, tag: &str) -> String {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let text = xml
        .split(&open)
        .nth(1)
        .and_then(|rest| rest.split(&close).next());
    text.unwrap_or_else(|| panic!("no {tag}: {xml}")).to_owned()
}
