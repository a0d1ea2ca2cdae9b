//! Secrets whose administrator's login RDS made, or whose host is not the one that takes writes.

use rotation_tests::lab::{Lab, Target};
use rotation_tests::postgres::{Postgres, Release};
use rotation_tests::rds::{Rds, host, master_secret};
use serde_json::{Value, json};

const CLUSTER: &str = "cluster-";
const READERS: &str = "cluster-ro-";
const CUSTOM: &str = "cluster-custom-";
const PROXY: &str = "proxy-";
const REFUSED: &str = "Rotation.TargetRefused";

on_each_server!(a_secret_that_rds_made);

/// Two users at `host`, which is the server under another name.
async fn lab<T: Target>(server: &'static T, rds: &Rds, host: &str) -> Lab<T> {
    let variables = rds.variables();
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let lab = Lab::on(server, "app", true, &variables).await;
    lab.edit_current(|value| value.replace("localhost", host));
    lab
}

fn admin<T: Target>(lab: &Lab<T>) -> &str {
    &lab.admin.as_ref().expect("two users").arn
}

/// Changes the administrator's secret.
fn edit_admin<T: Target>(lab: &Lab<T>, change: impl FnOnce(Value) -> Value) {
    let arn = admin(lab);
    let value = lab.aws.value(arn, "AWSCURRENT").expect("a value");
    let id = lab.aws.holder(arn, "AWSCURRENT").expect("a version");
    let value = change(serde_json::from_str(&value).expect("JSON"));
    lab.aws.plant(arn, &id, Some(&value.to_string()), &[]);
}

/// As RDS makes it.
fn user_and_password(value: Value) -> Value {
    json!({"username": value["username"], "password": value["password"]})
}

async fn rotates<T: Target>(lab: &Lab<T>, what: &str) {
    for _ in 0..2 {
        let token = lab.begin();
        let ended = lab.steps(&token).await;
        ended.unwrap_or_else(|error| panic!("{what}: {}", error.message));
        assert!(lab.accepts("AWSCURRENT").await, "{what}");
        assert!(lab.accepts("AWSPREVIOUS").await, "{what}");
    }
}

async fn a_secret_that_rds_made<T: Target>(server: &'static T) {
    let address = host("writer", "");
    let rds = Rds::start(std::slice::from_ref(&address)).await;
    let lab = lab(server, &rds, &address).await;
    edit_admin(&lab, user_and_password);
    rds.instance(
        "writer",
        &address,
        server.port(),
        &master_secret(admin(&lab)),
    );
    rotates(&lab, T::ROTATOR).await;
    assert!(rds.calls().iter().all(|call| call == "DescribeDBInstances"));
}

#[tokio::test]
async fn rds_is_not_asked_for_what_the_secrets_say() {
    let address = host("writer", "");
    let rds = Rds::start(std::slice::from_ref(&address)).await;
    let lab = lab(Postgres::shared().await, &rds, &address).await;
    edit_admin(&lab, |mut value| {
        value["host"] = json!(address);
        value
    });
    rotates(&lab, "the same host").await;
    assert!(rds.calls().is_empty());
}

/// The secret names one of a cluster's hosts, the administrator's another one.
#[tokio::test]
async fn every_host_of_a_cluster_is_known() {
    let server = Postgres::shared().await;
    let (writer, instance) = (host("db", CLUSTER), host("db-1", ""));
    let others = [host("db", READERS), host("some", CUSTOM), instance.clone()];
    for (child, admins) in others
        .iter()
        .map(|other| (other, &writer))
        .chain([(&writer, &instance)])
    {
        let rds = Rds::start(&[child.clone(), writer.clone()]).await;
        rds.cluster("db", server.port(), "");
        rds.custom("some", "db");
        let member = "<DBClusterIdentifier>db</DBClusterIdentifier>";
        rds.instance("db-1", &instance, server.port(), member);
        let lab = lab(server, &rds, child).await;
        edit_admin(&lab, |mut value| {
            value["host"] = json!(admins);
            value
        });
        rotates(&lab, child).await;
    }
}

/// A proxy takes only what Secrets Manager has under AWSCURRENT: nothing is sent to it. This one is nowhere.
#[tokio::test]
async fn a_proxy_is_passed_by() {
    let server = Postgres::shared().await;
    let (writer, proxy) = (host("db", CLUSTER), host("front", PROXY));
    for target in [
        "<Type>TRACKED_CLUSTER</Type><RdsResourceId>db</RdsResourceId>",
        "<Type>RDS_INSTANCE</Type><TrackedClusterId>db</TrackedClusterId><RdsResourceId>db-1</RdsResourceId>",
    ] {
        let rds = Rds::start(std::slice::from_ref(&writer)).await;
        rds.proxy("front", target);
        let lab = lab(server, &rds, &proxy).await;
        rds.cluster("db", server.port(), &master_secret(admin(&lab)));
        edit_admin(&lab, user_and_password);
        rotates(&lab, target).await;
        assert_eq!(lab.field("AWSCURRENT", "host"), proxy);
    }
}

