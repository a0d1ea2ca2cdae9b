//! Lines as ssh-keyscan and ssh-keygen -H write them.

use russh::keys::ssh_key::private::Ed25519Keypair;
use russh::keys::ssh_key::public::KeyData;

use super::*;
use crate::host::Address;

const KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFl7KGm/sVGFsnrcNjbHwPLKLZ7ZW7DciTksuUTY2yN+";
const PRINT: &str = "SHA256:F+pTRTCVaunaO9i77/qbxwcJVn/u0VhpuGyuHss8zyQ";
const RSA: &str = include_str!("../../fixtures/keys/openssh_rsa.pub");
const RSA_PRINT: &str = "SHA256:hcWfXMMmnaybIVA/mm63wkM1WgwwK4H7IsXPY9Nmi18";

fn host(text: &str) -> Host {
    Address::parse(text).expect(text).or(None)
}

fn known(text: &str) -> HostKeys {
    with(text, &[])
}

fn with(text: &str, prints: &[&str]) -> HostKeys {
    let prints = prints
        .iter()
        .map(|print| print.parse().expect("a fingerprint"));
    let lines = Known::lines(text).unwrap_or_else(|rule| panic!("{text}: {rule}"));
    HostKeys::new(lines, prints.collect()).expect("something is known")
}

fn key() -> PublicKey {
    PublicKey::from_openssh(KEY).expect("a key")
}

fn rsa() -> PublicKey {
    PublicKey::from_openssh(RSA.trim()).expect("a key")
}

#[test]
fn the_lines_of_a_host() {
    for (names, yes, no) in [
        ("db", "db", "db:2222"),
        ("DB.Example.com", "db.example.com", "db"),
        ("a,db,10.0.0.1", "10.0.0.1", "b"),
        ("[db]:2222", "db:2222", "db"),
        (
            "*.example.com,!x.example.com",
            "y.example.com",
            "x.example.com",
        ),
        (
            "!x.example.com,*.example.com",
            "y.example.com",
            "x.example.com",
        ),
        ("[10.0.0.?]:23", "10.0.0.1:23", "10.0.0.10:23"),
        ("2001:db8::1", "[2001:db8::1]", "[2001:db8::2]"),
        ("[2001:db8::1]:23", "[2001:db8::1]:23", "[2001:db8::1]"),
        (
            "|1|/R0Uw47GR0rkEAvF8RbI41xY19Q=|22XVqA3JcsOx2w4+nCvONEsWZdU=",
            "db.example.com",
            "db.example.com:2222",
        ),
        (
            "|1|d9HzhlzksmPbpNUeodSoeOADWUE=|zNFZSPmeZ5EnwaHxtN2yKxQQ3vY=",
            "db.example.com:2222",
            "db.example.com",
        ),
    ] {
        let keys = known(&format!("# comment\r\n\r\n{names}\t {KEY}  a comment\r\n"));
        assert_eq!(keys.check(&host(yes), &key()), Ok(()), "{names}");
        let said = keys.check(&host(no), &key());
        let no = host(no);
        let expected = format!("no host key of {no} in known_hosts: got {PRINT} (ssh-ed25519)");
        assert_eq!(said, Err(expected), "{names}");
    }
}

#[test]
fn a_mismatch_names_both() {
    let other = PublicKey::new(
        KeyData::Ed25519(Ed25519Keypair::from_seed(&[1; 32]).public),
        "",
    );
    let other_print = other.fingerprint(HashAlg::Sha256);
    let keys = known(&format!("db {KEY}\ndb {RSA}"));
    assert_eq!(
        (
            keys.check(&host("db"), &key()),
            keys.check(&host("db"), &rsa())
        ),
        (Ok(()), Ok(()))
    );
    let said = keys.check(&host("db"), &other).expect_err("another key");
    let expected = format!(
        "host key mismatch for db:22: got {other_print} (ssh-ed25519), expected {PRINT}, {RSA_PRINT}"
    );
    assert_eq!(said, expected);
    let said = known(&format!("db {KEY}")).check(&host("db"), &rsa());
    let expected =
        format!("host key mismatch for db:22: got {RSA_PRINT} (ssh-rsa), expected {PRINT}");
    assert_eq!(said, Err(expected));
}

