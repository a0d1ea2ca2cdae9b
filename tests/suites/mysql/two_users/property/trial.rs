//! One case: a user with grants of chance, rotated; changed by chance, and rotated again.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use mysql_async::Conn;
use rotation::error::RotationError;
use rotation::testing::world::{Subject, World};
use rotation_tests::mysql::{MysqlServer, quoted};

use super::super::users;
use super::grants::{Right, right, setting};
use super::place::{Place, longest_user};
use super::random::Random;
use super::rights;
use super::statements::{Count, PASSWORD};
use crate::harness::{ADMIN, Users};

/// The tests' logins come from 127.0.0.1 or ::1.
const HOSTS: [&str; 4] = ["%", "%1", "%_1", "_%"];
const WEAK: &str = "'weak'@'%'";
const ROTATED: &str = "-- rotated";
const SUFFIX: &str = "_clone";
/// Refusals that the README has.
const REFUSALS: [&str; 3] = [
    "cannot copy grant: ",
    "does not exist at ",
    "exists with several hosts",
];
pub(super) struct Trial<'a> {
    pub(super) users: Users<'a>,
    place: &'a Place,
    /// By an administrator who has next to nothing.
    weak: bool,
    seed: u64,
    random: Random,
    host: &'static str,
    /// The user, and the second one.
    pub(super) pair: [String; 2],
    rights: Vec<Right>,
    /// What was done, to be shown.
    pub(super) done: Vec<String>,
    pub(super) count: Count,
}

/// The statements that a refusal names; whatever there is, if a message has no room for all.
fn permits(error: &RotationError) -> Option<Vec<String>> {
    let text = error.to_string();
    // The server's own words, about an account that has this.
    if text.contains("the SYSTEM_USER privilege(s)") {
        return Some(vec![format!("GRANT SYSTEM_USER ON *.* TO {WEAK}")]);
    }
    let (_, named) = text.split_once(" may not pass on all that ")?;
    let (_, named) = named.split_once(" has: GRANT ")?;
    if named.ends_with('…') || named.ends_with(" more") {
        return Some(vec![
            format!("GRANT ALL ON *.* TO {WEAK} WITH GRANT OPTION"),
            format!("GRANT PROXY ON ''@'' TO {WEAK} WITH GRANT OPTION"),
        ]);
    }
    // No name has a backslash and such a letter.
    let each = named.split("; GRANT ");
    let each = each.map(|one| format!("GRANT {one}").replace("\\n", "\n"));
    Some(each.collect())
}

/// Of a login's name, both servers take away quotes at its ends. Of names that differ after their first 128 bytes, MariaDB
/// takes one for the other when it revokes routines' privileges (seen on 10.11).
fn usable(name: &str) -> bool {
    let quoted = name.starts_with('\'') && name.ends_with('\'');
    !quoted && name.len() <= 128
}

impl<'a> Trial<'a> {
    pub(super) fn new(server: &'a MysqlServer, place: &'a Place, seed: u64) -> Self {
        // The place has the small numbers.
        let mut random = Random::new(seed.rotate_left(32) + 1);
        let pair = loop {
            let limit = longest_user(server.product()) - SUFFIX.len();
            let user = random.name(limit, '名');
            let other = match user.strip_suffix(SUFFIX) {
                Some(original) if !original.is_empty() => original.to_owned(),
                _ => format!("{user}{SUFFIX}"),
            };
            let pair = [user, other];
            if pair.iter().all(|name| usable(name)) {
                break pair;
            }
        };
        Self {
            users: users(server),
            place,
            weak: random.chance(40),
            seed,
            host: random.one_of(&HOSTS),
            random,
            pair,
            rights: Vec::new(),
            done: Vec::new(),
            count: Count::default(),
        }
    }

    pub(super) async fn run(&mut self, root: &mut Conn) {
        let ended = AssertUnwindSafe(self.all(root)).catch_unwind().await;
        let (seed, product) = (self.seed, self.users.server.product());
        assert!(
            ended.is_ok(),
            "seed {seed}, {product:?}:\n{}\n\n{}",
            self.place.statements.join(";\n"),
            self.done.join(";\n")
        );
    }

