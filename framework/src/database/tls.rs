//! The authorities that are trusted for each database.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;

use super::rds::{of_rds, region};
use crate::tls::Roots;

/// The roots of Amazon RDS in [`REGIONS`], as `scripts/rds-bundle` fetches them.
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>.
const RDS_BUNDLE: &[u8] = include_bytes!("rds-global-bundle.pem");
/// The Regions of AWS's global bundle. GovCloud and China have bundles of their own, which are not compiled in.
const REGIONS: [&str; 32] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

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

/// The Region of a host of RDS, if no root of that Region is compiled in.
pub(super) fn uncovered(host: &str) -> Option<String> {
    region(host).filter(|region| !REGIONS.contains(&region.as_str()) && region != "global")
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject;

    use super::*;
    use crate::pem;

    #[test]
    fn rds_roots_count_for_rds_alone() {
        let tls = Tls::new(None).expect("no bundle");
        let rds = tls.config("db.abc.eu-central-1.rds.amazonaws.com");
        assert!(Arc::ptr_eq(
            &rds,
            &tls.config("other.abc.US-EAST-1.RDS.amazonaws.com")
        ));
        assert!(!Arc::ptr_eq(
            &rds,
            &tls.config("rds.amazonaws.com.example.org")
        ));
        let china = tls.config("db.abc.rds.cn-north-1.amazonaws.com.cn");
        assert!(Arc::ptr_eq(&rds, &china), "the same rule for China's names");
    }

    #[test]
    fn no_root_has_expired() {
        let expired = pem::expired(RDS_BUNDLE).expect("sound");
        assert!(expired.is_empty(), "{expired:?}: run scripts/rds-bundle");
    }

    #[test]
    fn each_region_has_three_roots_and_no_other_has_one() {
        let ders: Vec<_> = CertificateDer::pem_slice_iter(RDS_BUNDLE)
            .collect::<Result<_, _>>()
            .expect("sound");
        let named = |der: &CertificateDer<'_>, name: &str| {
            der.windows(name.len()).any(|part| part == name.as_bytes())
        };
        let mut found = 0;
        for region in REGIONS {
            for key in ["RSA2048", "RSA4096", "ECC384"] {
                let name = format!("Amazon RDS {region} Root CA {key} G1");
                let roots = ders.iter().filter(|der| named(der, &name)).count();
                assert!(roots > 0, "{name} is missing");
                found += roots;
            }
        }
        // RDS has six for its own trials.
        let trials = |der: &&CertificateDer<'_>| named(der, " Beta ") || named(der, " Preview ");
        let trials = ders.iter().filter(trials).count();
        assert_eq!(found, ders.len() - trials, "a Region is missing in REGIONS");
    }

    #[test]
    fn regions_without_a_root() {
        let uncovered = |host: &str| uncovered(host);
        assert_eq!(uncovered("db.abc.eu-west-1.rds.amazonaws.com"), None);
        assert_eq!(uncovered("db.example.com"), None);
        for region in ["us-gov-west-1", "ap-east-2"] {
            let host = format!("db.abc.{region}.rds.amazonaws.com");
            assert_eq!(uncovered(&host).as_deref(), Some(region));
        }
    }
}
