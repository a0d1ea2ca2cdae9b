//! What an account may do, in a form that can be compared with another's.

use super::{MysqlServer, Product, quoted};

/// What the server keeps beside the grants.
const ACCOUNT: &str = "CONCAT_WS(' ', 'TLS and limits', ssl_type, ssl_cipher, x509_issuer, x509_subject, max_questions, \
                       max_updates, max_connections, max_user_connections)";

impl MysqlServer {
    /// Grants, default roles, TLS and limits of a user, as the server shows them: without its password, and with the
    /// name of the first of two users for either of them.
    async fn rights(&self, user: &str) -> Vec<String> {
        let mut rows = self
            .ask(&format!("SHOW GRANTS FOR {}@'%'", quoted(user)))
            .await;
        let whose = format!("WHERE user = {} AND host = '%'", quoted(user));
        let account = format!("SELECT {ACCOUNT} FROM mysql.user {whose}");
        rows.extend(self.ask(&account).await);
        if self.product() == Product::Mysql {
            let role = "SELECT CONCAT('DEFAULT ROLE ', default_role_user) FROM mysql.default_roles";
            rows.extend(self.ask(&format!("{role} {whose}")).await);
        }
        let original = user.strip_suffix("_clone").unwrap_or(user);
        for row in &mut rows {
            *row = row.replace(&format!("`{user}`@"), &format!("`{original}`@"));
            if let Some((before, after)) = row.split_once(" IDENTIFIED ") {
                let kept = [" REQUIRE ", " WITH "].map(|word| after.find(word));
                let kept = kept.into_iter().flatten().min().unwrap_or(after.len());
                *row = format!("{before}{}", &after[kept..]);
            }
        }
        rows.sort();
        rows
    }

    /// A user and its second one may do the same.
    ///
    /// # Panics
    /// If they may not.
    pub async fn same_rights(&self, user: &str, what: &str) {
        let clone = self.rights(&format!("{user}_clone")).await;
        assert_eq!(self.rights(user).await, clone, "{what}");
    }
}
