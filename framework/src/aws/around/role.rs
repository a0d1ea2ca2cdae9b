//! What a role may do, as IAM simulates it.
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>.

use roxmltree::Node;

use super::xml::{child, list, text, texts};
use super::{Api, IAM, Question};
use crate::error::StoreError;

/// What is asked: whether a role may do these actions on one resource. With one resource, each action has one answer.
pub(crate) struct Asked<'a> {
    pub(crate) actions: &'a [&'a str],
    pub(crate) resource: &'a str,
    /// Keys of conditions, with the values that they have when the function calls.
    pub(crate) context: &'a [(String, String)],
}

/// What IAM says of one action. It does not know the policies of resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) action: String,
    /// `allowed`, `implicitDeny` or `explicitDeny`.
    pub(crate) decision: String,
    /// Keys of conditions that were needed, and not told.
    pub(crate) missing: Vec<String>,
    /// Whether the role's permissions boundary is what keeps it from the action.
    pub(crate) by_boundary: bool,
    /// Whether a policy of the organization is what keeps it from the action.
    pub(crate) by_organization: bool,
}

/// An answer for each action.
pub(crate) async fn simulate(
    api: &Api<'_>,
    role: &str,
    asked: &Asked<'_>,
) -> Result<Vec<Answered>, StoreError> {
    let question = Question {
        service: &IAM,
        operation: "SimulatePrincipalPolicy",
        resource: role,
    };
    let mut parameters = vec![
        ("PolicySourceArn".to_owned(), role.to_owned()),
        (
            "ResourceArns.member.1".to_owned(),
            asked.resource.to_owned(),
        ),
    ];
    for (n, action) in asked.actions.iter().enumerate() {
        parameters.push((
            format!("ActionNames.member.{}", n + 1),
            (*action).to_owned(),
        ));
    }
    for (n, (key, value)) in asked.context.iter().enumerate() {
        let name = |part: &str| format!("ContextEntries.member.{}.{part}", n + 1);
        parameters.push((name("ContextKeyName"), key.clone()));
        parameters.push((name("ContextKeyType"), "string".to_owned()));
        parameters.push((name("ContextKeyValues.member.1"), value.clone()));
    }
    api.query(&question, "2010-05-08", &parameters, answers)
        .await
}

fn answers(root: Node<'_, '_>) -> Vec<Answered> {
    let result = child(root, "SimulatePrincipalPolicyResult");
    let members = result.into_iter();
    let members = members.flat_map(|result| list(result, "EvaluationResults"));
    members.map(answer).collect()
}

fn answer(member: Node<'_, '_>) -> Answered {
    let forbids = |detail, says| {
        let detail = child(member, detail);
        detail.is_some_and(|detail| text(detail, says) == "false")
    };
    Answered {
        action: text(member, "EvalActionName"),
        decision: text(member, "EvalDecision"),
        missing: texts(member, "MissingContextValues"),
        by_boundary: forbids(
            "PermissionsBoundaryDecisionDetail",
            "AllowedByPermissionsBoundary",
        ),
        by_organization: forbids("OrganizationsDecisionDetail", "AllowedByOrganizations"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As IAM's API reference shows an answer, with what a boundary and an organization add.
    #[test]
    fn what_an_answer_says() {
        let xml = r#"<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
            <SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults>
            <member><MatchedStatements><member><SourcePolicyId>P</SourcePolicyId></member></MatchedStatements>
            <MissingContextValues/><EvalResourceName>arn:x</EvalResourceName><EvalDecision>allowed</EvalDecision>
            <EvalActionName>kms:Decrypt</EvalActionName></member>
            <member><MatchedStatements/><MissingContextValues><member>aws:SourceVpc</member></MissingContextValues>
            <EvalDecision>implicitDeny</EvalDecision><EvalActionName>kms:GenerateDataKey</EvalActionName>
            <PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>
            <OrganizationsDecisionDetail><AllowedByOrganizations>true</AllowedByOrganizations></OrganizationsDecisionDetail></member>
            </EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"#;
        let document = roxmltree::Document::parse(xml).expect("XML");
        let found = answers(document.root_element());
        let allowed = Answered {
            action: "kms:Decrypt".into(),
            decision: "allowed".into(),
            ..Answered::default()
        };
        let refused = Answered {
            action: "kms:GenerateDataKey".into(),
            decision: "implicitDeny".into(),
            missing: vec!["aws:SourceVpc".into()],
            by_boundary: true,
            by_organization: false,
        };
        assert_eq!(found, [allowed, refused]);
    }
}