#[tokio::test]
async fn a_proxy_that_rds_does_not_show() {
    let server = Postgres::shared().await;
    let rds = Rds::start(&[]).await;
    let lab = lab(server, &rds, &host("front", PROXY)).await;
    let token = lab.until("createSecret").await;
    let words = "is a proxy whose database the RDS API does not show";
    lab.refused(&token, "setSecret", REFUSED, words).await;
}

/// Whoever reads the secret connects to a replica; users are made at its source.
#[tokio::test]
async fn a_read_replica() {
    let source: &'static Postgres = Box::leak(Box::new(Postgres::start(Release::Debian).await));
    let replica = source.replica().await;
    let (writer, reader) = (host("writer", ""), host("reader", ""));
    let rds = Rds::start(&[writer.clone(), reader.clone()]).await;
    rds.instance("writer", &writer, source.port(), "");
    let more =
        "<ReadReplicaSourceDBInstanceIdentifier>writer</ReadReplicaSourceDBInstanceIdentifier>";
    rds.instance("reader", &reader, replica.port(), more);
    let lab = lab(source, &rds, &reader).await;
    let ports = [source.port().to_string(), replica.port().to_string()];
    lab.edit_current(|value| value.replace(&ports[0], &ports[1]));
    edit_admin(&lab, |mut value| {
        value["host"] = json!(writer);
        value
    });
    replica
        .until("SELECT count(*) = 2 FROM pg_roles WHERE rolname ~ '^(app|admin)'")
        .await;
    rotates(&lab, "a replica").await;

    let token = lab.until("createSecret").await;
    replica.admin("SELECT pg_wal_replay_pause()").await;
    let late = lab.step(&token, "setSecret").await.expect_err("too late");
    assert_eq!(late.error_type, "Rotation.Target");
    assert!(
        late.message.contains("its replica reader."),
        "{}",
        late.message
    );
    replica.admin("SELECT pg_wal_replay_resume()").await;
    lab.steps(&token).await.expect("the rest");
    assert!(lab.accepts("AWSCURRENT").await);
}

#[tokio::test]
async fn what_rds_does_not_confirm_is_refused() {
    let server = Postgres::shared().await;
    let (writer, other) = (host("writer", ""), host("other", ""));
    let foreign =
        master_secret("arn:aws:secretsmanager:us-east-1:012345678912:secret:rds!db-1-AbCdEf");
    let made = "RDS did not make it for the master user";
    let rows: [(&str, Option<&str>, &str); 4] = [
        (&writer, None, made),
        (&other, None, made),
        (
            "localhost",
            None,
            "the key host is missing from the admin secret: it needs engine, host, username and password",
        ),
        (
            &writer,
            Some(&other),
            "the admin secret is for another server: other.",
        ),
    ];
    for (child, admins, words) in rows {
        let rds = Rds::start(&[writer.clone(), other.clone()]).await;
        rds.instance("writer", &writer, server.port(), &foreign);
        let lab = lab(server, &rds, child).await;
        edit_admin(&lab, |mut value| match admins {
            Some(host) => {
                value["host"] = json!(host);
                value
            }
            None => user_and_password(value),
        });
        let token = lab.until("createSecret").await;
        lab.refused(&token, "setSecret", REFUSED, words).await;
    }
}

/// Another one's host whose first label is an instance's name.
#[tokio::test]
async fn an_address_that_is_not_the_instances_is_refused() {
    let server = Postgres::shared().await;
    let (address, writer) = (
        host("writer", "").replace("c0ffee", "c0ffee2"),
        host("writer", ""),
    );
    let rds = Rds::start(std::slice::from_ref(&address)).await;
    let lab = lab(server, &rds, &address).await;
    rds.instance(
        "writer",
        &writer,
        server.port(),
        &master_secret(admin(&lab)),
    );
    edit_admin(&lab, user_and_password);
    let ssl = "{\"servername\": \"localhost\", ";
    lab.edit_current(|value| value.replacen('{', ssl, 1));
    let token = lab.until("createSecret").await;
    let words = "RDS did not make it for the master user of writer.c0ffee2";
    lab.refused(&token, "setSecret", REFUSED, words).await;
}

#[tokio::test]
async fn an_api_that_does_not_answer_so() {
    let address = host("writer", "");
    for (code, error_type, words) in [
        (
            "AccessDenied",
            REFUSED,
            "\"Action\": \"rds:DescribeDBInstances\", \"Resource\": \"*\"}, and no policy may deny it (AccessDenied: the API's words, request id 1)",
        ),
        (
            "Throttling",
            "Rotation.Target",
            "DescribeDBInstances: RDS said Throttling: the API's words, request id 1",
        ),
    ] {
        let rds = Rds::start(std::slice::from_ref(&address)).await;
        rds.refuse(code);
        let lab = lab(Postgres::shared().await, &rds, &address).await;
        edit_admin(&lab, user_and_password);
        let token = lab.until("createSecret").await;
        lab.refused(&token, "setSecret", error_type, words).await;
    }
}
