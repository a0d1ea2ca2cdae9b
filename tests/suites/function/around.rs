//! What `rotation doctor` finds around a secret, which all its services show: one fault in each row, and it is named with its culprit.

use rotation_kit::aws::Kind;
use rotation_kit::tls::Ca;
use rotation_tests::around::{Around, ROLE, Vpc, element};
use rotation_tests::lab::Lab;
use rotation_tests::moto::ACCOUNT;
use serde_json::{Value, json};

use crate::command_line::{command, text};

const OTHER: &str = "999999999999";

/// A secret of its own, whose function is set up as this says, and everything else as it should be.
struct Scene<'a> {
    lab: &'a Lab,
    around: &'a Around,
    secret: String,
    name: String,
}

impl<'a> Scene<'a> {
    fn new(lab: &'a Lab, around: &'a Around, name: &str, changes: &Value) -> Self {
        around.role_may(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]);
        around.deny(&[]);
        let function = around.function(name, changes);
        around.permit(name, ACCOUNT);
        around.alarm(name, &["arn:aws:sns:us-east-1:012345678912:calls"]);
        let scene = Self::bare(lab, around, name);
        lab.aws.attach(&scene.secret, &function);
        scene
    }

    /// Without a function.
    fn bare(lab: &'a Lab, around: &'a Around, name: &str) -> Self {
        let value = lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value");
        Self {
            lab,
            around,
            secret: lab.aws.create(&format!("secret-{name}"), &value),
            name: name.to_owned(),
        }
    }

    fn function(&self) -> String {
        format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{}", self.name)
    }

    async fn run(&self, output: &str) -> String {
        let arguments = ["doctor", &self.secret, "--output", output];
        let mut command = command(self.lab, &arguments);
        let command = command
            .env("AWS_ENDPOINT_URL", self.around.url())
            .env("AWS_CA_BUNDLE", Ca::shared().pem_path());
        let done = command.output().await.expect("the program runs");
        assert!(done.status.success(), "{}", text(&done.stderr));
        text(&done.stdout)
    }

    async fn json(&self) -> Value {
        serde_json::from_str(&self.run("json").await).expect("JSON alone")
    }

    /// There is one fault, with this culprit and these words. Nothing is unknown.
    async fn finds(&self, culprit: &str, stops: bool, words: &[&str]) {
        let said = self.json().await;
        let faults = said["faults"].as_array().expect("a list");
        assert_eq!(faults.len(), 1, "{}: {said:#}", self.name);
        assert_eq!(said["unknown"], json!([]), "{}", self.name);
        let fault = &faults[0];
        assert_eq!(fault["culprit"], culprit, "{}", self.name);
        assert_eq!(fault["stops"], stops, "{}", self.name);
        for word in words {
            let all = format!("{}. {}", fault["says"], fault["fix"]);
            assert!(all.contains(word), "{}: {word}: {all}", self.name);
        }
    }
}

async fn start() -> Option<(Lab, Around)> {
    let around = Around::start().await?;
    Some((Lab::one_user(&[]).await, around))
}