#[test]
fn a_fingerprint_is_for_every_host() {
    let keys = with("", &[PRINT]);
    assert_eq!(keys.check(&host("db"), &key()), Ok(()));
    assert_eq!(keys.check(&host("db2:2222"), &key()), Ok(()));
    let said = keys.check(&host("db"), &rsa());
    let expected =
        format!("host key mismatch for db:22: got {RSA_PRINT} (ssh-rsa), expected {PRINT}");
    assert_eq!(said, Err(expected));
}

#[test]
fn a_revoked_key_is_refused_whatever_else_is_known() {
    let lines = format!("db {KEY}\n@revoked * {KEY}\n");
    let said = with(&lines, &[PRINT]).check(&host("db"), &key());
    let expected =
        format!("host key of db:22 is revoked in known_hosts: got {PRINT} (ssh-ed25519)");
    assert_eq!(said, Err(expected));
    let lines = format!("db {KEY}\n@revoked other {KEY}\n");
    assert_eq!(known(&lines).check(&host("db"), &key()), Ok(()));
    let alone = Known::lines(&format!("@revoked * {KEY}")).expect("a line");
    assert!(HostKeys::new(alone, Vec::new()).is_none());
}

#[test]
fn lines_that_are_not_understood_are_named_by_number() {
    for (line, words) in [
        (
            format!("@cert-authority *.example.com {KEY}"),
            "certificates are not supported: line 2",
        ),
        (
            format!("@unknown db {KEY}"),
            "as ssh-keyscan prints them: line 2",
        ),
        (KEY.to_owned(), "line 2"),
        ("db 1024 35 123456789".to_owned(), "line 2"),
        ("db ssh-ed25519 hunter2".to_owned(), "line 2"),
        (format!("|1|AAAA {KEY}"), "line 2"),
    ] {
        let rule = Known::lines(&format!("# one\n{line}\n")).expect_err(&line);
        assert!(
            rule.starts_with("must have ") && rule.ends_with(words),
            "{rule}"
        );
        assert!(!rule.contains("hunter2"));
    }
}

#[test]
fn a_host_is_asked_for_what_is_known_of_it() {
    let first = |keys: &HostKeys, refused: &[Algorithm]| {
        let asked = keys.algorithms(&host("db"), refused);
        let names = asked.iter().map(Algorithm::to_string);
        names.collect::<Vec<_>>().join(" ")
    };
    let all = "ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521 rsa-sha2-512 rsa-sha2-256";
    let rsa_first = "rsa-sha2-512 rsa-sha2-256 ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521";
    let lines = known(&format!("db {RSA}\nother {KEY}\n@revoked db {KEY}"));
    assert_eq!(first(&lines, &[]), rsa_first);
    assert_eq!(first(&lines, &[Algorithm::Ed25519]), "");
    let prints = with("", &[PRINT]);
    assert_eq!(first(&prints, &[]), all);
    let refused = [Algorithm::Ed25519, Algorithm::Rsa { hash: None }];
    let left = "ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521";
    assert_eq!(first(&prints, &refused), left);
    assert_eq!(first(&with(&format!("db {RSA}"), &[PRINT]), &[]), rsa_first);
}

/// A sample of what `scripts/fuzz` looks for.
#[test]
fn every_form_is_read() {
    for names in [
        "db.example",
        "[db.example]:2222,10.*",
        "*,!10.*",
        "d?",
        "a,",
    ] {
        for mark in ["", "@revoked ", "@cert-authority "] {
            let text = format!("{mark}{names} {KEY}\n# {names}\n\t{names}  {KEY} comment\r\n");
            properties::are_read(&text);
            properties::are_read(&text.replacen("ssh-", "", 1));
        }
    }
}
