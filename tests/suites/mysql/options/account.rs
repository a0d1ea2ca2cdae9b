//! One account, by chance.

use rotation_tests::mysql::Product;

use crate::two_users::property::random::Random;

/// `{name}` is the user's.
pub(super) struct Account {
    /// As statements name it.
    pub(super) name: String,
    pub(super) password: &'static str,
    pub(super) statements: Vec<String>,
}

const PASSWORD: &str = "Some-password-1";
/// The tests' logins come from 127.0.0.1 or ::1.
const HOSTS: [&str; 3] = ["%", "%", "%1"];
const REQUIREMENTS: [&str; 6] = [
    "NONE",
    "SSL",
    "X509",
    "ISSUER '/CN=x'",
    "SUBJECT '/C=y'",
    "CIPHER 'TLS_AES_256_GCM_SHA384'",
];
const LIMITS: [&str; 4] = [
    "MAX_QUERIES_PER_HOUR",
    "MAX_UPDATES_PER_HOUR",
    "MAX_CONNECTIONS_PER_HOUR",
    "MAX_USER_CONNECTIONS",
];

impl Account {
    pub(super) fn random(random: &mut Random, product: Product) -> Self {
        let host = random.one_of(&HOSTS);
        let name = format!("'{{name}}'@'{host}'");
        let password = match random.chance(5) {
            true => "it's \\ a \"pass\u{e9}\" %",
            false => PASSWORD,
        };
        let text = rotation_tests::mysql::quoted(password);
        let mut options = vec![identified(random, product, &text)];
        if random.chance(40) {
            options.push(format!("REQUIRE {}", random.one_of(&REQUIREMENTS)));
        }
        options.extend(limits(random, product));
        let mut ages: Vec<String> = match product {
            Product::Mysql => policies(random),
            Product::Mariadb => expiries(random).into_iter().collect(),
        };
        if product == Product::Mysql {
            options.append(&mut ages);
        }
        if random.chance(20) {
            options.push(
                random
                    .one_of(&["ACCOUNT LOCK", "ACCOUNT UNLOCK", "ACCOUNT UNLOCK"])
                    .into(),
            );
        }
        options.append(&mut ages);
        if product == Product::Mysql && random.chance(20) {
            let said = ["COMMENT 'it''s'", "ATTRIBUTE '{\"a\": [1]}'"];
            options.push(random.one_of(&said).into());
        }
        let mut statements = vec![format!("CREATE USER {name} {}", options.join(" "))];
        statements.extend(more(random, product, &name));
        Self {
            name,
            password,
            statements,
        }
    }
}

fn identified(random: &mut Random, product: Product, password: &str) -> String {
    let native = format!("mysql_native_password USING PASSWORD({password})");
    match (product, random.below(8)) {
        (Product::Mysql, 0) => format!("IDENTIFIED WITH sha256_password BY {password}"),
        (Product::Mysql, 1) => format!("IDENTIFIED WITH caching_sha2_password BY {password}"),
        (Product::Mariadb, 0) => format!("IDENTIFIED VIA {native} OR unix_socket"),
        (Product::Mariadb, 1) => format!("IDENTIFIED VIA unix_socket OR {native}"),
        (Product::Mariadb, 2) => {
            format!("IDENTIFIED VIA {native} OR mysql_native_password USING PASSWORD('Other-1')")
        }
        (Product::Mariadb, 3) => {
            format!("IDENTIFIED VIA mysql_native_password USING PASSWORD('Other-1') OR {native}")
        }
        _ => format!("IDENTIFIED BY {password}"),
    }
}

fn limits(random: &mut Random, product: Product) -> Vec<String> {
    if !random.chance(30) {
        return Vec::new();
    }
    let mut all = vec!["WITH".to_owned()];
    for limit in random.some_of(&LIMITS) {
        all.push(format!(
            "{limit} {}",
            random.one_of(&["0", "1", "2", "5", "700"])
        ));
    }
    if product == Product::Mariadb && random.chance(20) {
        all.push(format!(
            "MAX_STATEMENT_TIME {}",
            random.one_of(&["0", "0.5", "30"])
        ));
    }
    all
}

fn expiries(random: &mut Random) -> Option<String> {
    let all = [
        "PASSWORD EXPIRE",
        "PASSWORD EXPIRE DEFAULT",
        "PASSWORD EXPIRE NEVER",
        "PASSWORD EXPIRE INTERVAL 9 DAY",
    ];
    random.chance(25).then(|| random.one_of(&all).to_owned())
}

fn policies(random: &mut Random) -> Vec<String> {
    let kinds: [&[&str]; 5] = [
        &[
            "PASSWORD HISTORY DEFAULT",
            "PASSWORD HISTORY 1",
            "PASSWORD HISTORY 6",
        ],
        &[
            "PASSWORD REUSE INTERVAL DEFAULT",
            "PASSWORD REUSE INTERVAL 90 DAY",
        ],
        &[
            "PASSWORD REQUIRE CURRENT",
            "PASSWORD REQUIRE CURRENT OPTIONAL",
            "PASSWORD REQUIRE CURRENT DEFAULT",
        ],
        &["FAILED_LOGIN_ATTEMPTS 1", "FAILED_LOGIN_ATTEMPTS 3"],
        &["PASSWORD_LOCK_TIME 1", "PASSWORD_LOCK_TIME UNBOUNDED"],
    ];
    let mut all: Vec<String> = expiries(random).into_iter().collect();
    for kind in kinds {
        if random.chance(25) {
            all.push(random.one_of(kind).to_owned());
        }
    }
    all
}

/// What is done to it afterwards.
fn more(random: &mut Random, product: Product, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    if random.chance(10) {
        all.push("CREATE USER '{name}'@'10.%' IDENTIFIED BY 'Elsewhere-1'".to_owned());
    }
    // AWSCURRENT's is then the second.
    if product == Product::Mysql && random.chance(10) {
        let other = "IDENTIFIED BY 'Later-1' RETAIN CURRENT PASSWORD";
        all.push(format!("ALTER USER {name} {other}"));
    }
    if random.chance(15) {
        all.push(format!("GRANT SELECT ON mysql.user TO {name}"));
    }
    if random.chance(10) {
        all.push("CREATE USER '{name}_clone'@'%' IDENTIFIED BY 'Somebodys-1'".to_owned());
    }
    all
}