#[tokio::test]
async fn the_function() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::new(
        &lab,
        &around,
        "healthy",
        &json!({"Environment": {"Variables": {"PASSWORD_LENGTH": "40", "PRIVATE": "hush-hush"}}}),
    );
    let said = scene.run("text").await;
    assert!(
        said.ends_with("Found: nothing that is wrong around the secret.\n"),
        "{said}"
    );
    for fact in [
        "Runtime       provided.al2023, arm64; 128 MB, time-out 60 s",
        "Settings      PASSWORD_LENGTH\n",
        "Invoked by    Secrets Manager",
        "Alarms        healthy-errors",
    ] {
        assert!(said.contains(fact), "{fact}: {said}");
    }
    assert!(
        !said.contains("hush-hush") && !said.contains("Not known"),
        "{said}"
    );

    let scene = Scene::new(&lab, &around, "gone", &json!({}));
    let gone = format!("{}-not", scene.function());
    lab.aws.attach(&scene.secret, &gone);
    scene
        .finds(
            &gone,
            true,
            &["there is no such function", "--rotation-lambda-arn"],
        )
        .await;

    let scene = Scene::new(&lab, &around, "short", &json!({"Timeout": 3}));
    scene
        .finds(
            &scene.function(),
            true,
            &[
                "time-out of 3 s is too short",
                "--timeout 60 --function-name",
            ],
        )
        .await;

    let scene = Scene::new(&lab, &around, "turned-away", &json!({}));
    around.reserve(&scene.name, 0);
    scene
        .finds(
            &scene.function(),
            true,
            &["reserved concurrency is 0", "delete-function-concurrency"],
        )
        .await;

    let scene = Scene::bare(&lab, &around, "closed");
    let function = around.function("closed", &json!({}));
    around.alarm("closed", &["arn:aws:sns:us-east-1:012345678912:calls"]);
    lab.aws.attach(&scene.secret, &function);
    let account = format!("--source-account {ACCOUNT}");
    scene
        .finds(
            &function,
            true,
            &[
                "does not let secretsmanager.amazonaws.com invoke it",
                "add-permission",
                &account,
            ],
        )
        .await;
    around.permit("closed", OTHER);
    scene
        .finds(&function, true, &["for others alone", OTHER])
        .await;

    let scene = Scene::bare(&lab, &around, "unwatched");
    let function = around.function("unwatched", &json!({}));
    around.permit("unwatched", ACCOUNT);
    lab.aws.attach(&scene.secret, &function);
    scene
        .finds(
            &function,
            false,
            &["no alarm looks at it", "put-metric-alarm"],
        )
        .await;
    around.alarm("unwatched", &[]);
    scene.finds(&function, false, &["tell nobody"]).await;

    let scene = Scene::new(&lab, &around, "elsewhere", &json!({}));
    let there = scene.function().replace("us-east-1", "eu-west-1");
    lab.aws.attach(&scene.secret, &there);
    let said = scene.json().await;
    assert!(
        said["faults"][0]["says"]
            .as_str()
            .expect("a fault")
            .contains("it is in eu-west-1, and the secret is in us-east-1"),
        "{said:#}"
    );

    // A function of another account never gets AWS's own key.
    lab.aws
        .attach(&scene.secret, &scene.function().replace(ACCOUNT, OTHER));
    let said = scene.json().await;
    assert!(
        said["faults"]
            .to_string()
            .contains("which its function in account 999999999999 can never use"),
        "{said:#}"
    );
}

