//! The RDS API, as far as rotators ask it, and names like RDS's for the servers of this machine.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawForm, State};
use axum::http::{HeaderMap, StatusCode};
use rotation_kit::tls::{Ca, Identity};
use tokio::net::TcpListener;

/// The names end so: of instances, and, after a prefix such as `cluster-`, of all else.
const ZONE: &str = "c0ffee.us-east-1.rds.amazonaws.com";
const KINDS: [&str; 5] = ["", "cluster-", "cluster-ro-", "cluster-custom-", "proxy-"];

/// The name of an RDS host: `kind` is one of RDS's prefixes, or nothing for an instance.
pub fn host(id: &str, kind: &str) -> String {
    format!("{id}.{kind}{ZONE}")
}

/// A certificate for the servers of this machine, by all their names.
pub(crate) fn identity() -> Identity {
    let names = KINDS.map(|kind| host("*", kind));
    let names = names.iter().map(String::as_str);
    let names: Vec<&str> = std::iter::once("localhost").chain(names).collect();
    Ca::shared().identity(&names)
}

/// An API of its own, which knows nothing yet.
pub struct Rds {
    url: String,
    shared: Arc<Shared>,
    hosts: tempfile::NamedTempFile,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<HashMap<(String, String), String>>,
    refusal: Mutex<Option<&'static str>>,
    calls: Mutex<Vec<String>>,
}

impl Rds {
    /// With these hosts at 127.0.0.1.
    ///
    /// # Panics
    /// If the system gives no port or no file.
    pub async fn start(hosts: &[String]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Arc::<Shared>::default();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let mut text = String::from("127.0.0.1 localhost\n");
        for host in hosts {
            let _ = writeln!(text, "127.0.0.1 {host}");
        }
        std::fs::write(file.path(), text).expect("room for a file");
        Self {
            url,
            shared,
            hosts: file,
        }
    }

    /// What a function must be told to find the API, and the hosts: the system's resolver reads them from a file by a
    /// library that is loaded before it.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let hosts = std::fs::read_to_string(self.hosts.path()).expect("our file");
        let hosts: Vec<&str> = hosts
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .collect();
        vec![
            ("AWS_ENDPOINT_URL_RDS", self.url.clone()),
            ("ALLOWED_HOSTS", hosts.join(",")),
            ("LD_PRELOAD", "libnss_wrapper.so".into()),
            ("NSS_WRAPPER_HOSTS", self.hosts.path().display().to_string()),
        ]
    }

    /// An instance; `more` is XML.
    pub fn instance(&self, id: &str, address: &str, port: u16, more: &str) {
        self.answer("DescribeDBInstances", id, &format!(
            "<DBInstances><DBInstance><DBInstanceIdentifier>{id}</DBInstanceIdentifier><DBSubnetGroup><VpcId>vpc-1</VpcId></DBSubnetGroup>\
             <Endpoint><HostedZoneId>Z1</HostedZoneId><Port>{port}</Port><Address>{address}</Address></Endpoint>{more}</DBInstance></DBInstances>"
        ));
    }

    /// A cluster with its writer's and its readers' addresses.
    pub fn cluster(&self, id: &str, port: u16, more: &str) {
        let (writer, readers) = (host(id, "cluster-"), host(id, "cluster-ro-"));
        self.answer("DescribeDBClusters", id, &format!(
            "<DBClusters><DBCluster><DBClusterMembers><DBClusterMember><IsClusterWriter>true</IsClusterWriter></DBClusterMember></DBClusterMembers>\
             <Endpoint>{writer}</Endpoint><ReaderEndpoint>{readers}</ReaderEndpoint><Port>{port}</Port>{more}</DBCluster></DBClusters>"
        ));
    }

    /// A custom endpoint of a cluster.
    pub fn custom(&self, id: &str, cluster: &str) {
        let address = host(id, "cluster-custom-");
        self.answer("DescribeDBClusterEndpoints", id, &format!(
            "<DBClusterEndpoints><DBClusterEndpointList><DBClusterEndpointIdentifier>{id}</DBClusterEndpointIdentifier>\
             <DBClusterIdentifier>{cluster}</DBClusterIdentifier><Endpoint>{address}</Endpoint></DBClusterEndpointList></DBClusterEndpoints>"
        ));
    }

    /// A proxy in front of `target`, which is XML.
    pub fn proxy(&self, name: &str, target: &str) {
        let address = host(name, "proxy-");
        self.answer("DescribeDBProxies", name, &format!(
            "<DBProxies><member><VpcSubnetIds><member>subnet-1</member></VpcSubnetIds><DBProxyName>{name}</DBProxyName>\
             <Endpoint>{address}</Endpoint></member></DBProxies>"
        ));
        self.answer("DescribeDBProxyTargets", name, &format!(
            "<Targets><member>{target}<TargetHealth><State>AVAILABLE</State></TargetHealth></member></Targets>"
        ));
    }

    /// Answers every call with this error code.
    pub fn refuse(&self, code: &'static str) {
        *lock(&self.shared.refusal) = Some(code);
    }

    /// The actions that were called.
    pub fn calls(&self) -> Vec<String> {
        lock(&self.shared.calls).clone()
    }

    fn answer(&self, action: &str, name: &str, result: &str) {
        let body = format!(
            "<{action}Response xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><{action}Result>{result}</{action}Result>\
             <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>"
        );
        lock(&self.shared.answers).insert((action.to_owned(), name.to_owned()), body);
    }
}

/// The XML that RDS gives for the secret of a master user whose password it manages.
pub fn master_secret(arn: &str) -> String {
    format!(
        "<MasterUserSecret><SecretStatus>active</SecretStatus><SecretArn>{arn}</SecretArn></MasterUserSecret>"
    )
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> (StatusCode, String) {
    let signed = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let signed = signed.is_some_and(|value| {
        value.starts_with("AWS4-HMAC-SHA256 ") && value.contains("/us-east-1/rds/aws4_request")
    });
    let form = String::from_utf8_lossy(&form).into_owned();
    let fields: Vec<(&str, &str)> = form
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let field = |name: &str| fields.iter().find(|(field, _)| *field == name);
    let action = field("Action").map_or("", |(_, action)| action);
    let asked = fields.last().map_or("", |(_, value)| value);
    lock(&shared.calls).push(action.to_owned());
    let refusal = match *lock(&shared.refusal) {
        _ if !signed || field("Version") != Some(&("Version", "2014-10-31")) => {
            Some("SignatureDoesNotMatch")
        }
        refusal => refusal,
    };
    if let Some(code) = refusal {
        return (StatusCode::FORBIDDEN, error(code));
    }
    match lock(&shared.answers).get(&(action.to_owned(), asked.to_owned())) {
        Some(body) => (StatusCode::OK, body.clone()),
        None => (StatusCode::NOT_FOUND, error("DBInstanceNotFound")),
    }
}

fn error(code: &str) -> String {
    format!(
        "<ErrorResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>the API's words</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    )
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
