//! PostgreSQL; MySQL, or MariaDB in its place.

use rotation_kit::aws::LocalAws;
use rotation_kit::lambda::Function;
use rotation_tests::lab::{Lab, Target};
use rotation_tests::mysql::{MysqlServer, Product};

use crate::hand;
use crate::show::{Old, Shown, heading, introduce, rotation};

impl<T: Target> Shown for Lab<T> {
    const WHAT: &'static str = "user";

    fn aws(&self) -> &LocalAws {
        &self.aws
    }

    fn function(&self) -> &Function {
        &self.function
    }

    fn arn(&self) -> &str {
        &self.arn
    }

    fn what(&self, label: &str) -> String {
        self.field(label, "username")
    }

    async fn accepts(&self, label: &str) -> bool {
        self.accepts(label).await
    }
}

pub(crate) async fn postgres(keep: bool) -> bool {
    heading("One user, who changes the own password: the old one ends as the new one is set");
    let lab = Lab::one_user(&[]).await;
    let target = format!("PostgreSQL on localhost:{}", lab.server.port());
    introduce(&lab, &target);
    let mut good = rotation(&lab, Old::Refused).await;
    good &= rotation(&lab, Old::Refused).await;
    good &= two_users(lab.server).await;
    if keep {
        let login = format!(
            "PGPASSWORD=\"$(field password)\" psql \"host=localhost port={} user=$(field username) dbname=postgres sslmode=require\"",
            lab.server.port()
        );
        hand::over(&lab, &[&login]).await;
    }
    good
}

pub(crate) async fn mysql(keep: bool) -> bool {
    let product = if Product::Mysql.is_there() {
        Product::Mysql
    } else {
        Product::Mariadb
    };
    let server = MysqlServer::shared(product).await;
    heading("One user with two passwords: the old one is accepted until the next rotation");
    let dual = [("ROTATION_STRATEGY", "dual-password")];
    let lab = Lab::on(server, "app", true, &dual).await;
    let target = format!("{product:?} on localhost:{}", server.port());
    introduce(&lab, &target);
    let mut good = rotation(&lab, Old::Accepted).await;
    good &= rotation(&lab, Old::Accepted).await;
    good &= two_users(server).await;
    if keep {
        let login = format!(
            "MYSQL_PWD=\"$(field password)\" mariadb --ssl --host=127.0.0.1 --port={} --user=\"$(field username)\"",
            server.port()
        );
        hand::over(&lab, &[&login]).await;
    }
    good
}

async fn two_users<T: Target>(server: &'static T) -> bool {
    heading("Two users who take turns: whoever still has the old password is not cut off");
    let lab = Lab::on(server, "app", true, &[]).await;
    println!("secret    {}", lab.arn);
    println!("          its masterarn names the secret of an administrator, who may create users");
    rotation(&lab, Old::Accepted).await
}
