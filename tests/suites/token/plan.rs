//! `rotation plan` for tokens: a service is asked to make, to change and to end nothing, whatever makes its credentials.

use rotation_kit::tls::Ca;
use rotation_tests::api::{Api, Kind};
use rotation_tests::person::{changes, plan};
use rotation_tests::setting::workspace;

use crate::lab::own;

#[tokio::test]
async fn each_kind() {
    for (kind, step) in [
        (Kind::Create, "createSecret"),
        (Kind::Login, "createSecret"),
        (Kind::Limited, "createSecret"),
        (Kind::Roll, "createSecret"),
        (Kind::OwnRotation, "createSecret"),
        (Kind::Put, "setSecret"),
    ] {
        let api = Api::start().await;
        let lab = own(&api, kind, "app").await;
        let profiles = workspace().join("tests/profiles").display().to_string();
        let bundle = Ca::shared().pem_path().display().to_string();
        let mut settings = vec![
            ("TOKEN_PROFILES", profiles.as_str()),
            ("API_CA_BUNDLE", bundle.as_str()),
        ];
        if kind != Kind::Create {
            settings.push(("ONLY_SECRET", &lab.arn));
        }
        for _ in 0..2 {
            let values = || api.tokens("app").into_iter().map(|token| token.value);
            let before: Vec<String> = values().collect();
            let planned = plan(&lab, &settings).await;
            let what = kind.profile();
            assert_eq!(values().collect::<Vec<_>>(), before, "{what}");
            let made = changes(&planned, step, "target");
            let call = made
                .iter()
                .any(|text| text.contains("http") || text.contains("{url}"));
            assert!(call, "{what}: {planned}");
            for token in before {
                assert!(!planned.to_string().contains(&token), "{what}");
            }
            lab.rotates().await;
        }
    }
}
