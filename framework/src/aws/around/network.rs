//! The ways out of a VPC, as EC2 shows them.
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html>.

use futures_util::future::try_join;
use roxmltree::Node;

use super::xml::{is, list, text};
use super::{Api, EC2, Question};
use crate::error::StoreError;

const VERSION: &str = "2016-11-15";

/// What a function in a VPC has around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    /// The VPC's endpoints for Secrets Manager.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) tables: Vec<Table>,
    /// The groups of the function and of those endpoints.
    pub(crate) groups: Vec<Group>,
}

/// An interface endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) state: String,
    /// Whether the service's usual name leads to it.
    pub(crate) private_dns: bool,
    pub(crate) groups: Vec<String>,
}

/// A route table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Whether it is for the subnets that have none of their own.
    pub(crate) main: bool,
    pub(crate) subnets: Vec<String>,
    /// Where everything goes that has no other route.
    pub(crate) default_routes: Vec<Route>,
}

/// A route to everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Route {
    /// As in `nat-…`, `tgw-…` or `igw-…`.
    pub(crate) to: String,
    /// Whether what it leads to is gone.
    pub(crate) blackhole: bool,
}

/// A security group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) lets_in: Vec<Rule>,
    pub(crate) lets_out: Vec<Rule>,
}

/// What a security group lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    /// `-1` is every protocol.
    pub(crate) protocol: String,
    /// Without ports, it is for all.
    pub(crate) ports: Option<(u16, u16)>,
    /// The groups on the other side. If there are none, it is for addresses.
    pub(crate) groups: Vec<String>,
}

impl Rule {
    /// Whether TCP goes through at this port.
    pub(crate) fn takes(&self, port: u16) -> bool {
        let tcp = matches!(self.protocol.as_str(), "-1" | "tcp" | "6");
        let inside = |(from, to)| (from..=to).contains(&port);
        tcp && self.ports.is_none_or(inside)
    }
}

/// Asks for all of it.
pub(crate) async fn look(
    api: &Api<'_>,
    vpc: &str,
    groups: &[String],
) -> Result<Network, StoreError> {
    let (endpoints, tables) = try_join(endpoints(api, vpc), tables(api, vpc)).await?;
    let of_endpoints = endpoints.iter().flat_map(|endpoint| &endpoint.groups);
    let mut all: Vec<&String> = groups.iter().chain(of_endpoints).collect();
    all.sort_unstable();
    all.dedup();
    let groups = self::groups(api, &all).await?;
    Ok(Network {
        endpoints,
        tables,
        groups,
    })
}

async fn endpoints(api: &Api<'_>, vpc: &str) -> Result<Vec<Endpoint>, StoreError> {
    let endpoint = |item: Node<'_, '_>| {
        let groups = list(item, "groupSet").map(|group| text(group, "groupId"));
        Endpoint {
            id: text(item, "vpcEndpointId"),
            state: text(item, "state"),
            private_dns: is(item, "privateDnsEnabled"),
            groups: groups.collect(),
        }
    };
    let ours = |item: &Node<'_, '_>| {
        let name = text(*item, "serviceName");
        name.ends_with(".secretsmanager") || name.ends_with(".secretsmanager-fips")
    };
    let read = |root: Node<'_, '_>| {
        let items = list(root, "vpcEndpointSet").filter(ours);
        items.map(endpoint).collect()
    };
    let question = question("DescribeVpcEndpoints");
    api.query(&question, VERSION, &in_vpc(vpc), read).await
}

async fn tables(api: &Api<'_>, vpc: &str) -> Result<Vec<Table>, StoreError> {
    let read = |root: Node<'_, '_>| list(root, "routeTableSet").map(table).collect();
    let question = question("DescribeRouteTables");
    api.query(&question, VERSION, &in_vpc(vpc), read).await
}

fn table(item: Node<'_, '_>) -> Table {
    let associations = || list(item, "associationSet");
    let subnets = associations().map(|association| text(association, "subnetId"));
    let default = |route: &Node<'_, '_>| {
        text(*route, "destinationCidrBlock") == "0.0.0.0/0"
            || text(*route, "destinationIpv6CidrBlock") == "::/0"
    };
    Table {
        main: associations().any(|association| is(association, "main")),
        subnets: subnets.filter(|subnet| !subnet.is_empty()).collect(),
        default_routes: list(item, "routeSet").filter(default).map(route).collect(),
    }
}

