//! TLS, always with full verification.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::{AlertDescription, CertificateError, ClientConfig, Error as TlsError, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
#[doc(no_inline)]
pub use tokio_rustls::client::TlsStream;

use crate::pem;
use crate::secret::printable;

/// The authorities that may vouch for a server: the public authorities, and those of a bundle.
#[derive(Debug)]
pub struct Roots {
    own: Vec<CertificateDer<'static>>,
}

impl Roots {
    /// Trusts the certificates in `bundle`, beside the public ones. `variable` is the name of the setting that names `bundle`.
    ///
    /// # Errors
    /// If the bundle cannot be used. The text says why.
    pub fn new(variable: &str, bundle: Option<&Path>) -> Result<Self, String> {
        let pem = bundle.map(|path| pem::read(variable, path)).transpose()?;
        Ok(Self {
            own: certificates(pem.as_deref().unwrap_or_default()),
        })
    }

    /// The configuration that verifies chain, name and dates. It also trusts the authorities in `more`, which is PEM.
    pub fn client(&self, more: &[u8]) -> ClientConfig {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        roots.add_parsable_certificates(certificates(more));
        roots.add_parsable_certificates(self.own.iter().cloned());
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring offers TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// The certificates of the bundle.
    pub fn own(&self) -> &[CertificateDer<'static>] {
        &self.own
    }
}

/// TLS over an open stream, after which the server has shown a certificate for `name`.
///
/// # Errors
/// If the server has shown no such certificate, or if the stream broke. [`refusal`] says what is wrong with the certificate.
pub async fn connect<S: AsyncRead + AsyncWrite + Unpin>(
    config: Arc<ClientConfig>,
    name: &str,
    stream: S,
) -> io::Result<TlsStream<S>> {
    let name = ServerName::try_from(name.to_owned()).map_err(|_| {
        io::Error::other(TlsError::General(
            "no certificate can be for its name".into(),
        ))
    })?;
    TlsConnector::from(config).connect(name, stream).await
}

/// Returns true if no trusted authority vouches for the server's certificate.
pub fn is_unknown_authority(error: &(dyn Error + 'static)) -> bool {
    let unknown = |error: &TlsError| {
        let issuer = CertificateError::UnknownIssuer;
        *error == TlsError::InvalidCertificate(issuer)
            || *error == TlsError::InvalidCertificate(CertificateError::BadSignature)
    };
    of_tls(error).is_some_and(unknown)
}

/// The reason that TLS gives, if `error` or one of its causes has one. `bundle` is the variable that names more authorities.
/// `otherwise` follows the advice to use the certificate's name, and says what else can be done.
pub fn refusal(error: &(dyn Error + 'static), bundle: &str, otherwise: &str) -> Option<String> {
    of_tls(error).map(|tls| reason(tls, bundle, otherwise))
}

/// The error of TLS in `error` or in one of its causes.
fn of_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        let inner = inner.and_then(|inner| inner.downcast_ref::<TlsError>());
        if let Some(tls) = error.downcast_ref::<TlsError>().or(inner) {
            return Some(tls);
        }
        cause = error.source();
    }
    None
}

fn reason(error: &TlsError, bundle: &str, otherwise: &str) -> String {
    match error {
        TlsError::InvalidCertificate(problem) => match problem {
            // A bad signature: the authority that we trust has the same name, and another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => format!(
                "its certificate comes from an unknown authority. Name the PEM file of that authority in {bundle}"
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired".into()
            }
            CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                "its certificate names no host (it has no subjectAltName): give the server another certificate".into()
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                format!("its certificate is for another name. Use that name as host{otherwise}")
            }
            other if format!("{other:?}").contains("UnsupportedCertVersion") => {
                "its certificate is older than X.509 version 3: give the server another certificate".into()
            }
            other => format!("its certificate is not valid: {other}"),
        },
        TlsError::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server wants a client certificate".into()
        }
        TlsError::General(said) => printable(said, 200),
        other => printable(&other.to_string(), 200),
    }
}

fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem)
        .filter_map(Result::ok)
        .map(CertificateDer::into_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As webpki's, which is no dependency.
    #[derive(Debug, thiserror::Error)]
    #[error("old")]
    struct UnsupportedCertVersion;

    #[test]
    fn a_certificate_that_no_name_would_fit() {
        let said = |problem| reason(&TlsError::InvalidCertificate(problem), "BUNDLE", "");
        let name = ServerName::try_from("db.example").expect("a name");
        let context = |presented: &[&str]| CertificateError::NotValidForNameContext {
            expected: name.clone(),
            presented: presented.iter().map(|&name| name.to_owned()).collect(),
        };
        assert!(said(context(&[])).contains("names no host"));
        assert!(said(context(&["DnsName(\"other\")"])).contains("is for another name"));
        let old = rustls::OtherError(Arc::new(UnsupportedCertVersion));
        let old = CertificateError::Other(old);
        assert!(said(old).contains("X.509 version 3"));
    }
}
