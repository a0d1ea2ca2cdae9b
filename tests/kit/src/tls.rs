//! An authority of one's own, and certificates for servers of this machine.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate authority, with its certificate in a file that lives as long as this value and the process.
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    file: File,
}

/// A server's certificate and key, in PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

impl Ca {
    /// The one that the servers of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Ca> = OnceLock::new();
        SHARED.get_or_init(Self::new)
    }

    /// Another one.
    ///
    /// # Panics
    /// If the system gives no randomness or no temporary folder.
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "rotation kit");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        let mut file = tempfile::tempfile().expect("a temporary file");
        let pem = certificate.pem();
        file.write_all(pem.as_bytes()).expect("room for a file");
        let issuer = Issuer::new(params, key);
        Self { issuer, file }
    }

    /// The file of its certificate: what DATABASE_CA_BUNDLE names. It has no name of its own, so that nothing is left
    /// behind when the process ends.
    pub fn pem_path(&self) -> PathBuf {
        let (process, file) = (std::process::id(), self.file.as_raw_fd());
        PathBuf::from(format!("/proc/{process}/fd/{file}"))
    }

    /// A certificate for a server of these names.
    ///
    /// # Panics
    /// If one of them is no name.
    pub fn identity(&self, names: &[&str]) -> Identity {
        self.sign(names, |_| ())
    }

    /// One that is over.
    ///
    /// # Panics
    /// If that is no name.
    pub fn expired(&self, name: &str) -> Identity {
        self.sign(&[name], |params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
    }

    fn sign(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(names).expect("names");
        change(&mut params);
        let certificate = params
            .signed_by(&key, &self.issuer)
            .expect("a certificate")
            .pem();
        let key = key.serialize_pem();
        Identity { certificate, key }
    }
}

impl Default for Ca {
    fn default() -> Self {
        Self::new()
    }
}

impl Identity {
    /// What a server shows it with.
    ///
    /// # Panics
    /// If it is none.
    pub fn server(&self) -> ServerConfig {
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes());
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes());
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring offers TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.expect("a certificate")],
                key.expect("a key"),
            )
            .expect("a certificate and its key")
    }

    /// Writes `server.pem`, and `server.key`, which its owner alone can read.
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::PermissionsExt;
        std::fs::write(folder.join("server.pem"), &self.certificate)?;
        let key = folder.join("server.key");
        std::fs::write(&key, &self.key)?;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600))
    }
}
