//! What is measured: the function of this project, or AWS's template in its place.

use std::io::Write;
use std::process::Command;

use rotation_kit::tls::Ca;
use rotation_tests::peer::Peer;
use rotation_tests::runtime::Bootstrap;
use rotation_tests::setting::binary;
use tempfile::NamedTempFile;

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contender {
    /// The function of this project.
    Rotation,
    /// AWS's template.
    Template,
}

impl Contender {
    /// Both, in the order in which figures have them.
    pub const BOTH: [Self; 2] = [Self::Rotation, Self::Template];
}

/// AWS's templates, with what they trust.
pub struct Templates {
    peer: Peer,
    authorities: NamedTempFile,
}

impl Templates {
    /// None, if PEER names no checkout of them.
    ///
    /// # Panics
    /// If PEER is set, and `scripts/install peer` has not been run.
    pub fn given() -> Option<Self> {
        let peer = Peer::given("AWS's templates, beside the functions")?;
        let authorities = authorities(&peer);
        Some(Self { peer, authorities })
    }

    /// The Python that runs them.
    pub fn python(&self) -> String {
        self.peer.python()
    }

    /// The folder of a template.
    pub fn folder(&self, template: &str) -> std::path::PathBuf {
        self.peer.template(template)
    }

    /// A template, with these variables.
    pub fn bootstrap(&self, template: &str, variables: &[(&str, &str)]) -> Bootstrap {
        let authorities = self.authorities.path().display().to_string();
        let trusted = [("AWS_CA_BUNDLE", &*authorities)];
        let variables: Vec<_> = trusted.iter().chain(variables).copied().collect();
        self.peer.bootstrap(template, &variables)
    }
}

/// The function of a rotator, as it is shipped, with these variables.
pub fn bootstrap(rotator: &str, variables: &[(&str, &str)]) -> Bootstrap {
    let program = binary(&format!("rotator-{rotator}")).display().to_string();
    let authority = Ca::shared().pem_path().display().to_string();
    let trusted = [("AWS_CA_BUNDLE", &*authority)];
    let variables: Vec<_> = trusted.iter().chain(variables).copied().collect();
    Bootstrap::new(&[&program], &variables)
}

/// The template that rotates the same secret as an engine's function, as in `mysql/single-user`.
pub fn template(engine: &str) -> Option<&'static str> {
    Some(match engine {
        "postgres/single-user" => "SecretsManagerRDSPostgreSQLRotationSingleUser",
        "postgres/alternating-users" => "SecretsManagerRDSPostgreSQLRotationMultiUser",
        "mysql/single-user" => "SecretsManagerRDSMySQLRotationSingleUser",
        "mysql/alternating-users" => "SecretsManagerRDSMySQLRotationMultiUser",
        "mariadb/single-user" => "SecretsManagerRDSMariaDBRotationSingleUser",
        "mariadb/alternating-users" => "SecretsManagerRDSMariaDBRotationMultiUser",
        _ => return None,
    })
}

/// What boto3 reads at each start of a client, and the authority of the local Secrets Manager.
fn authorities(peer: &Peer) -> NamedTempFile {
    const WHERE: &str = "import botocore.httpsession as h; print(h.DEFAULT_CA_BUNDLE)";
    let said = Command::new(peer.python()).args(["-c", WHERE]).output();
    let said = said.expect("the Python of scripts/install peer").stdout;
    let path = String::from_utf8_lossy(&said).trim().to_owned();
    let mut bundle = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let own = std::fs::read(Ca::shared().pem_path()).expect("the authority's file");
    bundle.push(b'\n');
    bundle.extend(own);
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(&bundle).expect("room for a file");
    file
}
