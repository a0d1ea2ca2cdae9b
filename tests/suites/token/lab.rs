//! A secret of a token, its administrator's, and the real function.

use rotation_kit::tls::Ca;
use rotation_tests::api::{Api, Kind};
use rotation_tests::lab::{Attached, THIS_SECRET};
use rotation_tests::setting::workspace;
use serde_json::{Value, json};

/// With profiles of the tests' own beside those that are shipped. `secret` and `admin` are their JSON; the key masterarn
/// is put into the first.
pub(crate) async fn lab(
    mut secret: Value,
    admin: Option<Value>,
    more: &[(&str, &str)],
) -> Attached {
    let profiles = workspace().join("tests/profiles").display().to_string();
    let bundle = Ca::shared().pem_path().display().to_string();
    let mut variables = vec![
        ("TOKEN_PROFILES", profiles.as_str()),
        ("API_CA_BUNDLE", &bundle),
    ];
    variables.extend(more);
    Attached::new("token", &variables, |aws| {
        if let Some(admin) = admin {
            secret["masterarn"] = json!(aws.create("admin", &admin.to_string()));
        }
        secret.to_string()
    })
    .await
}

/// A user of a service of the tests' own.
pub(crate) async fn own(api: &Api, kind: Kind, user: &str) -> Attached {
    let token = api.user(user);
    let secret = json!({
        "profile": kind.profile(), "url": api.url(), "user": user, "token": token.value, "token_id": token.id,
    });
    let admin = serde_json::from_str(&api.admin_secret()).expect("JSON");
    // In place, a lost answer leaves nobody who could prove anything.
    let alone = [("ONLY_SECRET", THIS_SECRET)];
    let more = if kind == Kind::Create {
        &[][..]
    } else {
        &alone
    };
    lab(secret, Some(admin), more).await
}
