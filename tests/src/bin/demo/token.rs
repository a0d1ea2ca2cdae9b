//! A token of a JupyterHub.

use rotation_kit::aws::LocalAws;
use rotation_kit::lambda::Function;
use rotation_kit::tls::Ca;
use rotation_tests::lab::Attached;
use rotation_tests::services::JupyterHub;
use serde_json::json;

use crate::hand;
use crate::show::{Old, Shown, heading, introduce, rotation};

struct Hub {
    attached: Attached,
    hub: &'static JupyterHub,
}

impl Shown for Hub {
    const WHAT: &'static str = "token's id";

    fn aws(&self) -> &LocalAws {
        &self.attached.aws
    }

    fn function(&self) -> &Function {
        &self.attached.function
    }

    fn arn(&self) -> &str {
        &self.attached.arn
    }

    fn what(&self, label: &str) -> String {
        self.attached.field(label, "token_id")
    }

    async fn accepts(&self, label: &str) -> bool {
        self.hub.accepts(&self.attached.field(label, "token")).await
    }
}

pub(crate) async fn demo(keep: bool) -> bool {
    heading("An API token: the old one is accepted until the next rotation");
    let Some(hub) = JupyterHub::shared().await else {
        return false;
    };
    let user = hub.user("alice").await;
    let (id, token) = hub.issue(&user, "made by hand").await;
    let bundle = Ca::shared().pem_path().display().to_string();
    let variables = [("API_CA_BUNDLE", bundle.as_str())];
    let attached = Attached::new("token", &variables, |aws| {
        let admin = json!({"url": hub.url(), "token": hub.admin_token()});
        let admin = aws.create("admin", &admin.to_string());
        let secret = json!({
            "profile": "jupyterhub", "url": hub.url(), "user": user, "token": token, "token_id": id, "masterarn": admin,
        });
        secret.to_string()
    });
    let shown = Hub {
        attached: attached.await,
        hub,
    };
    introduce(&shown, &format!("JupyterHub on {}", hub.url()));
    let mut good = rotation(&shown, Old::Accepted).await;
    good &= rotation(&shown, Old::Accepted).await;
    if keep {
        let call = format!(
            "curl --cacert {bundle:?} -H \"Authorization: token $(field token)\" {}/hub/api/user",
            hub.url()
        );
        hand::over(&shown, &[&call]).await;
    }
    good
}
