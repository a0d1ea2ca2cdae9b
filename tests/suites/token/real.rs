//! Rotations at real services, through the release binary: what is new works, and what is old is dead when it should be.

use rotation_tests::lab::{Attached, THIS_SECRET};
use rotation_tests::services::{JupyterHub, OctoPrint, RabbitMq};
use rotation_tests::setting::workspace;
use serde_json::json;

use crate::lab::lab;

/// A token of a new user, and the secret of it.
async fn at_jupyterhub(hub: &JupyterHub, profile: &str, more: &[(&str, &str)]) -> Attached {
    let user = hub.user("alice").await;
    let (id, token) = hub.issue(&user, "by hand").await;
    let secret = json!({
        "profile": profile, "url": hub.url(), "user": user, "token": token, "token_id": id,
    });
    let admin = json!({"url": hub.url(), "token": hub.admin_token()});
    lab(secret, Some(admin), more).await
}

/// Three rotations: the last two tokens work, and there are no others.
async fn three_at_jupyterhub(hub: &JupyterHub, lab: &Attached) {
    let mut tokens = vec![lab.field("AWSCURRENT", "token")];
    for _ in 0..3 {
        lab.rotates().await;
        tokens.push(lab.field("AWSCURRENT", "token"));
        let alive = tokens.len() - 2;
        for (n, token) in tokens.iter().enumerate() {
            assert_eq!(
                hub.accepts(token).await,
                n >= alive,
                "token {n} of {}",
                tokens.len()
            );
        }
    }
    let user = lab.field("AWSCURRENT", "user");
    assert_eq!(hub.tokens(&user).await.len(), 2);
    assert!(
        !lab.function.log().contains(&tokens[3]),
        "a token was logged"
    );
}

#[tokio::test]
async fn jupyterhub() {
    let Some(hub) = JupyterHub::shared().await else {
        return;
    };
    let lab = at_jupyterhub(hub, "jupyterhub", &[("TOKEN_LIFE", "7d")]).await;
    three_at_jupyterhub(hub, &lab).await;
    assert!(lab.field("AWSCURRENT", "token_expires").starts_with("20"));
}

/// The profile that the README makes from nothing, as it stands there: fewer than 25 lines.
#[tokio::test]
async fn the_profile_in_the_readme() {
    let Some(hub) = JupyterHub::shared().await else {
        return;
    };
    let readme = std::fs::read_to_string(workspace().join("rotators/token/README.md"));
    let readme = readme.expect("the README");
    let profile = readme
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let profile = profile.expect("a profile");
    let lines = profile
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count();
    assert!(lines < 25, "{lines} lines");
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("mine.toml"), profile).expect("a file");
    let profiles = folder.path().display().to_string();
    let lab = at_jupyterhub(hub, "mine", &[("TOKEN_PROFILES", &profiles)]).await;
    three_at_jupyterhub(hub, &lab).await;
}

/// In place: the old key is dead as soon as the new one is made; the admin's key makes it.
#[tokio::test]
async fn octoprint() {
    let Some(printer) = OctoPrint::shared().await else {
        return;
    };
    let (user, key) = printer.user("maker").await;
    let secret = json!({"profile": "octoprint", "url": printer.url(), "user": user, "token": key});
    let admin = json!({"url": printer.url(), "token": printer.admin_key()});
    let alone = [("ONLY_SECRET", THIS_SECRET)];
    let lab = lab(secret, Some(admin), &alone).await;
    let mut old = key;
    for _ in 0..3 {
        lab.rotates().await;
        let new = lab.field("AWSCURRENT", "token");
        assert!(printer.accepts(&new).await && !printer.accepts(&old).await);
        old = new;
    }
    // The answer with the new key was lost: AWSCURRENT is dead, and the next try heals it.
    printer.new_key(&user, printer.admin_key()).await;
    assert!(!printer.accepts(&old).await);
    lab.rotates().await;
    assert!(printer.accepts(&lab.field("AWSCURRENT", "token")).await);
}

/// A password that we draw, by the secret's policy; tags stay.
#[tokio::test]
async fn rabbitmq() {
    let Some(broker) = RabbitMq::shared().await else {
        return;
    };
    let (user, password) = broker.user("app").await;
    let tags = broker.tags(&user).await;
    let (admin, admin_password) = broker.admin();
    let secret = json!({
        "profile": "rabbitmq", "url": broker.url(), "username": user, "password": password,
    });
    let admin = json!({"url": broker.url(), "username": admin, "password": admin_password});
    let lab = lab(secret, Some(admin), &[("PASSWORD_LENGTH", "40")]).await;
    let mut old = password;
    for _ in 0..3 {
        lab.rotates().await;
        let new = lab.field("AWSCURRENT", "password");
        assert!(new.len() == 40 && broker.accepts(&user, &new).await);
        assert!(!broker.accepts(&user, &old).await);
        old = new;
    }
    assert_eq!(broker.tags(&user).await, tags);
}

/// Whoever may write one secret cannot have a token of another user made: with a token that works, too.
#[tokio::test]
async fn another_users_name() {
    let Some(hub) = JupyterHub::shared().await else {
        return;
    };
    let (victim, mallory) = (hub.user("victim").await, hub.user("mallory").await);
    let (id, token) = hub.issue(&mallory, "by hand").await;
    let secret = json!({
        "profile": "jupyterhub", "url": hub.url(), "user": victim, "token": token, "token_id": id,
    });
    let admin = json!({"url": hub.url(), "token": hub.admin_token()});
    let lab = lab(secret, Some(admin), &[]).await;
    let version = lab.begin();
    let refused = lab.step(&version, "createSecret").await;
    let error = refused.expect_err("the token is mallory's");
    assert_eq!(error.error_type, "Rotation.TargetRefused");
    assert!(
        error.message.contains("is somebody else's"),
        "{}",
        error.message
    );
    assert_eq!(hub.tokens(&victim).await, []);
}
