//! deploy/examples/team-access.yaml, asked request by request: a team has its own secrets, and no others.

use rotation_tests::deploy::policy::{Decision, Request, decide};
use rotation_tests::deploy::statements;
use serde_json::{Value, json};

use super::examples::{TEAMS, made};
use super::{FUNCTION, SECRET};

/// By one of the team red.
fn red(action: &str, resource: &str) -> Request {
    Request::new(action, resource).with("aws:PrincipalTag/Team", "red")
}

/// The same, on a secret.
fn request(action: &str, name: &str) -> Request {
    let secret = format!("{SECRET}:{name}-AbCdEf");
    red(&format!("secretsmanager:{action}"), &secret)
}

/// On one that has the tag.
fn of(team: &str, action: &str, name: &str) -> Request {
    request(action, name).with("aws:ResourceTag/Team", team)
}

/// With tags that are to be set.
fn tagging(request: Request, team: &str) -> Request {
    request
        .with("aws:RequestTag/Team", team)
        .with_all("aws:TagKeys", &["Team"])
}

struct Policies {
    access: Vec<Value>,
    boundary: Vec<Value>,
}

impl Policies {
    fn new() -> Option<Self> {
        let stack = made(TEAMS)?;
        let of = |name: &str| {
            let policy = stack.resource(name)["Properties"]["PolicyDocument"].clone();
            statements(&policy)
        };
        Some(Self {
            access: of("Access"),
            boundary: of("Boundary"),
        })
    }

    /// Whether a role may that has the example's policy and boundary, and no other.
    fn allow(&self, request: &Request) -> bool {
        self.bound(&self.access, request)
    }

    /// Whether one may that is allowed everything, but has the boundary.
    fn allow_mighty(&self, request: &Request) -> bool {
        let all = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        self.bound(&[all], request)
    }

    fn bound(&self, policy: &[Value], request: &Request) -> bool {
        let all = [policy, &self.boundary].into_iter();
        all.map(|policy| decide(policy, request))
            .all(|decision| decision == Decision::Allowed)
    }
}

#[test]
fn a_team_reads_rotates_and_makes_its_own() {
    let Some(policies) = Policies::new() else {
        return;
    };
    for allowed in [
        of("red", "GetSecretValue", "red/db"),
        of("red", "DescribeSecret", "red/db"),
        of("red", "PutSecretValue", "red/db"),
        of("red", "RotateSecret", "red/db"),
        // Of another name, but given to it by somebody.
        of("red", "GetSecretValue", "db"),
        red("lambda:InvokeFunction", FUNCTION),
        tagging(request("CreateSecret", "red/db"), "red"),
        // What CreateSecret with tags asks for beside: whether AWS says of the new secret that it has the tags or has none.
        tagging(request("TagResource", "red/db"), "red"),
        tagging(of("red", "TagResource", "red/db"), "red"),
    ] {
        assert!(policies.allow(&allowed), "{allowed:?}");
        assert!(policies.allow_mighty(&allowed), "{allowed:?}");
    }
}

/// Whatever else the role is allowed.
#[test]
fn it_does_not_reach_another_teams_or_give_its_own_away() {
    let Some(policies) = Policies::new() else {
        return;
    };
    let untag = |key: &str| of("red", "UntagResource", "red/db").with_all("aws:TagKeys", &[key]);
    for not in [
        of("blue", "GetSecretValue", "blue/db"),
        of("blue", "GetSecretValue", "red/db"),
        of("blue", "RotateSecret", "blue/db"),
        of("blue", "DeleteSecret", "blue/db"),
        of("blue", "PutResourcePolicy", "blue/db"),
        request("GetSecretValue", "red/db"),
        // Without the tag, with another's, with an empty one, and under a name that is not its own.
        request("CreateSecret", "red/db"),
        tagging(request("CreateSecret", "red/db"), "blue"),
        tagging(request("CreateSecret", "red/db"), ""),
        tagging(request("CreateSecret", "blue/db"), "red"),
        tagging(request("CreateSecret", "db"), "red"),
        // To another team, from another team, and what has no tag yet.
        tagging(of("red", "TagResource", "red/db"), "blue"),
        tagging(of("blue", "TagResource", "blue/db"), "red"),
        tagging(of("blue", "TagResource", "red/db"), "red"),
        tagging(request("TagResource", "legacy"), "red"),
        untag("Team"),
        untag("team"),
    ] {
        let without_boundary = decide(&policies.access, &not);
        assert_eq!(without_boundary, Decision::NotAllowed, "{not:?}");
        assert!(!policies.allow_mighty(&not), "{not:?}");
    }
}

/// Tags `rotation:…` are the policy of a rotation.
#[test]
fn a_team_does_not_say_how_its_secrets_are_rotated() {
    let Some(policies) = Policies::new() else {
        return;
    };
    let with = |action: &str, keys: &[&str]| {
        of("red", action, "red/db")
            .with("aws:RequestTag/Team", "red")
            .with_all("aws:TagKeys", keys)
    };
    for (action, keys, allowed) in [
        ("TagResource", &["cost"][..], true),
        ("TagResource", &["rotation:token-life"], false),
        ("TagResource", &["cost", "rotation:password-length"], false),
        ("UntagResource", &["cost"], true),
        ("UntagResource", &["rotation:password-length"], false),
        ("CreateSecret", &["Team"], true),
        ("CreateSecret", &["Team", "rotation:ssh-key-type"], false),
    ] {
        let request = with(action, keys);
        assert_eq!(
            policies.allow_mighty(&request),
            allowed,
            "{action} {keys:?}"
        );
        assert!(allowed || !policies.allow(&request), "{action} {keys:?}");
    }
}

#[test]
fn nobody_becomes_another_team() {
    let Some(policies) = Policies::new() else {
        return;
    };
    let role = "arn:aws:iam::111122223333:role/red";
    for action in [
        "iam:TagRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:CreateRole",
        "iam:PassRole",
    ] {
        assert!(!policies.allow_mighty(&red(action, role)), "{action}");
    }
    let session = red("sts:TagSession", role);
    assert!(!policies.allow_mighty(&tagging(session.clone(), "blue")));
    assert!(policies.allow_mighty(&tagging(session, "red")));
    // A role without the tag is of no team, and not of that of secrets without one.
    let secret = format!("{SECRET}:db-AbCdEf");
    let nobody = Request::new("secretsmanager:GetSecretValue", &secret);
    assert!(!policies.allow_mighty(&nobody));
    let nobody = nobody.with("aws:ResourceTag/Team", "");
    assert!(!policies.allow_mighty(&nobody));
    let nobody = Request::new("secretsmanager:GetRandomPassword", "*");
    assert!(!policies.allow_mighty(&nobody));
    let nobody = Request::new("sts:TagSession", role).with("aws:RequestTag/Cost", "7");
    assert!(!policies.allow_mighty(&nobody));
}

/// The boundary is about secrets: other tags of one's own, and other services, stay as they were.
#[test]
fn nothing_else_is_in_the_way() {
    let Some(policies) = Policies::new() else {
        return;
    };
    let cost = |action| of("red", action, "red/db").with_all("aws:TagKeys", &["Cost"]);
    for request in [
        cost("TagResource").with("aws:RequestTag/Cost", "7"),
        cost("UntagResource"),
        of("red", "DeleteSecret", "red/db"),
        red("s3:GetObject", "arn:aws:s3:::bucket/x"),
        red("secretsmanager:ListSecrets", "*"),
        Request::new("iam:GetRole", "arn:aws:iam::111122223333:role/red"),
    ] {
        assert!(policies.allow_mighty(&request), "{request:?}");
    }
}
