//! Secrets that not everybody may change, and secrets with replicas, through AWS's SDK.
//! Source: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>.

use std::time::Duration;

use aws_sdk_secretsmanager::operation::describe_secret::DescribeSecretOutput;
use aws_sdk_secretsmanager::types::StatusType;
use rotation_kit::aws::{Kind, LocalAws, Replica};

use super::rules::code;

const PRIMARY: &str = "arn:aws:secretsmanager:us-east-1:444455556666:secret:theirs-AbCdEf";

async fn describe(aws: &LocalAws, arn: &str) -> DescribeSecretOutput {
    let request = aws.client().describe_secret().secret_id(arn);
    request.send().await.expect("DescribeSecret")
}

/// What each kind says of itself, and how each change of it is refused. Its value can be read.
#[tokio::test]
async fn who_may_change_it() {
    let (parameter, request) = ("InvalidParameterException", "InvalidRequestException");
    for (kind, refused) in [
        (Kind::Ordinary, None),
        (Kind::External("Partner".into()), None),
        (Kind::ReplicaOf("eu-west-1".into()), Some(parameter)),
        (Kind::ReplicaOf(PRIMARY.into()), Some(parameter)),
        (Kind::OwnedBy("rds".into()), Some(request)),
    ] {
        let aws = LocalAws::start().await;
        let (client, arn) = (aws.client(), aws.create("db", "one"));
        let first = aws.holder(&arn, "AWSCURRENT").expect("a version");
        aws.make(&arn, kind.clone());
        let says = describe(&aws, &arn).await;
        let is = |wanted: Kind| kind == wanted;
        assert_eq!(
            says.r#type().is_some(),
            is(Kind::External("Partner".into()))
        );
        assert_eq!(
            says.owning_service().is_some(),
            is(Kind::OwnedBy("rds".into()))
        );
        assert_eq!(
            says.primary_region().is_some(),
            is(Kind::ReplicaOf("eu-west-1".into()))
        );
        let expected = refused.unwrap_or("accepted");
        let put = client
            .put_secret_value()
            .secret_id(&arn)
            .secret_string("two");
        assert_eq!(
            code(put.version_stages("mine").send().await),
            expected,
            "{kind:?}"
        );
        let label = client.update_secret_version_stage().secret_id(&arn);
        let label = label.version_stage("ours").move_to_version_id(first);
        assert_eq!(code(label.send().await), expected, "{kind:?}");
        let rotate = client.rotate_secret().secret_id(&arn);
        let expected = refused.unwrap_or(request);
        assert_eq!(
            code(rotate.send().await),
            expected,
            "{kind:?}: it names no function"
        );
        let get = client.get_secret_value().secret_id(&arn);
        assert_eq!(code(get.send().await), "accepted", "{kind:?}");
    }
}

/// A replica is behind for a while after each move of a label, and then as the test says.
#[tokio::test]
async fn replicas() {
    let aws = LocalAws::start().await;
    let arn = aws.create("db", "one");
    assert!(describe(&aws, &arn).await.primary_region().is_none());
    let lag = Duration::from_millis(400);
    aws.replicate(&arn, Replica::new("eu-west-1"));
    aws.replicate(
        &arn,
        Replica::new("eu-west-2")
            .after(lag)
            .ends("Failed", "no key")
            .under("key"),
    );
    let put = aws.client().put_secret_value().secret_id(&arn);
    put.secret_string("two")
        .send()
        .await
        .expect("PutSecretValue");
    let says = describe(&aws, &arn).await;
    assert_eq!(says.primary_region(), Some("us-east-1"));
    let [near, far] = says.replication_status() else {
        panic!("{says:?}");
    };
    assert_eq!(near.status(), Some(&StatusType::InSync));
    assert_eq!(
        (far.status(), far.status_message()),
        (Some(&StatusType::InProgress), None)
    );
    assert_eq!(
        (far.region(), far.kms_key_id()),
        (Some("eu-west-2"), Some("key"))
    );
    tokio::time::sleep(lag).await;
    let says = describe(&aws, &arn).await;
    let far = &says.replication_status()[1];
    assert_eq!(
        (far.status(), far.status_message()),
        (Some(&StatusType::Failed), Some("no key"))
    );
}