    async fn all(&mut self, root: &mut Conn) {
        let account = self.account(0);
        self.sql(
            root,
            format!("CREATE USER {account} IDENTIFIED BY 'First-password-1'"),
        )
        .await;
        if self.weak {
            for statement in [
                format!("CREATE USER {WEAK} IDENTIFIED BY '{PASSWORD}'"),
                format!("GRANT CREATE USER ON *.* TO {WEAK}"),
                format!("GRANT SELECT ON mysql.* TO {WEAK}"),
            ] {
                self.sql(root, statement).await;
            }
        }
        self.change(root, 0, 10).await;
        let users = users(self.users.server);
        let mut world = World::with(&users, &self.subject());
        self.count.cases += 1;
        let mut rotated = self.rotate(root, &mut world).await;
        if rotated {
            // What the user in use may do is changed, and now and then what the other may.
            self.change(root, 1, 8).await;
            if self.random.chance(30) {
                self.change(root, 0, 4).await;
            }
            rotated = self.rotate(root, &mut world).await;
        }
        self.count.rotated += usize::from(rotated);
        for account in [self.account(0), self.account(1), WEAK.to_owned()] {
            self.sql(root, format!("DROP USER IF EXISTS {account}"))
                .await;
        }
    }

    fn account(&self, at: usize) -> String {
        format!("{}@{}", quoted(&self.pair[at]), quoted(self.host))
    }

    fn subject(&self) -> Subject {
        let server = self.users.server;
        let secret = server.secret_json(&self.pair[0], "First-password-1");
        let admin = if self.weak { "weak" } else { "rotation" };
        let admin = server.secret_json(admin, PASSWORD);
        Subject {
            secret: secret.replacen('{', &format!("{{\"masterarn\": \"{ADMIN}\", "), 1),
            admin: Some((ADMIN.to_owned(), admin)),
        }
    }

    /// So many statements at most, and one at least.
    async fn change(&mut self, root: &mut Conn, at: usize, most: usize) {
        let product = self.users.server.product();
        for _ in 0..=self.random.below(most) {
            let random = &mut self.random;
            let statement = match random.below(4) {
                0 => setting(random, self.place, product),
                1 if !self.rights.is_empty() => {
                    let at = random.below(self.rights.len());
                    self.rights[at].taken(random)
                }
                _ => {
                    let right = right(random, self.place, product);
                    let given = right.given(random);
                    self.rights.push(right);
                    given
                }
            };
            if self.forgotten(&statement) {
                continue;
            }
            let account = self.account(at);
            self.sql(root, statement.replace("{user}", &account)).await;
        }
    }

    /// Whether it rotated; if not, nothing was changed.
    async fn rotate(&mut self, root: &mut Conn, world: &mut World<'_, Users<'_>>) -> bool {
        let before = self.both(root).await;
        let version = world.begin();
        self.done.push(ROTATED.into());
        let mut ended = world.steps(&version).await;
        while let Some(permits) = ended.as_ref().err().and_then(permits) {
            assert_eq!(before, self.both(root).await, "changed and refused");
            for permit in permits {
                let last = self.done.iter().rev();
                let mut since = last.take_while(|done| *done != ROTATED);
                assert!(since.all(|done| *done != permit), "not enough: {permit}");
                self.sql(root, permit).await;
            }
            ended = world.steps(&version).await;
        }
        let after = self.both(root).await;
        match ended {
            Ok(()) => {
                assert!(world.current_accepted().await, "AWSCURRENT is not accepted");
                let [first, second] = &after;
                assert!(!first.is_empty(), "no rows");
                let differ = |row: &&String| !(first.contains(row) && second.contains(row));
                let differ = Vec::from_iter(first.iter().chain(second).filter(differ));
                assert!(first == second, "not the same rights: {differ:#?}");
                true
            }
            Err(error) => {
                let text = error.to_string();
                let known = REFUSALS.iter().any(|words| text.contains(words));
                assert!(known, "{text}");
                assert_eq!(before, after, "changed and refused: {text}");
                false
            }
        }
    }

    async fn both(&self, root: &mut Conn) -> [Vec<String>; 2] {
        let product = self.users.server.product();
        let [first, second] = &self.pair;
        [
            rights::of(root, product, (first, self.host)).await,
            rights::of(root, product, (second, self.host)).await,
        ]
    }
}
