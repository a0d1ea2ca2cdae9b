//! IAM as moto has it, and an STS of our own beside it: moto's takes keys that were deleted.

use std::io::{Read, Write};
use std::net::TcpStream;

use rotation_kit::aws::Encrypted;
use rotation_kit::tls::Ca;

use crate::api::{Handler, Reply, Request, Wire};
use crate::moto::Moto;

/// Both, each behind TLS.
pub struct Iam {
    moto: Moto,
    front: Encrypted,
    sts: Wire,
}

impl Iam {
    /// None if moto is not installed: the test is then counted as skipped.
    pub async fn start() -> Option<Self> {
        let moto = Moto::start().await?;
        let identity = Ca::shared().identity(&["localhost"]);
        let front = Encrypted::start(moto.url(), &identity).await;
        let url = moto.url().to_owned();
        let answer: Handler = std::sync::Arc::new(move |request| caller(&url, &request));
        let sts = Wire::start(&identity, answer).await;
        Some(Self { moto, front, sts })
    }

    /// Where IAM is.
    pub fn url(&self) -> &str {
        self.front.url()
    }

    /// Where STS is.
    pub fn sts_url(&self) -> &str {
        self.sts.url()
    }

    /// A new user with one access key: id and secret.
    ///
    /// # Panics
    /// If moto makes none.
    pub fn user(&self, name: &str) -> (String, String) {
        self.ask("CreateUser", name);
        self.key(name)
    }

    /// One more key.
    ///
    /// # Panics
    /// If moto makes none.
    pub fn key(&self, user: &str) -> (String, String) {
        let made = self.ask("CreateAccessKey", user);
        let text = |tag: &str| texts(&made, tag).next().expect(tag).to_owned();
        (text("AccessKeyId"), text("SecretAccessKey"))
    }

    /// The ids of the user's keys.
    pub fn keys(&self, user: &str) -> Vec<String> {
        let listed = self.ask("ListAccessKeys", user);
        texts(&listed, "AccessKeyId")
            .map(ToOwned::to_owned)
            .collect()
    }

    fn ask(&self, action: &str, user: &str) -> String {
        ask(self.moto.url(), &format!("Action={action}&UserName={user}"))
    }
}

/// GetCallerIdentity: for a key that is there, and active.
fn caller(moto: &str, request: &Request) -> Reply {
    let signed = request
        .headers
        .get("authorization")
        .map_or("", String::as_str);
    let key = signed
        .split("Credential=")
        .nth(1)
        .and_then(|rest| rest.split('/').next());
    let key = key.unwrap_or_default();
    let used = ask(
        moto,
        &format!("Action=GetAccessKeyLastUsed&AccessKeyId={key}"),
    );
    let user = texts(&used, "UserName").next().unwrap_or_default();
    let listed = ask(moto, &format!("Action=ListAccessKeys&UserName={user}"));
    let known = listed.split("<member>").find(|member| member.contains(key));
    let active = known.is_some_and(|member| texts(member, "Status").next() == Some("Active"));
    if active && !user.is_empty() && request.body.contains("Action=GetCallerIdentity") {
        let arn = format!("arn:aws:iam::012345678912:user/division/{user}");
        return Reply::Json(
            200,
            format!(
                "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
            ),
        );
    }
    Reply::Json(
        403,
        "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
            .to_owned(),
    )
}

/// A call that nobody has to sign.
fn ask(moto: &str, form: &str) -> String {
    let body = format!("{form}&Version=2010-05-08");
    let credential = "AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
    let length = body.len();
    let call = format!(
        "POST / HTTP/1.1\r\nhost: iam.amazonaws.com\r\nauthorization: {credential}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(moto.trim_start_matches("http://")).expect("moto");
    stream.write_all(call.as_bytes()).expect("moto listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("moto answers");
    answer
}

/// What stands in elements of this name.
fn texts<'a>(xml: &'a str, tag: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (text, after) = rest.split_once(&open)?.1.split_once(&close)?;
        rest = after;
        Some(text)
    })
}
