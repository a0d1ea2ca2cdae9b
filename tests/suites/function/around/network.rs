//! The way from a function in a VPC.

use rotation_tests::around::{Vpc, element};
use serde_json::{Value, json};

use super::{Scene, start};

/// A function in this VPC.
pub(super) fn inside(vpc: &Vpc, group: &str) -> Value {
    json!({"VpcConfig": {"SubnetIds": [vpc.subnet], "SecurityGroupIds": [group]}})
}

#[tokio::test]
async fn the_network() {
    let Some((lab, around)) = start().await else {
        return;
    };
    let vpc = around.vpc();
    let scene = Scene::new(&lab, &around, "shut-in", &inside(&vpc, &vpc.group));
    scene
        .finds(
            &vpc.id,
            true,
            &[
                "no endpoint for Secrets Manager",
                &vpc.subnet,
                "create-vpc-endpoint",
                "com.amazonaws.us-east-1.secretsmanager",
            ],
        )
        .await;

    let gate = around.group(&vpc.id, "gate");
    let endpoint = |private: &str| {
        let asked = [
            ("VpcId", vpc.id.as_str()),
            ("VpcEndpointType", "Interface"),
            ("ServiceName", "com.amazonaws.us-east-1.secretsmanager"),
            ("SubnetId.1", &vpc.subnet),
            ("SecurityGroupId.1", &gate),
            ("PrivateDnsEnabled", private),
        ];
        element(&around.ec2("CreateVpcEndpoint", &asked), "vpcEndpointId")
    };
    let unnamed = endpoint("false");
    scene
        .finds(&vpc.id, true, &["without a private DNS name", &unnamed])
        .await;
    endpoint("true");
    scene
        .finds(
            &gate,
            true,
            &["does not let the function", "port 443", "--source-group"],
        )
        .await;
    around.ec2(
        "AuthorizeSecurityGroupIngress",
        &[
            ("GroupId", &gate),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "443"),
            ("IpPermissions.1.ToPort", "443"),
            ("IpPermissions.1.Groups.1.GroupId", &vpc.group),
        ],
    );
    assert_eq!(scene.json().await["faults"], json!([]));

    around.ec2(
        "RevokeSecurityGroupEgress",
        &[
            ("GroupId", &vpc.group),
            ("IpPermissions.1.IpProtocol", "-1"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ],
    );
    around.ec2(
        "AuthorizeSecurityGroupEgress",
        &[
            ("GroupId", &vpc.group),
            ("IpPermissions.1.IpProtocol", "tcp"),
            ("IpPermissions.1.FromPort", "443"),
            ("IpPermissions.1.ToPort", "443"),
            ("IpPermissions.1.IpRanges.1.CidrIp", "0.0.0.0/0"),
        ],
    );
    let port: Value =
        serde_json::from_str(&lab.aws.value(&lab.arn, "AWSCURRENT").expect("a value"))
            .expect("JSON");
    let port = format!(
        "lets nothing out at port {}, the port of the target",
        port["port"]
    );
    scene
        .finds(
            &vpc.group,
            true,
            &[&port, "authorize-security-group-egress"],
        )
        .await;

    let other = around.vpc();
    let scene = Scene::new(&lab, &around, "by-nat", &inside(&other, &other.group));
    let table = element(
        &around.ec2(
            "DescribeRouteTables",
            &[("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", &other.id)],
        ),
        "routeTableId",
    );
    let gateway = element(
        &around.ec2("CreateInternetGateway", &[]),
        "internetGatewayId",
    );
    around.ec2(
        "AttachInternetGateway",
        &[("VpcId", &other.id), ("InternetGatewayId", &gateway)],
    );
    let everywhere = [
        ("RouteTableId", table.as_str()),
        ("DestinationCidrBlock", "0.0.0.0/0"),
    ];
    around.ec2(
        "CreateRoute",
        &[&everywhere[..], &[("GatewayId", &gateway)]].concat(),
    );
    scene
        .finds(&other.id, true, &["no route to a NAT gateway"])
        .await;
    around.ec2("DeleteRoute", &everywhere);
    let nat = element(
        &around.ec2(
            "CreateNatGateway",
            &[("SubnetId", &other.subnet), ("ConnectivityType", "private")],
        ),
        "natGatewayId",
    );
    around.ec2(
        "CreateRoute",
        &[&everywhere[..], &[("NatGatewayId", &nat)]].concat(),
    );
    assert_eq!(scene.json().await["faults"], json!([]));
}
