//! What the name of an RDS host says: its kind, and its identifier.

use crate::aws::partition::Partition;

/// A host in one of RDS's domains, with the identifier that the RDS API has for it.
///
/// Sources: <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host<'a> {
    /// One instance.
    Instance(&'a str),
    /// A cluster's writer, or its readers.
    Cluster(&'a str),
    /// Some of a cluster's instances.
    Custom(&'a str),
    /// A proxy's own endpoint.
    Proxy(&'a str),
    /// Another endpoint of a proxy.
    ProxyEndpoint(&'a str),
}

impl<'a> Host<'a> {
    /// None, if no host of RDS has such a name.
    pub(super) fn parse(host: &'a str) -> Option<Self> {
        region(host)?;
        let lower = host.to_ascii_lowercase();
        let labels: Vec<&str> = lower.split('.').collect();
        let id = host.split('.').next().filter(|id| !id.is_empty())?;
        let (kind, next) = (*labels.get(1)?, *labels.get(2)?);
        Some(match kind {
            "endpoint" if next.starts_with("proxy-") => Self::ProxyEndpoint(id),
            _ if kind.starts_with("proxy-") => Self::Proxy(id),
            _ if kind.starts_with("cluster-custom-") => Self::Custom(id),
            _ if kind.starts_with("cluster-") => Self::Cluster(id),
            _ if kind.contains('-') => return None,
            _ => Self::Instance(id),
        })
    }

    /// Whether this is a proxy. A proxy accepts only the password that Secrets Manager has under AWSCURRENT.
    pub(super) fn is_proxy(self) -> bool {
        matches!(self, Self::Proxy(_) | Self::ProxyEndpoint(_))
    }
}

/// Whether RDS gives hosts such names.
pub(in crate::database) fn of_rds(host: &str) -> bool {
    region(host).is_some()
}

/// The Region in the name of a host of RDS. `None` if RDS has no such names. In some partitions, as in China's, the Region stands
/// behind `rds`.
pub(in crate::database) fn region(host: &str) -> Option<String> {
    let lower = host.to_ascii_lowercase();
    let (zone, partition) = Partition::front(&lower)?;
    let (front, last) = zone.rsplit_once('.')?;
    let (front, region) = match last {
        "rds" => front.rsplit_once('.')?,
        _ => (front.strip_suffix(".rds")?, last),
    };
    // An endpoint of the API, such as rds.eu-west-1.amazonaws.com, is no database.
    let its_own = Partition::of(region).suffix == partition.suffix;
    (!front.is_empty() && its_own).then(|| region.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions() {
        for (host, expected) in [
            (
                "db.c0ffee.eu-central-1.rds.amazonaws.com",
                Some("eu-central-1"),
            ),
            (
                "DB.c0ffee.US-GOV-WEST-1.rds.amazonaws.com",
                Some("us-gov-west-1"),
            ),
            (
                "db.c0ffee.rds.cn-north-1.amazonaws.com.cn",
                Some("cn-north-1"),
            ),
            (
                "db.cluster-c0ffee.rds.cn-northwest-1.amazonaws.com.cn",
                Some("cn-northwest-1"),
            ),
            (
                "front.proxy-c0ffee.mx-central-1.rds.amazonaws.com",
                Some("mx-central-1"),
            ),
            (
                "db.c0ffee.eusc-de-east-1.rds.amazonaws.eu",
                Some("eusc-de-east-1"),
            ),
            (
                "db.c0ffee.us-iso-east-1.rds.c2s.ic.gov",
                Some("us-iso-east-1"),
            ),
            ("db.c0ffee.eu-west-1.rds.c2s.ic.gov", None),
            ("db.c0ffee.eu-west-1.rds.amazonaws.com.cn", None),
            ("rds.eu-west-1.amazonaws.com", None),
            ("rds.amazonaws.com", None),
            ("rds.amazonaws.com.example.org", None),
            ("db.c0ffee.eu-central-1.redshift.amazonaws.com", None),
        ] {
            assert_eq!(region(host).as_deref(), expected, "{host}");
        }
    }

    #[test]
    fn kinds() {
        let zone = "c0ffee.eu-central-1.rds.amazonaws.com";
        for (host, kind) in [
            (format!("db-1.{zone}"), Host::Instance("db-1")),
            (format!("db.cluster-{zone}"), Host::Cluster("db")),
            (format!("db.cluster-ro-{zone}"), Host::Cluster("db")),
            (format!("some.cluster-custom-{zone}"), Host::Custom("some")),
            (format!("front.proxy-{zone}"), Host::Proxy("front")),
            (format!("DB.PROXY-{zone}"), Host::Proxy("DB")),
            (
                format!("read.endpoint.proxy-{zone}"),
                Host::ProxyEndpoint("read"),
            ),
        ] {
            assert_eq!(Host::parse(&host), Some(kind), "{host}");
        }
        let china = "db.c0ffee.rds.cn-north-1.amazonaws.com.cn";
        assert_eq!(Host::parse(china), Some(Host::Instance("db")));
        for host in [
            "localhost",
            "10.0.0.1",
            "db.example.com",
            "rds.amazonaws.com",
            "db.c0ffee.eu-central-1.rds.amazonaws.com.example.org",
            "db.c0ffee.eu-central-1.redshift.amazonaws.com",
            "all.global-c0ffee.global.rds.amazonaws.com",
        ] {
            assert_eq!(Host::parse(host), None, "{host}");
        }
    }
}
