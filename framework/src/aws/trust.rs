//! Which authorities may vouch for AWS.

use std::path::Path;

use aws_smithy_http_client::tls::TrustStore;

use crate::pem;

/// The roots of Amazon Trust Services. The certificates of all AWS endpoints come from them.
/// Source: <https://www.amazontrust.com/repository/>.
const AMAZON_ROOTS: &[u8] = include_bytes!("../amazon-roots.pem");

/// Trusts Amazon's roots, those in `bundle`, and, if `system_roots` is set, those of the system.
pub(super) fn store(bundle: Option<&Path>, system_roots: bool) -> Result<TrustStore, String> {
    let store = TrustStore::empty()
        .with_native_roots(system_roots)
        .with_pem_certificate(AMAZON_ROOTS);
    Ok(match bundle {
        Some(path) => store.with_pem_certificate(pem::read("AWS_CA_BUNDLE", path)?),
        None => store,
    })
}
