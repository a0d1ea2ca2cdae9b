//! Quoting, held against the server's own `quote_ident` and `quote_literal`.

use rotation_tests::postgres::{Postgres, Release};
use rotator_postgres::quoting::{identifier, literal, setting};
use tokio_postgres::{Client, SimpleQueryMessage};

/// Whatever means something to the server, and what is longer than a byte.
const ALPHABET: [&str; 16] = [
    "'", "\"", "\\", "%", "$", ";", "-", "a", "E", "_", " ", "\n", ".", ",", "é", "😀",
];

/// All texts of up to three characters of the alphabet, and some thousand longer ones.
fn texts() -> Vec<String> {
    let mut all = vec![String::new()];
    for _ in 0..3 {
        let longer = all
            .iter()
            .flat_map(|text| ALPHABET.map(|c| format!("{text}{c}")))
            .collect::<Vec<_>>();
        all.extend(longer);
    }
    all.sort();
    all.dedup();
    let mut seed = 7_u64;
    let mut random = |n: usize| {
        // Numerical Recipes' generator: the same texts in each run.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).expect("31 bits") % n
    };
    all.extend((0..3000).map(|_| {
        let length = 4 + random(9);
        (0..length)
            .map(|_| ALPHABET[random(ALPHABET.len())])
            .collect::<String>()
    }));
    all
}

#[tokio::test]
async fn is_the_servers_own() {
    let (client, _) = Postgres::shared().await.superuser().await;
    let texts = texts();
    let question = "SELECT quote_ident(t), quote_literal(t) FROM unnest($1::text[]) WITH ORDINALITY u(t, n) ORDER BY n";
    let rows = client.query(question, &[&texts]).await.expect("an answer");
    assert_eq!(rows.len(), texts.len());
    for (text, row) in texts.iter().zip(rows) {
        let (ident, quote): (String, String) = (row.get(0), row.get(1));
        let ident = if ident.starts_with('"') {
            ident
        } else {
            format!("\"{ident}\"")
        };
        assert_eq!(identifier(text), ident, "{text:?}");
        assert_eq!(literal(text).trim_start(), quote, "{text:?}");
    }
}

#[tokio::test]
async fn comes_back_whatever_strings_conform_to() {
    for release in [Release::V14, Release::V18] {
        if !release.installed() {
            continue;
        }
        let (client, _) = Postgres::of(release).await.superuser().await;
        for conforming in ["on", "off"] {
            let set = format!(
                "SET standard_conforming_strings = {conforming}; SET escape_string_warning = off"
            );
            client.batch_execute(&set).await.expect("settings");
            for texts in texts().chunks(1000) {
                let literals: Vec<String> = texts
                    .iter()
                    .map(|text| format!("({})", literal(text)))
                    .collect();
                let question = format!("VALUES {}", literals.join(", "));
                assert_eq!(column(&client, &question).await, texts, "{conforming}");
            }
        }
    }
}

#[tokio::test]
async fn of_names_comes_back() {
    let (client, _) = Postgres::shared().await.superuser().await;
    let names: Vec<String> = texts()
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    for names in names.chunks(500) {
        let columns: Vec<String> = names
            .iter()
            .map(|name| format!("1 AS {}", identifier(name)))
            .collect();
        let question = format!("SELECT {}", columns.join(", "));
        let answer = client.prepare(&question).await.expect("an answer");
        let back: Vec<&str> = answer
            .columns()
            .iter()
            .map(tokio_postgres::Column::name)
            .collect();
        assert_eq!(back, names);
    }
}

/// A list of names as the server keeps it, set again, is the same list.
#[tokio::test]
async fn of_lists_comes_back() {
    let server = Postgres::shared().await;
    let (user, _) = server.fresh_user("lists").await;
    let (client, _) = server.superuser().await;
    let kept = format!(
        "SELECT substr(c, 13) FROM pg_db_role_setting s, unnest(setconfig) c WHERE setrole = '{user}'::regrole"
    );
    let long = texts();
    for elements in long.iter().rev().take(600).collect::<Vec<_>>().chunks(3) {
        let list: Vec<String> = elements.iter().map(|element| literal(element)).collect();
        let first = set(&client, &user, &kept, &list.join(", ")).await;
        let again = set(&client, &user, &kept, &setting("search_path", &first)).await;
        assert_eq!(first, again, "{elements:?}");
    }
}

async fn set(client: &Client, user: &str, kept: &str, value: &str) -> String {
    let statement = format!("ALTER ROLE {user} SET search_path TO {value}");
    client.batch_execute(&statement).await.expect(&statement);
    column(client, kept).await.concat()
}

async fn column(client: &Client, question: &str) -> Vec<String> {
    let answer = client.simple_query(question).await.expect("an answer");
    let rows = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    });
    rows.collect()
}
