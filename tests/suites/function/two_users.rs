//! Two users who take turns.

use rotation_tests::lab::{Lab, Target, with, without};

on_each_server!(
    the_first_rotation_makes_the_second_user,
    the_second_rotation_comes_back,
    set_again,
    a_current_value_that_is_not_accepted,
    a_pending_user_whose_turn_it_is_not,
    administrators_that_are_none,
    no_administrator_is_named,
    a_name_that_is_too_long,
    somebody_elses_user,
    a_clone_by_name_alone,
    the_administrator_uses_the_secrets_database,
);

/// The second user is made by the administrator, may do what the first may, and nothing of the first changes.
async fn the_first_rotation_makes_the_second_user<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let (user, clone) = (lab.user.clone(), lab.clone_name());
    let table = server.table(&user, Some(lab.administrator())).await;
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
    let written = lab.answer(&format!("INSERT INTO {table} VALUES (7)")).await;
    written.expect("the first user's right to write");
    let read = lab.answer(&format!("SELECT x FROM {table}")).await;
    assert_eq!(read.expect("the first user's right to read"), ["7"]);
}

/// The second rotation sets the first user's password; the second user's still works afterwards.
async fn the_second_rotation_comes_back<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    lab.until("finishSecret").await;
    let before = lab.verifier(&lab.user).await;
    lab.until("finishSecret").await;
    assert_eq!(lab.field("AWSCURRENT", "username"), lab.user);
    assert_ne!(lab.verifier(&lab.user).await, before);
    assert!(lab.accepts("AWSCURRENT").await && lab.accepts("AWSPREVIOUS").await);
}

/// setSecret again repeats all of it, and ends the same.
async fn set_again<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let token = lab.until("setSecret").await;
    lab.step(&token, "setSecret")
        .await
        .expect("setSecret again");
    assert!(lab.accepts("AWSPENDING").await && lab.accepts("AWSCURRENT").await);
    lab.steps(&token).await.expect("the rest");
}

/// Whoever holds AWSCURRENT must prove it: else the administrator is not even asked.
async fn a_current_value_that_is_not_accepted<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    lab.edit_current(|value| value.replace("First-password", "Wrong-password"));
    let token = lab.until("createSecret").await;
    let admin = lab.admin.as_ref().expect("two users");
    let mark = lab.server.mark();
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

/// Somebody edited AWSPENDING: the administrator gives no password to whom it names.
async fn a_pending_user_whose_turn_it_is_not<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let token = lab.until("createSecret").await;
    let pending = lab.aws.value(&lab.arn, "AWSPENDING").expect("a value");
    let (another, password) = server.user("another").await;
    let changed = with(&pending, "username", another.as_str());
    lab.aws.plant(&lab.arn, &token, Some(&changed), &[]);
    let words = format!(
        "AWSPENDING is for user {another}, expected {}",
        lab.clone_name()
    );
    lab.refused(&token, "setSecret", "Rotation.TargetRefused", &words)
        .await;
    assert!(server.takes(&another, &password).await);
}

/// What is wrong with `masterarn`, or the secret that it names.
async fn administrators_that_are_none<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let admin = lab.admin.as_ref().expect("two users");
    let token = lab.until("createSecret").await;
    let good = lab.aws.value(&admin.arn, "AWSCURRENT").expect("a value");
    let id = lab.aws.holder(&admin.arn, "AWSCURRENT").expect("a version");
    let rows = [
        (
            with(&good, "password", "Wrong-password"),
            "unable to log in with the admin secret",
        ),
        (
            with(&good, "port", 1),
            "the admin secret is for another server",
        ),
        (with(&good, "engine", "oracle"), T::ENGINES),
        (
            with(&good, "username", lab.user.as_str()),
            "masterarn names a secret of the same user",
        ),
        (
            without(&good, "host"),
            "the key host is missing from the admin secret",
        ),
        (
            without(&good, "engine"),
            "the key engine is missing from the admin secret",
        ),
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
async fn no_administrator_is_named<T: Target>(server: &'static T) {
    let lab = Lab::on(
        server,
        "app",
        false,
        &[("ROTATION_STRATEGY", "alternating-users")],
    )
    .await;
    let token = lab.begin();
    let words = "the key masterarn is missing";
    lab.refused(&token, "createSecret", "Rotation.TargetRefused", words)
        .await;
}

/// As long as fits with the suffix, and one character more.
async fn a_name_that_is_too_long<T: Target>(server: &'static T) {
    let (most, step) = server.longest_name();
    let name = |length: usize| ("x".repeat(length), "First-password-1".to_owned());
    for fits in [true, false] {
        let login = name(most - "_clone".len() + usize::from(!fits));
        server.create(&login.0, &login.1).await;
        let lab = Lab::of(server, login, true, &[]).await;
        if fits {
            lab.until("finishSecret").await;
            lab.until("finishSecret").await;
            continue;
        }
        let token = match step {
            "createSecret" => lab.begin(),
            _ => lab.until("createSecret").await,
        };
        let words = format!("would exceed {most} characters");
        lab.refused(&token, step, "Rotation.TargetRefused", &words)
            .await;
    }
}

/// A user of the second one's name whom nobody of ours made: never touched, whichever of the two is named in the secret.
async fn somebody_elses_user<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let clone = lab.clone_name();
    server.create(&clone, "somebody-elses").await;
    let token = lab.until("createSecret").await;
    lab.refused(
        &token,
        "setSecret",
        "Rotation.TargetRefused",
        "neither the server nor the secret shows that it takes turns",
    )
    .await;
    assert!(server.takes(&clone, "somebody-elses").await && lab.accepts("AWSCURRENT").await);
}

/// A user whose name ends in `_clone` by nature: the name without it is somebody else's, or nobody's.
async fn a_clone_by_name_alone<T: Target>(server: &'static T) {
    for (exists, words) in [
        (
            true,
            "neither the server nor the secret shows that it takes turns",
        ),
        (false, "_clone does. Rotate it as a single user"),
    ] {
        let lab = Lab::on(server, "app", true, &[]).await;
        let clone = lab.clone_name();
        let password = lab.field("AWSCURRENT", "password");
        server.create(&clone, &password).await;
        if !exists {
            server.drop(&lab.user).await;
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
    let (owner, admin) = (format!("owner_{user}"), lab.administrator());
    let made = format!(
        "CREATE ROLE {owner}; GRANT {owner} TO {user}; ALTER ROLE {admin} CREATEDB; \
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
async fn the_administrator_uses_the_secrets_database<T: Target>(server: &'static T) {
    let lab = Lab::on(server, "app", true, &[]).await;
    let database = server.database(&lab.user, lab.administrator()).await;
    lab.edit_current(|value| with(value, "dbname", database.as_str()));
    let mark = server.mark();
    lab.until("finishSecret").await;
    for user in [&lab.user, &lab.clone_name(), lab.administrator()] {
        let sessions = server.sessions(mark, user);
        let all = sessions
            .iter()
            .all(|session| *session == (database.clone(), true));
        assert!(all && !sessions.is_empty(), "{user}: {sessions:?}");
    }
}