#[tokio::test]
async fn rights_and_keys() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let function = |name: &str| format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}");
    // What template.yaml gives the role.
    let scene = Scene::new(&lab, &around, "narrow", &json!({}));
    let secret = |actions: Value, name: &str| json!({"Effect": "Allow", "Action": actions, "Resource": "*", "Condition": {"ArnEquals": {"secretsmanager:resource/AllowRotationLambdaArn": function(name)}}});
    let log = json!({"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"});
    let all = json!([
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage"
    ]);
    around.role_may(&[secret(all.clone(), "narrow"), log.clone()]);
    assert_eq!(scene.json().await["faults"], json!([]));
    around.role_may(&[secret(all.clone(), "another"), log.clone()]);
    scene
        .finds(
            ROLE,
            true,
            &["may not secretsmanager:DescribeSecret, secretsmanager:GetSecretValue"],
        )
        .await;
    let few = json!([
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:UpdateSecretVersionStage"
    ]);
    around.role_may(&[secret(few, "narrow"), log.clone()]);
    scene
        .finds(
            ROLE,
            true,
            &[
                "may not secretsmanager:PutSecretValue on ",
                "put-role-policy --role-name rotates",
            ],
        )
        .await;
    let deny =
        json!({"Effect": "Deny", "Action": "secretsmanager:GetSecretValue", "Resource": "*"});
    around.role_may(&[secret(all.clone(), "narrow"), log.clone(), deny]);
    scene
        .finds(ROLE, true, &["since a policy of its own denies it"])
        .await;
    around.role_may(&[secret(all.clone(), "narrow")]);
    scene.finds(ROLE, false, &["logs:PutLogEvents"]).await;

    let scene = Scene::new(&lab, &around, "denied", &json!({}));
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:Put*", "Resource": "*"}});
    lab.aws.restrict(&scene.secret, &policy.to_string());
    scene
        .finds(
            &scene.secret,
            true,
            &[
                "its resource policy denies the role",
                "secretsmanager:PutSecretValue",
            ],
        )
        .await;

    let scene = Scene::new(&lab, &around, "locked", &json!({}));
    let key = around.key(None);
    lab.aws.encrypt(&scene.secret, &key);
    assert_eq!(scene.json().await["faults"], json!([]));
    around.role_may(&[secret(all, "locked"), log]);
    scene
        .finds(ROLE, true, &["may not kms:Decrypt, kms:GenerateDataKey on"])
        .await;
    around.role_may(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*"})]);
    around.kms("DisableKey", &json!({"KeyId": key}));
    scene
        .finds(&key, true, &["is disabled", "aws kms enable-key"])
        .await;
    around.kms("ScheduleKeyDeletion", &json!({"KeyId": key}));
    scene
        .finds(
            &key,
            true,
            &["is about to be deleted", "aws kms cancel-key-deletion"],
        )
        .await;
    let nobody = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::012345678912:user/admin"}, "Action": "kms:*", "Resource": "*"}]});
    let key = around.key(Some(&nobody));
    lab.aws.encrypt(&scene.secret, &key);
    let said = scene.json().await["faults"].to_string();
    assert!(said.contains("lets neither the role"), "{said}");
    lab.aws
        .encrypt(&scene.secret, &key.replace("key/", "key/0"));
    let said = scene.json().await["faults"].to_string();
    assert!(said.contains("there is no such key"), "{said}");
}

/// A function in this VPC.
fn inside(vpc: &Vpc, group: &str) -> Value {
    json!({"VpcConfig": {"SubnetIds": [vpc.subnet], "SecurityGroupIds": [group]}})
}

