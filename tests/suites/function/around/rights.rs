//! What the role may do, the policy of the secret, and its key.

use rotation_tests::around::ROLE;
use rotation_tests::moto::ACCOUNT;
use serde_json::{Value, json};

use super::{Scene, start};

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
    around.kms("DisableKey", &json!({"KeyId": id(&key)}));
    scene
        .finds(&key, true, &["is disabled", "aws kms enable-key"])
        .await;
    around.kms("ScheduleKeyDeletion", &json!({"KeyId": id(&key)}));
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

/// moto does not change a key by its ARN.
fn id(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
