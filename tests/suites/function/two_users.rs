//! Two users who take turns.

use rotation_tests::lab::Lab;

/// The second user is made by the administrator, may do what the first may, and nothing of the first changes.
#[tokio::test]
async fn the_first_rotation_makes_the_second_user() {
    let lab = Lab::two_users(&[]).await;
    let (user, clone) = (lab.user.clone(), format!("{}_clone", lab.user));
    let table =
        format!("CREATE TABLE \"t_{user}\" (x int); GRANT ALL ON \"t_{user}\" TO \"{user}\"");
    lab.server.admin(&table).await;
    let before = lab.verifier(&user).await;
    let token = lab.begin();
    for step in ["createSecret", "setSecret", "testSecret", "finishSecret"] {
        lab.step(&token, step)
            .await
            .unwrap_or_else(|error| panic!("{step}: {}", error.message));
        assert!(
            lab.accepts("AWSCURRENT").await,
            "AWSCURRENT is refused after {step}"
        );
    }
    assert_eq!(
        lab.verifier(&user).await,
        before,
        "the first user's password"
    );
    assert_eq!(lab.field("AWSCURRENT", "username"), clone);
    let password = lab.field("AWSCURRENT", "password");
    let statements = format!("INSERT INTO \"t_{user}\" VALUES (7); SELECT x FROM \"t_{user}\"");
    let read = lab.server.ask_as(&clone, &password, &statements).await;
    assert_eq!(read.expect("the first user's rights"), ["7"]);
}

/// The second rotation sets the first user's password; the second user's still works afterwards.
#[tokio::test]
async fn the_second_rotation_comes_back() {
    let lab = Lab::two_users(&[]).await;
    lab.until("finishSecret").await;
    let before = lab.verifier(&lab.user).await;
    lab.until("finishSecret").await;
    assert_eq!(lab.field("AWSCURRENT", "username"), lab.user);
    assert_ne!(lab.verifier(&lab.user).await, before);
    assert!(lab.accepts("AWSCURRENT").await && lab.accepts("AWSPREVIOUS").await);
}

/// setSecret again repeats all of it, and ends the same.
#[tokio::test]
async fn set_again() {
    let lab = Lab::two_users(&[]).await;
    let token = lab.until("setSecret").await;
    lab.step(&token, "setSecret")
        .await
        .expect("setSecret again");
    assert!(lab.accepts("AWSPENDING").await && lab.accepts("AWSCURRENT").await);
    lab.steps(&token).await.expect("the rest");
}

/// Whoever holds AWSCURRENT must prove it: else the administrator is not even asked.
#[tokio::test]
async fn a_current_value_that_is_not_accepted() {
    let lab = Lab::two_users(&[]).await;
    lab.edit_current(|value| value.replace("First-password", "Wrong-password"));
    let token = lab.until("createSecret").await;
    let admin = lab.admin.as_ref().expect("two users");
    let mark = lab.server.log().len();
    lab.refused(
        &token,
        "setSecret",
        "Rotation.NoneAccepted",
        "AWSCURRENT: refused",
    )
    .await;
    assert_eq!(lab.server.logins(mark, &admin.user), (0, 0));
    let calls = lab.aws.calls();
    let asked = calls
        .iter()
        .any(|call| call.request["SecretId"] == admin.arn.as_str());
    assert!(!asked, "the administrator's secret was read");
}

/// What is wrong with `masterarn`, or the secret that it names.
#[tokio::test]
async fn administrators_that_are_none() {
    let lab = Lab::two_users(&[]).await;
    let admin = lab.admin.as_ref().expect("two users");
    let token = lab.until("createSecret").await;
    let good = lab.aws.value(&admin.arn, "AWSCURRENT").expect("a value");
    let id = lab.aws.holder(&admin.arn, "AWSCURRENT").expect("a version");
    let port = format!("\"port\": {}", lab.server.port());
    let password = good.split("\"password\": ").nth(1).expect("a password");
    let short = format!(
        "{{\"username\": \"{}\", \"password\": {}",
        admin.user,
        password.replace(", \"dbname\": \"postgres\"", "")
    );
    let rows = [
        (
            good.replace("First-password", "Wrong-password"),
            "unable to log in with the admin secret",
        ),
        (
            good.replace(&port, "\"port\": 1"),
            "the admin secret is for another server",
        ),
        (
            good.replace("\"postgres\", \"host\"", "\"mysql\", \"host\""),
            "engine must be postgres or aurora-postgresql",
        ),
        (
            good.replace(&admin.user, &lab.user),
            "refusing to rotate the master user",
        ),
        (short, "no engine or host"),
        ("hunter2".into(), "is not a JSON object"),
    ];
    for (value, words) in rows {
        lab.aws.plant(&admin.arn, &id, Some(&value), &[]);
        let before = lab.state().await;
        let error = lab.step(&token, "setSecret").await.expect_err(words);
        assert!(error.message.contains(words), "{words}: {}", error.message);
        assert_eq!(lab.state().await, before, "{words}");
    }
    assert!(lab.accepts("AWSCURRENT").await);
}

/// Found out before a version is written.
#[tokio::test]
async fn no_administrator_is_named() {
    let lab = Lab::one_user(&[("ROTATION_STRATEGY", "alternating-users")]).await;
    let token = lab.begin();
    let words = "the key masterarn is missing";
    lab.refused(&token, "createSecret", "Rotation.TargetRefused", words)
        .await;
}

