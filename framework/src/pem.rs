//! Bundles of certificates that a person names. A bad one is refused with the reason.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::clock;

/// The text of the bundle that `variable` names. It holds at least one certificate that has not expired, and no broken one.
///
/// # Errors
/// If the file is missing, empty or not PEM, if a certificate is broken, or if all have expired. The text has the variable and
/// the path.
pub(crate) fn read(variable: &str, path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |what: String| format!("{variable}: {} {what}", path.display());
    let pem = fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    check(&pem, clock::now()).map_err(wrong)?;
    Ok(pem)
}

/// Refuses a bad bundle. The dates are checked here, since neither the SDK nor rustls looks at the dates of a root.
fn check(pem: &[u8], now: SystemTime) -> Result<(), String> {
    if pem.is_empty() {
        return Err("is empty".into());
    }
    let certificates = certificates(pem)?;
    if certificates.is_empty() {
        return Err("holds no certificate. A PEM file with BEGIN CERTIFICATE is needed".into());
    }
    let expired = ends_before(&certificates, now)?;
    match expired.iter().max() {
        Some(last) if expired.len() == certificates.len() => Err(format!(
            "holds only certificates that have expired, the last on {}",
            clock::date(*last)
        )),
        _ => Ok(()),
    }
}

/// The dates at which certificates in `pem` expired, if any did.
#[cfg(test)]
pub(crate) fn expired(pem: &[u8]) -> Result<Vec<SystemTime>, String> {
    ends_before(&certificates(pem)?, clock::now())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'_>>, String> {
    let parsed = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>();
    parsed.map_err(|_| "is not a valid PEM file".to_owned())
}

/// Those ends of `certificates` that are before `now`.
fn ends_before(
    certificates: &[CertificateDer<'_>],
    now: SystemTime,
) -> Result<Vec<SystemTime>, String> {
    let mut expired = Vec::new();
    for (n, certificate) in certificates.iter().enumerate() {
        let unusable = || format!("holds a broken certificate (number {})", n + 1);
        let sound = RootCertStore::empty().add(certificate.clone());
        sound.map_err(|_| unusable())?;
        let end = not_after(certificate).ok_or_else(unusable)?;
        expired.extend(Some(end).filter(|end| *end < now));
    }
    Ok(expired)
}

/// The time when a certificate expires. `None` if it is no certificate.
fn not_after(certificate: &[u8]) -> Option<SystemTime> {
    let certificate = Certificate::from_der(certificate).ok()?;
    Some(
        certificate
            .tbs_certificate
            .validity
            .not_after
            .to_system_time(),
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_kind_of_bad_bundle_has_its_text() {
        let year = |year: u64| {
            SystemTime::UNIX_EPOCH + Duration::from_secs((year - 1970) * 365 * 24 * 60 * 60)
        };
        let now = year(2026);
        let wrong = |pem: &[u8], now| check(pem, now).expect_err("wrong");
        let roots = include_bytes!("amazon-roots.pem");
        assert_eq!(check(roots, now), Ok(()));
        let last = "have expired, the last on 2040-05-26";
        assert!(wrong(roots, year(2999)).contains(last));
        assert_eq!(wrong(b"", now), "is empty");
        assert!(wrong(b"hello", now).contains("no certificate"));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(wrong(broken, now).contains("broken certificate (number 1)"));
        assert!(wrong(&broken[..40], now).contains("not a valid PEM"));
        let missing = read("AWS_CA_BUNDLE", Path::new("/nowhere/ca.pem"));
        assert!(missing.is_err_and(|text| text.contains("/nowhere/ca.pem cannot be read")));
    }
}
