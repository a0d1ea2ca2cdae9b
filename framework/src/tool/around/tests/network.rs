//! Ways out of a VPC.

use super::subject;
use crate::aws::around::function::Configuration;
use crate::aws::around::network::{Endpoint, Group, Network, Route, Rule, Table};
use crate::tool::around::{Around, Fault};

/// A function in a subnet of its own table. The groups let everything through.
fn network(route: &str, blackhole: bool) -> (Configuration, Network) {
    let open = Rule {
        protocol: "-1".into(),
        ..Rule::default()
    };
    let group = |id: &str| Group {
        id: id.into(),
        lets_in: vec![open.clone()],
        lets_out: vec![open.clone()],
    };
    let table = |subnets: &[&str], main, to: &str| Table {
        main,
        subnets: subnets.iter().map(ToString::to_string).collect(),
        default_routes: vec![Route {
            to: to.into(),
            blackhole,
        }],
    };
    let mut configuration = Configuration::default();
    configuration.vpc_config.vpc_id = "vpc-1".into();
    configuration.vpc_config.subnet_ids = vec!["subnet-1".into()];
    configuration.vpc_config.security_group_ids = vec!["sg-1".into()];
    let network = Network {
        endpoints: Vec::new(),
        tables: vec![
            table(&[], true, "nat-0"),
            table(&["subnet-1"], false, route),
        ],
        groups: vec![group("sg-1"), group("sg-2")],
    };
    (configuration, network)
}

fn says((configuration, network): (Configuration, Network)) -> Vec<String> {
    let mut around = Around::default();
    around.network(&subject(), &configuration, Some(Ok(network)));
    around.faults.iter().map(Fault::line).collect()
}

#[test]
fn ways_out_of_a_vpc() {
    for (route, blackhole, reached) in [
        ("nat-1", false, true),
        ("tgw-1", false, true),
        ("igw-1", false, false),
        ("nat-1", true, false),
    ] {
        let said = says(network(route, blackhole));
        assert_eq!(said.is_empty(), reached, "{route}: {said:?}");
    }
    let endpoint = |private_dns| Endpoint {
        id: "vpce-1".into(),
        state: "available".into(),
        private_dns,
        groups: vec!["sg-2".into()],
    };
    let with = |private_dns| {
        let (configuration, mut network) = network("igw-1", false);
        network.endpoints.push(endpoint(private_dns));
        (configuration, network)
    };
    assert!(says(with(true)).is_empty());
    assert!(says(with(false))[0].contains("vpce-1, available, without a private DNS name"));
    // Without a name of its own, it is used by functions that are told its address.
    let (mut told, network) = with(false);
    let address = "https://vpce-1-abc.secretsmanager.eu-central-1.vpce.amazonaws.com";
    told.environment
        .variables
        .insert("SECRETS_MANAGER_ENDPOINT".into(), address.into());
    assert!(says((told, network)).is_empty());
}

#[test]
fn groups_that_let_nothing_through() {
    let (configuration, mut shut) = network("nat-1", false);
    shut.groups[0].lets_out = vec![Rule {
        protocol: "tcp".into(),
        ports: Some((443, 443)),
        ..Rule::default()
    }];
    let said = says((configuration, shut));
    assert!(
        said.len() == 1
            && said[0].starts_with(
                "sg-1: this security group of the function lets nothing out at port 5432"
            ),
        "{said:?}"
    );
    let (configuration, mut shut) = network("nat-1", false);
    shut.groups[0].lets_out = Vec::new();
    assert_eq!(says((configuration, shut)).len(), 2);
}