fn route(item: Node<'_, '_>) -> Route {
    // All but destinations, state and origin say where it leads to.
    let targets = [
        "natGatewayId",
        "gatewayId",
        "transitGatewayId",
        "networkInterfaceId",
        "instanceId",
        "vpcPeeringConnectionId",
        "egressOnlyInternetGatewayId",
        "localGatewayId",
        "carrierGatewayId",
        "coreNetworkArn",
    ];
    let mut targets = targets.iter().map(|tag| text(item, tag));
    Route {
        to: targets
            .find(|target| !target.is_empty())
            .unwrap_or_default(),
        blackhole: text(item, "state") == "blackhole",
    }
}

async fn groups(api: &Api<'_>, ids: &[&String]) -> Result<Vec<Group>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let named = ids.iter().enumerate();
    let named = named.map(|(n, id)| (format!("GroupId.{}", n + 1), (*id).clone()));
    let named: Vec<_> = named.collect();
    let read = |root: Node<'_, '_>| list(root, "securityGroupInfo").map(group).collect();
    let question = question("DescribeSecurityGroups");
    api.query(&question, VERSION, &named, read).await
}

fn group(item: Node<'_, '_>) -> Group {
    Group {
        id: text(item, "groupId"),
        lets_in: list(item, "ipPermissions").map(rule).collect(),
        lets_out: list(item, "ipPermissionsEgress").map(rule).collect(),
    }
}

fn rule(item: Node<'_, '_>) -> Rule {
    let port = |tag| text(item, tag).parse().ok();
    let addresses = ["ipRanges", "ipv6Ranges", "prefixListIds"];
    let for_addresses = addresses.iter().any(|tag| list(item, tag).next().is_some());
    let groups = list(item, "groups").map(|group| text(group, "groupId"));
    Rule {
        protocol: text(item, "ipProtocol"),
        ports: port("fromPort").zip(port("toPort")),
        groups: match for_addresses {
            true => Vec::new(),
            false => groups.collect(),
        },
    }
}

fn in_vpc(vpc: &str) -> Vec<(String, String)> {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    vec![
        pair("Filter.1.Name", "vpc-id"),
        pair("Filter.1.Value.1", vpc),
    ]
}

fn question(operation: &'static str) -> Question<'static> {
    Question {
        service: &EC2,
        operation,
        resource: "*",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As EC2's API reference shows route tables and groups.
    #[test]
    fn routes_and_rules() {
        let xml = r#"<r xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><routeTableSet><item><routeSet>
            <item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId><state>active</state></item>
            <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><natGatewayId>nat-1</natGatewayId><state>blackhole</state></item>
            </routeSet><associationSet><item><main>true</main></item><item><subnetId>subnet-1</subnetId><main>false</main></item>
            </associationSet></item></routeTableSet>
            <securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort>
            <toPort>443</toPort><groups><item><groupId>sg-2</groupId></item></groups><ipRanges/></item></ipPermissions>
            <ipPermissionsEgress><item><ipProtocol>-1</ipProtocol><groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item>
            </ipPermissionsEgress></item></securityGroupInfo></r>"#;
        let document = roxmltree::Document::parse(xml).expect("XML");
        let root = document.root_element();
        let table = list(root, "routeTableSet").map(table).next().expect("one");
        assert!(table.main && table.subnets == ["subnet-1"], "{table:?}");
        let route = Route {
            to: "nat-1".into(),
            blackhole: true,
        };
        assert_eq!(table.default_routes, [route]);
        let group = list(root, "securityGroupInfo").map(group).next();
        let group = group.expect("one");
        assert_eq!(group.lets_in[0].groups, ["sg-2"]);
        assert!(group.lets_in[0].takes(443) && !group.lets_in[0].takes(22));
        assert!(group.lets_out[0].takes(22) && group.lets_out[0].groups.is_empty());
    }
}