/// 57 bytes fit with the suffix, 58 do not.
#[tokio::test]
async fn a_name_that_is_too_long() {
    let lab = Lab::start(&"x".repeat(58), true, &[]).await;
    let token = lab.begin();
    let words = "would exceed 63 characters";
    lab.refused(&token, "createSecret", "Rotation.TargetRefused", words)
        .await;
}

/// A user of the second one's name whom nobody of ours made: never touched, whichever of the two is named in the secret.
#[tokio::test]
async fn somebody_elses_user() {
    let lab = Lab::two_users(&[]).await;
    let clone = format!("{}_clone", lab.user);
    lab.server
        .admin(&format!(
            "CREATE ROLE \"{clone}\" LOGIN PASSWORD 'somebody-elses'"
        ))
        .await;
    let token = lab.until("createSecret").await;
    lab.refused(
        &token,
        "setSecret",
        "Rotation.TargetRefused",
        "was not created by this rotator",
    )
    .await;
    assert!(lab.server.accepts(&clone, "somebody-elses").await && lab.accepts("AWSCURRENT").await);
}

/// A user whose name ends in `_clone` by nature: the name without it is somebody else's, or nobody's.
#[tokio::test]
async fn a_clone_by_name_alone() {
    for (exists, words) in [
        (true, "was not created by this rotator"),
        (false, "does not exist: only"),
    ] {
        let lab = Lab::two_users(&[]).await;
        let clone = format!("{}_clone", lab.user);
        let password = lab.field("AWSCURRENT", "password");
        lab.server
            .admin(&format!("CREATE ROLE {clone} LOGIN PASSWORD '{password}'"))
            .await;
        if !exists {
            lab.server.admin(&format!("DROP ROLE {}", lab.user)).await;
        }
        lab.edit_current(|value| value.replace(&lab.user, &clone));
        let token = lab.until("createSecret").await;
        lab.refused(&token, "setSecret", "Rotation.TargetRefused", words)
            .await;
    }
}

/// The second user is as the first: attributes, limits, settings; and what either creates belongs to an owner in common.
#[tokio::test]
async fn attributes_settings_and_ownership() {
    let lab = Lab::two_users(&[]).await;
    let (user, clone) = (lab.user.clone(), format!("{}_clone", lab.user));
    let (owner, admin) = (
        format!("owner_{user}"),
        &lab.admin.as_ref().expect("two users").user,
    );
    let made = format!(
        "CREATE ROLE {owner}; GRANT {owner} TO {admin} WITH ADMIN OPTION; ALTER ROLE {admin} CREATEDB; \
         ALTER ROLE {user} CREATEDB CONNECTION LIMIT 7; ALTER ROLE {user} SET search_path TO \"$user\", public; \
         CREATE SCHEMA s_{user} AUTHORIZATION {owner}"
    );
    lab.server.admin(&made).await;
    lab.edit_current(|value| value.replacen('{', &format!("{{\"owner_role\": \"{owner}\", "), 1));
    lab.until("finishSecret").await;
    let question =
        format!("SELECT rolcreatedb::text || rolconnlimit FROM pg_roles WHERE rolname = '{clone}'");
    assert_eq!(lab.server.ask(&question).await, ["true7"]);
    let password = lab.field("AWSCURRENT", "password");
    let path = lab
        .server
        .ask_as(&clone, &password, "SHOW search_path")
        .await;
    assert_eq!(path.expect("the second user"), ["\"$user\", public"]);
    let create = format!("CREATE TABLE s_{user}.made_by_clone (x int)");
    lab.server
        .ask_as(&clone, &password, &create)
        .await
        .expect("the second user creates");
    lab.until("finishSecret").await;
    let password = lab.field("AWSCURRENT", "password");
    let alter = format!("ALTER TABLE s_{user}.made_by_clone ADD y int");
    lab.server
        .ask_as(&user, &password, &alter)
        .await
        .expect("the first user may alter it");
}

/// Privileges that are gone between setSecret and testSecret keep AWSCURRENT where it is.
#[tokio::test]
async fn missing_privileges_are_seen() {
    let lab = Lab::two_users(&[]).await;
    let (user, clone) = (&lab.user, format!("{}_clone", lab.user));
    let table =
        format!("CREATE TABLE \"p_{user}\" (x int); GRANT SELECT ON \"p_{user}\" TO \"{user}\"");
    lab.server.admin(&table).await;
    let token = lab.until("setSecret").await;
    lab.server
        .admin(&format!("REVOKE \"{user}\" FROM \"{clone}\""))
        .await;
    lab.refused(
        &token,
        "testSecret",
        "Rotation.PendingRejected",
        "has no rights on 1 objects",
    )
    .await;
}

/// The administrator logs in to the database that the secret names.
#[tokio::test]
async fn the_administrator_uses_the_secrets_database() {
    let lab = Lab::two_users(&[]).await;
    let database = format!("db_{}", lab.user);
    lab.server
        .admin(&format!("CREATE DATABASE \"{database}\""))
        .await;
    lab.edit_current(|value| {
        value.replace(
            "\"dbname\": \"postgres\"",
            &format!("\"dbname\": \"{database}\""),
        )
    });
    let mark = lab.server.log().len();
    lab.until("finishSecret").await;
    let admin = &lab.admin.as_ref().expect("two users").user;
    let login = format!("authorized: user={admin} database={database} ");
    assert!(lab.server.log()[mark..].contains(&login));
}
