//! The partitions of AWS: how the names of their hosts end.
//!
//! Source: the list of partitions that each SDK of AWS carries. A test holds this table against the SDK's.

/// The Regions of one partition.
pub(crate) struct Partition {
    /// How the names of its Regions begin.
    regions: &'static str,
    /// How the names of its hosts end.
    pub(crate) suffix: &'static str,
    /// How the names of those hosts end that also have an IPv6 address.
    #[cfg_attr(
        not(any(feature = "command-line", feature = "database")),
        allow(dead_code, reason = "the SDK has its own list for Secrets Manager")
    )]
    pub(crate) dual_stack: &'static str,
}

/// The last one has every other Region.
static PARTITIONS: [Partition; 8] = [
    Partition::new("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    Partition::new("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    Partition::new("us-gov-", "amazonaws.com", "api.aws"),
    Partition::new("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
    Partition::new("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"),
    Partition::new("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    Partition::new("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    Partition::new("", "amazonaws.com", "api.aws"),
];

impl Partition {
    const fn new(regions: &'static str, suffix: &'static str, dual_stack: &'static str) -> Self {
        Self {
            regions,
            suffix,
            dual_stack,
        }
    }

    /// The partition of a Region.
    pub(crate) fn of(region: &str) -> &'static Self {
        let [others @ .., usual] = &PARTITIONS;
        let found = others.iter().find(|one| region.starts_with(one.regions));
        found.unwrap_or(usual)
    }

    /// The Region in which a partition has the services that it has once, as IAM.
    /// Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>.
    #[cfg(feature = "command-line")]
    pub(crate) fn home(region: &str) -> &'static str {
        match Self::of(region).regions {
            "cn-" => "cn-north-1",
            "eusc-" => "eusc-de-east-1",
            "us-gov-" => "us-gov-west-1",
            "us-iso-" => "us-iso-east-1",
            "us-isob-" => "us-isob-east-1",
            "us-isof-" => "us-isof-south-1",
            "eu-isoe-" => "eu-isoe-west-1",
            _ => "us-east-1",
        }
    }

    /// The Region's host of a service, as in `rds.eu-west-1.amazonaws.com`.
    pub(crate) fn host(service: &str, region: &str) -> String {
        format!("{service}.{region}.{}", Self::of(region).suffix)
    }

    /// What `host` has before the end of some partition's hosts. `None` if it is no host of AWS.
    #[cfg(feature = "database")]
    pub(crate) fn front(host: &str) -> Option<(&str, &'static Self)> {
        let front = |one: &'static Self| {
            let front = host.strip_suffix(one.suffix)?.strip_suffix('.')?;
            Some((front, one))
        };
        PARTITIONS.iter().find_map(front)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};

    use super::*;

    /// A Region of each partition.
    const REGIONS: [&str; 9] = [
        "eu-central-1",
        "mx-central-1",
        "cn-north-1",
        "eusc-de-east-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "us-isof-south-1",
        "eu-isoe-west-1",
    ];

    async fn sdks(region: &str, dual_stack: bool) -> String {
        let asked = Params::builder()
            .region(region)
            .use_dual_stack(dual_stack)
            .build()
            .expect("parameters");
        let resolver = DefaultResolver::new();
        let found = resolver.resolve_endpoint(&asked);
        found.await.expect("an address").url().to_owned()
    }

    #[tokio::test]
    async fn the_table_is_the_sdks() {
        for region in REGIONS {
            let host = Partition::host("secretsmanager", region);
            assert_eq!(sdks(region, false).await, format!("https://{host}"));
            let suffix = Partition::of(region).dual_stack;
            // Where the usual hosts of Secrets Manager have both kinds of addresses, there are no others.
            let both = [host.clone(), format!("secretsmanager.{region}.{suffix}")];
            let both = both.map(|host| format!("https://{host}"));
            let found = sdks(region, true).await;
            assert!(both.contains(&found), "{found}");
        }
        for one in &PARTITIONS {
            let known = |region: &&str| std::ptr::eq(Partition::of(region), one);
            assert!(REGIONS.iter().any(known), "{}", one.regions);
        }
    }
}
