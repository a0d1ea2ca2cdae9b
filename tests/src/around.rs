//! What is around a secret: Lambda, IAM, KMS, EC2, CloudWatch and its logs, as moto has them. moto does not simulate policies: the
//! evaluator that holds deploy/ against its policies does that in front of it. Whatever shall be refused is refused there too.

mod arrange;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rotation_kit::tls::Ca;
use serde_json::{Value, json};

use crate::api::{Handler, Reply, Request, Wire};
use crate::deploy::policy;
use crate::moto::Moto;

pub use arrange::{ROLE, Vpc, element};

/// All of it, behind TLS.
pub struct Around {
    moto: Moto,
    front: Wire,
    state: Arc<Mutex<State>>,
}

struct State {
    /// The operations that are denied.
    denied: BTreeSet<String>,
    /// What the role may do.
    role: Vec<Value>,
    /// moto has one VPC for all functions: this one stands there for it.
    vpc: String,
    asked: Vec<String>,
}

impl Around {
    /// None if moto is not installed: the test is then counted as skipped.
    pub async fn start() -> Option<Self> {
        let moto = Moto::of_our_account().await?;
        let state = State {
            denied: BTreeSet::new(),
            role: vec![json!({"Effect": "Allow", "Action": "*", "Resource": "*"})],
            vpc: String::new(),
            asked: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let (shared, url) = (Arc::clone(&state), moto.url().to_owned());
        let answer: Handler = Arc::new(move |request| lock(&shared).answer(&url, &request));
        let front = Wire::start(&Ca::shared().identity(&["localhost"]), answer).await;
        let around = Self { moto, front, state };
        around.role();
        Some(around)
    }

    /// Where all the services are.
    pub fn url(&self) -> &str {
        self.front.url()
    }

    /// From now on the role may do this, and nothing else.
    pub fn role_may(&self, statements: &[Value]) {
        lock(&self.state).role = statements.to_vec();
    }

    /// From now on the caller may not do this.
    pub fn deny(&self, operations: &[&str]) {
        let mut state = lock(&self.state);
        state.denied = operations.iter().map(ToString::to_string).collect();
    }

    /// The operations since the last time.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.state).asked)
    }

    /// A call that nobody has to sign, to moto itself.
    fn call(&self, service: &str, method: &str, path: &str, target: &str, body: &str) -> String {
        let kind = match (target, body.starts_with('{')) {
            ("", true) => "content-type: application/json".to_owned(),
            ("", false) => "content-type: application/x-www-form-urlencoded".to_owned(),
            _ => format!("content-type: application/x-amz-json-1.1\r\nx-amz-target: {target}"),
        };
        let headers = format!(
            "host: {service}.us-east-1.amazonaws.com\r\nauthorization: AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n{kind}\r\n"
        );
        let (head, body) = exchange(self.moto.url(), method, path, &headers, body);
        assert!(
            head.starts_with("HTTP/1.1 20"),
            "{service} {path}{target}: {head}{body}"
        );
        body
    }
}

impl State {
    fn answer(&mut self, moto: &str, request: &Request) -> Reply {
        let operation = operation(request);
        self.asked.push(operation.clone());
        if self.denied.contains(&operation) {
            let body =
                json!({"message": format!("User: me is not authorized to perform: {operation}")});
            return raw(
                "403 Forbidden",
                "x-amzn-errortype: AccessDeniedException\r\n",
                &body.to_string(),
            );
        }
        if operation == "SimulatePrincipalPolicy" {
            return raw("200 OK", "", &self.simulate(&request.body));
        }
        let headers = request.headers.iter();
        let headers =
            headers.filter(|(name, _)| !["content-length", "connection"].contains(&name.as_str()));
        let headers: String = headers
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let path = format!("{}?{}", request.path, request.query);
        let (head, body) = exchange(
            moto,
            &request.method,
            path.trim_end_matches('?'),
            &headers,
            &request.body,
        );
        let error = head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("x-amzn-errortype"));
        let error = error.map_or_else(String::new, |line| format!("{line}\r\n"));
        let status = head.lines().next().and_then(|line| line.split_once(' '));
        let status = status.map_or("500 Broken", |(_, status)| status);
        raw(status, &error, &body.replace("vpc-123abc", &self.vpc))
    }

    fn simulate(&self, form: &str) -> String {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let all = |front: &str, end: &str| {
            let named = pairs
                .iter()
                .filter(|(key, _)| key.starts_with(front) && key.ends_with(end));
            named.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        let (keys, values) = (
            all("ContextEntries", "Name"),
            all("ContextEntries", "Values.member.1"),
        );
        let resource = all("ResourceArns", "")[0];
        let decided = all("ActionNames", "").into_iter().map(|action| {
            let context = keys.iter().zip(&values);
            let request = policy::Request::new(action, resource);
            let request = context.fold(request, |request, (key, value)| request.with(key, value));
            let decision = match policy::decide(&self.role, &request) {
                policy::Decision::Allowed => "allowed",
                policy::Decision::NotAllowed => "implicitDeny",
                policy::Decision::Denied => "explicitDeny",
            };
            format!("<member><EvalActionName>{action}</EvalActionName><EvalDecision>{decision}</EvalDecision><EvalResourceName>{resource}</EvalResourceName><MatchedStatements/><MissingContextValues/></member>")
        });
        format!(
            "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><SimulatePrincipalPolicyResult><EvaluationResults>{}</EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>",
            decided.collect::<String>()
        )
    }
}

/// What is asked for: in a header, in a form, or by the path.
fn operation(request: &Request) -> String {
    if let Some((_, operation)) = request
        .headers
        .get("x-amz-target")
        .and_then(|target| target.split_once('.'))
    {
        return operation.to_owned();
    }
    let pairs = form_urlencoded::parse(request.body.as_bytes());
    let action = pairs.into_owned().find(|(key, _)| key == "Action");
    let by_path = || match request.path.rsplit('/').next() {
        Some("configuration") => "GetFunctionConfiguration".to_owned(),
        Some("policy") => "GetPolicy".to_owned(),
        Some("concurrency") => "GetFunctionConcurrency".to_owned(),
        _ => request.path.clone(),
    };
    action.map_or_else(by_path, |(_, action)| action)
}

fn raw(status: &str, headers: &str, body: &str) -> Reply {
    let length = body.len();
    Reply::Raw(format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes())
}

/// Head and body of the answer.
fn exchange(url: &str, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
    let call = format!(
        "{method} {path} HTTP/1.0\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).expect("moto");
    stream.write_all(call.as_bytes()).expect("moto listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("moto answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