#[tokio::test]
async fn the_network() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let vpc = around.vpc();
    let scene = Scene::new(&lab, &around, "shut-in", &inside(&vpc, &vpc.group));
    scene
        .finds(
            &vpc.id,
            true,
            &[
                "no endpoint for Secrets Manager",
                &vpc.subnet,
                "create-vpc-endpoint",
                "com.amazonaws.us-east-1.secretsmanager",
            ],
        )
        .await;

    let gate = around.group(&vpc.id, "gate");
    let endpoint = |private: &str| {
        let asked = [
            ("VpcId", vpc.id.as_str()),
            ("VpcEndpointType", "Interface"),
            ("ServiceName", "com.amazonaws.us-east-1.secretsmanager"),
            ("SubnetId.1", &vpc.subnet),
            ("SecurityGroupId.1", &gate),
            ("PrivateDnsEnabled", private),
        ];
        element(&around.ec2("CreateVpcEndpoint", &asked), "vpcEndpointId")
    };
    let unnamed = endpoint("false");
    scene
        .finds(&vpc.id, true, &["without a private DNS name", &unnamed])
        .await;
    endpoint("true");
    scene
        .finds(
            &gate,
            true,
            &["does not let the function", "port 443", "--source-group"],
        )
        .await;
    around.ec2(
        "AuthorizeSecurityGroupIngress",
        &[
            ("GroupId", &gate),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "443"),
            ("IpPermissions.1.ToPort", "443"),
            ("IpPermissions.1.Groups.1.GroupId", &vpc.group),
        ],
    );
    assert_eq!(scene.json().await["faults"], json!([]));

    around.ec2(
        "RevokeSecurityGroupEgress",
        &[
            ("GroupId", &vpc.group),
            ("IpPermissions.1.IpProtocol", "-1"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ],
    );
    around.ec2(
        "AuthorizeSecurityGroupEgress",
        &[
            ("GroupId", &vpc.group),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "443"),
            ("IpPermissions.1.ToPort", "443"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ],
    );
    let port: Value =
        serde_json::from_str(&lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value"))
            .expect("JSON");
    let port = format!(
        "lets nothing out at port {}, the port of the target",
        port["port"]
    );
    scene
        .finds(
            &vpc.group,
            true,
            &[&port, "authorize-security-group-egress"],
        )
        .await;

    let other = around.vpc();
    let scene = Scene::new(&lab, &around, "by-nat", &inside(&other, &other.group));
    let table = element(
        &around.ec2(
            "DescribeRouteTables",
            &[("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", &other.id)],
        ),
        "routeTableId",
    );
    let gateway = element(
        &around.ec2("CreateInternetGateway", &[]),
        "internetGatewayId",
    );
    around.ec2(
        "AttachInternetGateway",
        &[("VpcId", &other.id), ("InternetGatewayId", &gateway)],
    );
    let everywhere = [
        ("RouteTableId", table.as_str()),
        ("DestinationCidrBlock", "0.0.0.0/0"),
    ];
    around.ec2(
        "CreateRoute",
        &[&everywhere[..], &[("GatewayId", &gateway)]].concat(),
    );
    scene
        .finds(&other.id, true, &["no route to a NAT gateway"])
        .await;
    around.ec2("DeleteRoute", &everywhere);
    let nat = element(
        &around.ec2(
            "CreateNatGateway",
            &[("SubnetId", &other.subnet), ("ConnectivityType", "private")],
        ),
        "natGatewayId",
    );
    around.ec2(
        "CreateRoute",
        &[&everywhere[..], &[("NatGatewayId", &nat)]].concat(),
    );
    assert_eq!(scene.json().await["faults"], json!([]));
}

/// What the function's log says, and what a person sees who may read nothing.
#[tokio::test]
async fn the_last_error_and_a_reader_with_few_rights() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::new(&lab, &around, "logs", &json!({}));
    around.log("logs", &json!({"level": "ERROR", "error_type": "Rotation.Target", "message": "cannot reach db", "secret": scene.secret}).to_string());
    let said = scene.run("text").await;
    assert!(
        said.contains("Rotation.Target: cannot reach db\n"),
        "{said}"
    );
    assert!(
        said.ends_with("Found: nothing that is wrong around the secret.\n"),
        "{said}"
    );

    let vpc = around.vpc();
    let scene = Scene::new(&lab, &around, "secretive", &inside(&vpc, &vpc.group));
    lab.aws.encrypt(&scene.secret, &around.key(None));
    around.asked();
    scene.json().await;
    let mut asked = around.asked();
    asked.retain(|operation| operation != "DescribeSecurityGroups");
    asked.sort_unstable();
    asked.dedup();
    for operation in asked {
        around.deny(&[&operation]);
        let said = scene.json().await;
        let unknown = said["unknown"].to_string();
        assert!(
            unknown.contains(&format!(":{operation}")) && unknown.contains("not allowed; you need"),
            "{operation}: {said:#}"
        );
    }
}

/// A secret that nobody here can rotate has no function: what is known of the rest is said.
#[tokio::test]
async fn without_a_function() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let scene = Scene::bare(&lab, &around, "alone");
    lab.aws.make(&scene.secret, Kind::Ordinary);
    let said = scene.json().await;
    assert_eq!(
        (&said["faults"], &said["unknown"]),
        (&json!([]), &json!([])),
        "{said:#}"
    );
    assert_eq!(said["function"], Value::Null);
}
