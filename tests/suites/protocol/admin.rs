//! An admin's secret where the target's kind needs none.

use rotation::testing::world::Subject;

const ADMIN: &str = "arn:aws:secretsmanager:us-east-1:012345678912:secret:admin-AbCdEf";

/// The toy's account, with an admin even if its kind needs none.
pub(crate) fn with_admin(subject: Subject) -> Subject {
    if subject.admin.is_some() {
        return subject;
    }
    let end = format!(",\"masterarn\":\"{ADMIN}\"}}");
    Subject {
        secret: subject.secret.replace('}', &end),
        admin: Some((ADMIN.into(), "{\"password\":\"admin-password\"}".into())),
    }
}
