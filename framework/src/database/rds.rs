//! RDS's knowledge of a host: the server behind it that takes writes, and the secret of its master user.

mod api;
mod host;

pub(super) use host::{of_rds, region};

use crate::config::Config;
use crate::error::HookError;

use api::{Api, Found};
use host::Host;

/// How many instances are asked for, at most, on the way from a replica to its source.
const CASCADE: usize = 3;

/// Asks the RDS API if the secrets alone do not say enough. Before that, it makes no call.
#[derive(Debug)]
pub(super) struct Rds {
    api: Api,
}

/// A server that takes writes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Writer {
    pub(super) host: String,
    pub(super) port: u16,
    /// The ARN of the secret that RDS made for the server's master user, if RDS manages that user's password.
    pub(super) master_secret: Option<String>,
}

impl Rds {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            api: Api::new(config),
        }
    }

    /// The writer behind `host`. The host may be an instance, a read replica, a cluster, its readers, a custom endpoint or a
    /// proxy. `None`, unless RDS says that `host` is one of its own in this account and Region.
    pub(super) async fn writer(&self, host: &str) -> Result<Option<Writer>, HookError> {
        match Host::parse(host) {
            None => Ok(None),
            Some(Host::Instance(id)) => self.of_instance(id, Some(host)).await,
            Some(Host::Cluster(id)) => self.of_cluster(id, Some(host)).await,
            Some(Host::Custom(id)) => self.of_custom(id, host).await,
            Some(Host::Proxy(name)) => {
                let asked = ("DBProxyName", name);
                self.of_proxy("DescribeDBProxies", asked, host).await
            }
            Some(Host::ProxyEndpoint(name)) => {
                let asked = ("DBProxyEndpointName", name);
                self.of_proxy("DescribeDBProxyEndpoints", asked, host).await
            }
        }
    }

    /// The database behind `host`, if that is a proxy.
    pub(super) async fn behind_proxy(&self, host: &str) -> Result<Option<Writer>, HookError> {
        if !Host::parse(host).is_some_and(Host::is_proxy) {
            return Ok(None);
        }
        let found = self.writer(host).await?;
        found.map(Some).ok_or_else(|| {
            HookError::refused(format!(
                "{host} is a proxy whose database the RDS API does not show in this account and Region: put the database's own endpoint into the key host"
            ))
        })
    }

    /// The writer of the instance that has this identifier. If `host` is given, it must be the instance's address.
    async fn of_instance(&self, id: &str, host: Option<&str>) -> Result<Option<Writer>, HookError> {
        let (mut id, mut host) = (id.to_owned(), host);
        for _ in 0..CASCADE {
            let asked = ("DBInstanceIdentifier", id.as_str());
            let found = self.api.ask("DescribeDBInstances", asked, "DBInstance");
            let Some(found) = found.await? else {
                return Ok(None);
            };
            let address = found.text("Endpoint.Address");
            if host.is_some_and(|host| !same(address, host)) {
                return Ok(None);
            }
            let cluster = found.text("DBClusterIdentifier");
            let source = found.text("ReadReplicaSourceDBClusterIdentifier");
            if let Some(cluster) = cluster.or(source) {
                return self.of_cluster(cluster, None).await;
            }
            match found.text("ReadReplicaSourceDBInstanceIdentifier") {
                Some(source) => (id, host) = (source.to_owned(), None),
                None => return Ok(writer(&found, address, "Endpoint.Port")),
            }
        }
        Ok(None)
    }

    /// The writer of the cluster that has this identifier. If `host` is given, it must be the address of its writer or of its
    /// readers.
    async fn of_cluster(&self, id: &str, host: Option<&str>) -> Result<Option<Writer>, HookError> {
        let asked = ("DBClusterIdentifier", id);
        let found = self
            .api
            .ask("DescribeDBClusters", asked, "DBCluster")
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let (address, readers) = (found.text("Endpoint"), found.text("ReaderEndpoint"));
        let own = host.is_none_or(|host| same(address, host) || same(readers, host));
        Ok(writer(&found, address, "Port").filter(|_| own))
    }

    async fn of_custom(&self, id: &str, host: &str) -> Result<Option<Writer>, HookError> {
        let asked = ("DBClusterEndpointIdentifier", id);
        let action = "DescribeDBClusterEndpoints";
        // The list's members have the list's name.
        let found = self.api.ask(action, asked, "DBClusterEndpointList").await?;
        let found = found.filter(|found| same(found.text("Endpoint"), host));
        match found
            .as_ref()
            .and_then(|found| found.text("DBClusterIdentifier"))
        {
            Some(cluster) => self.of_cluster(cluster, None).await,
            None => Ok(None),
        }
    }

    async fn of_proxy(
        &self,
        action: &'static str,
        asked: (&str, &str),
        host: &str,
    ) -> Result<Option<Writer>, HookError> {
        let found = self.api.ask(action, asked, "member").await?;
        let found = found.filter(|found| same(found.text("Endpoint"), host));
        let Some(name) = found.as_ref().and_then(|found| found.text("DBProxyName")) else {
            return Ok(None);
        };
        let asked = ("DBProxyName", name);
        let target = self
            .api
            .ask("DescribeDBProxyTargets", asked, "member")
            .await?;
        let target = target.unwrap_or_default();
        let id = target.text("RdsResourceId");
        match (target.text("TrackedClusterId"), target.text("Type"), id) {
            (Some(cluster), _, _) | (None, Some("TRACKED_CLUSTER"), Some(cluster)) => {
                self.of_cluster(cluster, None).await
            }
            (None, _, Some(instance)) => self.of_instance(instance, None).await,
            _ => Ok(None),
        }
    }
}

fn writer(found: &Found, address: Option<&str>, port: &str) -> Option<Writer> {
    let master = found.text("MasterUserSecret.SecretArn");
    Some(Writer {
        host: address?.to_ascii_lowercase(),
        port: found.text(port)?.parse().ok()?,
        master_secret: master.map(ToOwned::to_owned),
    })
}

fn same(address: Option<&str>, host: &str) -> bool {
    address.is_some_and(|address| address.eq_ignore_ascii_case(host))
}
