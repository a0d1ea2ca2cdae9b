//! Bundles of certificates that a person names. A bad one is refused with the reason.

use std::fs;
use std::path::Path;

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::clock;

/// The text of the bundle that `variable` names. It holds at least one certificate that has not expired, and no broken one.
///
/// # Errors
/// If the file is missing, empty or not PEM, if a certificate is broken, or if all have expired. The text has the variable and
/// the path.
pub(crate) fn read(variable: &str, path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |what: String| format!("{variable}: {} {what}", path.display());
    let pem = fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    check(&pem, &today()).map_err(wrong)?;
    Ok(pem)
}

/// Refuses a bad bundle. The dates are checked here, since neither the SDK nor rustls looks at the dates of a root.
fn check(pem: &[u8], today: &str) -> Result<(), String> {
    if pem.is_empty() {
        return Err("is empty".into());
    }
    let certificates = certificates(pem)?;
    if certificates.is_empty() {
        return Err("holds no certificate; a PEM file with BEGIN CERTIFICATE is needed".into());
    }
    let expired = ends_before(&certificates, today)?;
    match expired.iter().max() {
        Some(last) if expired.len() == certificates.len() => Err(format!(
            "holds only certificates that have expired, the last on {}",
            last.get(..8).unwrap_or(last)
        )),
        _ => Ok(()),
    }
}

/// The dates at which certificates in `pem` expired, if any did.
#[cfg(test)]
pub(crate) fn expired(pem: &[u8]) -> Result<Vec<String>, String> {
    ends_before(&certificates(pem)?, &today())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'_>>, String> {
    let parsed = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>();
    parsed.map_err(|_| "is not a valid PEM file".to_owned())
}

/// Those ends of `certificates` that are before `today`.
fn ends_before(certificates: &[CertificateDer<'_>], today: &str) -> Result<Vec<String>, String> {
    let mut expired = Vec::new();
    for (n, certificate) in certificates.iter().enumerate() {
        let unusable = || format!("holds a broken certificate (number {})", n + 1);
        let sound = RootCertStore::empty().add(certificate.clone());
        sound.map_err(|_| unusable())?;
        let end = not_after(certificate).ok_or_else(unusable)?;
        expired.extend(Some(end).filter(|end| end.as_str() < today));
    }
    Ok(expired)
}

/// The time in UTC, as in `20261231235959`.
fn today() -> String {
    let now = time::OffsetDateTime::from(clock::now());
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    )
}

/// When a certificate expires, in the form of [`today`]. RFC 5280, section 4.1 has the rules. In a certificate, `version`
/// (optional), serial number, signature algorithm and issuer come before the validity.
fn not_after(certificate: &[u8]) -> Option<String> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    const UTC_TIME: u8 = 0x17;
    let (_, certificate, _) = element(certificate)?;
    let (_, mut fields, _) = element(certificate)?;
    if fields.first() == Some(&VERSION) {
        fields = element(fields)?.2;
    }
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (SEQUENCE, validity, _) = element(fields)? else {
        return None;
    };
    let (_, _, validity) = element(validity)?;
    let (tag, end, _) = element(validity)?;
    let end = std::str::from_utf8(end).ok()?.strip_suffix('Z')?;
    Some(match (tag, end.get(..2)?) {
        (UTC_TIME, year) if year < "50" => format!("20{end}"),
        (UTC_TIME, _) => format!("19{end}"),
        _ => end.to_owned(),
    })
}

/// One DER element: its tag, its content, and what comes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], rest) = der.split_first_chunk()?;
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
        let length = bytes.iter().fold(0_usize, |sum, &byte| {
            sum.saturating_mul(256).saturating_add(usize::from(byte))
        });
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_bad_bundle_has_its_text() {
        let wrong = |pem: &[u8], today| check(pem, today).expect_err("wrong");
        let roots = include_bytes!("amazon-roots.pem");
        assert_eq!(check(roots, "20260101000000"), Ok(()));
        assert!(wrong(roots, "2999").contains("have expired"));
        assert_eq!(wrong(b"", "2026"), "is empty");
        assert!(wrong(b"hello", "2026").contains("no certificate"));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(wrong(broken, "2026").contains("broken certificate (number 1)"));
        assert!(wrong(&broken[..40], "2026").contains("not a valid PEM"));
        let missing = read("AWS_CA_BUNDLE", Path::new("/nowhere/ca.pem"));
        assert!(missing.is_err_and(|text| text.contains("/nowhere/ca.pem cannot be read")));
    }
}
