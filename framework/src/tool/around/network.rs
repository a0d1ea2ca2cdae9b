//! The way from the function to Secrets Manager and to the target.

use super::{Around, Subject};
use crate::aws::around::Api;
use crate::aws::around::function::{Configuration, Vpc};
use crate::aws::around::network::{Endpoint, Group, Network, Route, Rule, Table, look};
use crate::aws::connect::Access;
use crate::error::StoreError;

/// The port of AWS's services.
const HTTPS: u16 = 443;
/// The variable by which our functions and AWS's templates are told another address of Secrets Manager.
const ADDRESS: &str = "SECRETS_MANAGER_ENDPOINT";

/// What EC2 says. `None` if the function is in no VPC of the account.
pub(super) async fn ask(
    access: &Access,
    subject: &Subject<'_>,
    configuration: &Configuration,
) -> Option<Result<Network, StoreError>> {
    let Vpc {
        vpc_id,
        subnet_ids,
        security_group_ids,
    } = &configuration.vpc_config;
    if subnet_ids.is_empty() {
        return None;
    }
    let api = Api::at(access, subject.function);
    Some(look(&api, vpc_id, security_group_ids).await)
}

impl Around {
    pub(super) fn network(
        &mut self,
        subject: &Subject<'_>,
        configuration: &Configuration,
        seen: Option<Result<Network, StoreError>>,
    ) {
        let Some(seen) = seen else { return };
        let vpc = &configuration.vpc_config;
        let Some(network) = self.learn("the way from the function to Secrets Manager", seen) else {
            return;
        };
        let told = configuration.environment.variables.get(ADDRESS);
        let told = told.filter(|address| !address.is_empty());
        match endpoint(&network, told.map(String::as_str)) {
            Some(endpoint) => {
                self.fact(
                    "Way",
                    format!("{}, an endpoint for Secrets Manager", endpoint.id),
                );
                self.endpoint(subject, vpc, &network, endpoint);
            }
            // Another address may be anywhere.
            None if told.is_some() => {}
            None => self.routes(subject, vpc, &network),
        }
        self.egress(vpc, &network, HTTPS, "Secrets Manager");
        match subject.port {
            Some(port) if port != HTTPS => self.egress(vpc, &network, port, "the target"),
            _ => {}
        }
    }

    /// Whether the endpoint's groups let the function in.
    fn endpoint(
        &mut self,
        subject: &Subject<'_>,
        vpc: &Vpc,
        network: &Network,
        endpoint: &Endpoint,
    ) {
        let groups = groups(network, &endpoint.groups);
        let from_function = |rule: &Rule| {
            let mut own = vpc.security_group_ids.iter();
            rule.groups.is_empty() || own.any(|group| rule.groups.contains(group))
        };
        let lets_in = |group: &&Group| {
            let mut rules = group.lets_in.iter();
            rules.any(|rule| rule.takes(HTTPS) && from_function(rule))
        };
        // If EC2 shows no group, nothing is known.
        if let Some(first) = groups.first()
            && !groups.iter().any(lets_in)
        {
            let from = vpc.security_group_ids.first();
            self.stop(
                &first.id,
                format!(
                    "this security group of the endpoint {} does not let the function of {} in at port {HTTPS}",
                    endpoint.id, vpc.vpc_id
                ),
                format!(
                    "Let it in: aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {HTTPS} --source-group {} --region {}",
                    first.id,
                    from.map_or("GROUP", String::as_str),
                    subject.home().region
                ),
            );
        }
    }

    /// Whether each subnet has a way to the Internet. A function has no public address: an Internet gateway alone is none
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html>).
    fn routes(&mut self, subject: &Subject<'_>, vpc: &Vpc, network: &Network) {
        let lost = vpc.subnet_ids.iter();
        let lost: Vec<&str> = lost
            .filter(|subnet| !leads_out(network, subnet))
            .map(String::as_str)
            .collect();
        if lost.is_empty() {
            return self.fact("Way", "a route to everywhere, as of a NAT gateway");
        }
        let unready = network.endpoints.first();
        let unready = unready.map_or_else(
            || "no endpoint for Secrets Manager".to_owned(),
            |endpoint| {
                format!(
                    "an endpoint for Secrets Manager that cannot be used ({}, {}, {})",
                    endpoint.id,
                    endpoint.state,
                    if endpoint.private_dns {
                        "with a private DNS name"
                    } else {
                        "without a private DNS name"
                    }
                )
            },
        );
        let region = subject.home().region;
        self.stop(
            &vpc.vpc_id,
            format!(
                "from this VPC the function does not reach Secrets Manager: the VPC has {unready}, and {} no route to a NAT gateway",
                match lost[..] {
                    [one] => format!("its subnet {one} has"),
                    _ => format!("its subnets {} have", lost.join(", ")),
                }
            ),
            format!(
                "Make an endpoint: aws ec2 create-vpc-endpoint --vpc-id {} --vpc-endpoint-type Interface --service-name com.amazonaws.{region}.secretsmanager --subnet-ids {} --security-group-ids GROUP --private-dns-enabled --region {region}",
                vpc.vpc_id,
                vpc.subnet_ids.join(" ")
            ),
        );
    }

    /// Whether one of the function's groups lets it out at this port.
    fn egress(&mut self, vpc: &Vpc, network: &Network, port: u16, to: &str) {
        let groups = groups(network, &vpc.security_group_ids);
        let lets_out = |group: &&Group| group.lets_out.iter().any(|rule| rule.takes(port));
        if let Some(first) = groups.first()
            && !groups.iter().any(lets_out)
        {
            self.stop(
                &first.id,
                format!("this security group of the function lets nothing out at port {port}, the port of {to}"),
                format!(
                    "Let it out: aws ec2 authorize-security-group-egress --group-id {} --ip-permissions IpProtocol=tcp,FromPort={port},ToPort={port},IpRanges='[{{CidrIp=ADDRESSES}}]'",
                    first.id
                ),
            );
        }
    }
}

/// The endpoint that the function uses: that which has the service's usual name, or that whose address it is told.
fn endpoint<'a>(network: &'a Network, told: Option<&str>) -> Option<&'a Endpoint> {
    let mut ready = network
        .endpoints
        .iter()
        .filter(|one| one.state == "available");
    ready.find(|one| match told {
        Some(address) => address.contains(&one.id),
        None => one.private_dns,
    })
}

fn groups<'a>(network: &'a Network, ids: &[String]) -> Vec<&'a Group> {
    let all = network.groups.iter();
    all.filter(|group| ids.contains(&group.id)).collect()
}

/// Whether a subnet has a route to everywhere that a function can use. If EC2 shows no table, nothing is known.
fn leads_out(network: &Network, subnet: &str) -> bool {
    let own = |table: &&Table| table.subnets.iter().any(|one| one == subnet);
    let main = || network.tables.iter().find(|table| table.main);
    let table = network.tables.iter().find(own).or_else(main);
    let usable = |route: &Route| !route.blackhole && !route.to.starts_with("igw-");
    table.is_none_or(|table| table.default_routes.iter().any(usable))
}
