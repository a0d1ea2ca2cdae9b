//! Which authorities are trusted for which database.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;

use crate::tls::Roots;

/// The roots of Amazon RDS in all Regions, as `scripts/rds-bundle` fetches them.
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>.
const RDS_BUNDLE: &[u8] = include_bytes!("rds-global-bundle.pem");
const RDS_DOMAINS: [&str; 2] = [".rds.amazonaws.com", ".rds.amazonaws.com.cn"];

/// Verifies the certificates of servers.
pub(super) struct Tls {
    roots: Roots,
    public: OnceLock<Arc<ClientConfig>>,
    rds: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    /// Trusts the roots in `bundle`, beside the public ones. The variable DATABASE_CA_BUNDLE names the bundle.
    pub(super) fn new(bundle: Option<&Path>) -> Result<Self, String> {
        Ok(Self {
            roots: Roots::new("DATABASE_CA_BUNDLE", bundle)?,
            public: OnceLock::new(),
            rds: OnceLock::new(),
        })
    }

    /// The configuration for a server with this name. RDS's own authorities are trusted only for RDS's own names.
    pub(super) fn config(&self, server_name: &str) -> Arc<ClientConfig> {
        let (cell, bundle) = if of_rds(server_name) {
            (&self.rds, RDS_BUNDLE)
        } else {
            (&self.public, &[][..])
        };
        Arc::clone(cell.get_or_init(|| Arc::new(self.roots.client(bundle))))
    }

    /// What [`config`](Self::config) trusts beside the public roots.
    pub(super) fn roots(&self, server_name: &str) -> Vec<Cow<'static, [u8]>> {
        let own = self.roots.own().iter();
        let own = own.map(|der| Cow::Owned(der.to_vec()));
        let rds = of_rds(server_name).then_some(Cow::Borrowed(RDS_BUNDLE));
        own.chain(rds).collect()
    }
}

fn of_rds(server_name: &str) -> bool {
    let name = server_name.to_ascii_lowercase();
    RDS_DOMAINS.iter().any(|domain| name.ends_with(domain))
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    use super::*;

    #[test]
    fn rds_roots_count_for_rds_alone() {
        assert!(CertificateDer::pem_slice_iter(RDS_BUNDLE).count() > 100);
        let tls = Tls::new(None).expect("no bundle");
        let rds = tls.config("db.abc.eu-central-1.rds.amazonaws.com");
        assert!(Arc::ptr_eq(&rds, &tls.config("other.RDS.amazonaws.com")));
        assert!(!Arc::ptr_eq(
            &rds,
            &tls.config("rds.amazonaws.com.example.org")
        ));
    }
}
