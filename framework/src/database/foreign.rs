//! Hosts of AWS's databases for which no rotator is here.

use serde::Deserializer;
use serde::de::Error;

use crate::aws::partition::Partition;
use crate::field;

/// The label in the names of hosts, and the service that has it.
///
/// Sources: <https://docs.aws.amazon.com/documentdb/latest/developerguide/endpoints.html>,
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-using-workbench.html>,
/// <https://docs.aws.amazon.com/neptune/latest/userguide/feature-overview-endpoints.html>.
const SERVICES: [(&str, &str); 4] = [
    ("docdb", "Amazon DocumentDB"),
    ("neptune", "Amazon Neptune"),
    ("redshift", "Amazon Redshift"),
    ("redshift-serverless", "Amazon Redshift"),
];

/// The host of a database: a DNS name or an address, which is not a host of those services.
///
/// # Errors
/// If the value does not fit. The message says what the value must be.
pub(super) fn host<'de, D: Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    let host = field::host(json)?;
    match service(&host) {
        None => Ok(host),
        Some(service) => Err(D::Error::custom(format!(
            "must be a server that this function knows: this one is of {service}, for which no rotator is here"
        ))),
    }
}

/// China's names have the Region behind the service's label.
fn service(host: &str) -> Option<&'static str> {
    let lower = host.to_ascii_lowercase();
    let (front, _) = Partition::front(&lower)?;
    let last: Vec<&str> = front.rsplit('.').take(2).collect();
    let found = SERVICES.iter().find(|(label, _)| last.contains(label));
    found.map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services() {
        for (host, expected) in [
            (
                "db.cluster-c0ffee.eu-central-1.docdb.amazonaws.com",
                Some("Amazon DocumentDB"),
            ),
            (
                "DB.cluster-c0ffee.docdb.cn-north-1.amazonaws.com.cn",
                Some("Amazon DocumentDB"),
            ),
            (
                "dwh.c0ffee.eu-central-1.redshift.amazonaws.com",
                Some("Amazon Redshift"),
            ),
            (
                "w.111122223333.eu-central-1.redshift-serverless.amazonaws.com",
                Some("Amazon Redshift"),
            ),
            (
                "g.cluster-c0ffee.eu-central-1.neptune.amazonaws.com",
                Some("Amazon Neptune"),
            ),
            ("db.c0ffee.eu-central-1.rds.amazonaws.com", None),
            ("redshift.c0ffee.eu-central-1.rds.amazonaws.com", None),
            ("db.redshift.example.com", None),
            (
                "db.c0ffee.eu-central-1.redshift.amazonaws.com.example.org",
                None,
            ),
            ("10.0.0.1", None),
        ] {
            assert_eq!(service(host), expected, "{host}");
        }
    }
}
