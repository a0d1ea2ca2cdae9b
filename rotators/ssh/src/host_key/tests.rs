use super::*;
use crate::samples::{key, text};

/// SHA-256 fingerprints as ssh-keygen printed them.
const ED25519: &str = "SHA256:8b9CrVY8kJ/Z6kbg6dwuov9tWesqlfYDuUxSIlXql3w";
const OTHER: &str = "SHA256:cxtwZ4rhXHLPLGevEGxZmsBkxx0Jeu+uzvjxp0IXJnU";
const RSA: &str = "SHA256:v/soPqDOvpoaj3U+SdabqH7rPFi70h4zkusAghqX9Ms";
/// `db.example` and `[db.example]:2222`, as ssh-keygen hashed them.
const HASHED: &str = "|1|ZLHdx6lqAfLQ5x5Be1AQTC8bC9Y=|HO76rWzZNm3dpGWhJ6KGBnLZxeE=";
const HASHED_2222: &str = "|1|TdYUchDSOPv/rmZBluLkiuQfKmU=|RQFk30uJ+HI6PvasdExFDzZFIps=";

fn read(known_hosts: &str, fingerprints: &[&str]) -> Result<HostKeys, String> {
    let fingerprints: Vec<String> = fingerprints.iter().map(ToString::to_string).collect();
    HostKeys::parse(known_hosts, &fingerprints)
}

fn line(names: &str, name: &str) -> String {
    format!("{names} {}\n", text(name))
}

#[test]
fn names_patterns_and_hashes() {
    for (names, host, port, known) in [
        ("db.example", "db.example", 22, true),
        ("DB.example", "db.EXAMPLE", 22, true),
        ("db.example", "db.example.org", 22, false),
        ("db.example", "b.example", 22, false),
        ("a,db.example,b", "db.example", 22, true),
        ("[db.example]:2222", "db.example", 2222, true),
        ("[db.example]:2222", "db.example", 22, false),
        ("[db.example]:2222", "db.example", 222, false),
        // As OpenSSH has it: the same key at another port is the same host.
        ("db.example", "db.example", 2222, true),
        ("2001:db8::1", "2001:db8::1", 22, true),
        ("[2001:db8::1]:2222", "2001:DB8::1", 2222, true),
        ("*", "db.example", 22, true),
        ("*.example", "db.example", 22, true),
        ("*.example", "example", 22, false),
        ("d?.example", "db.example", 22, true),
        ("d?.example", "d.example", 22, false),
        ("*b*ex*e", "db.example", 22, true),
        ("*b*ex*z", "db.example", 22, false),
        ("[*.example]:2222", "db.example", 2222, true),
        ("[*.example]:*", "db.example", 2222, true),
        ("*.example,!db.example", "db.example", 22, false),
        ("!db.example,*.example", "DB.example", 22, false),
        ("*.example,!db.example", "web.example", 22, true),
        ("!db.example", "web.example", 22, false),
        (HASHED, "db.example", 22, true),
        (HASHED, "DB.Example", 22, true),
        (HASHED, "db.example", 2222, true),
        (HASHED, "web.example", 22, false),
        (HASHED_2222, "db.example", 2222, true),
        (HASHED_2222, "db.example", 22, false),
    ] {
        let keys = read(&line(names, "ed25519"), &[]).expect(names);
        let checked = keys.check(host, port, &key("ed25519"));
        assert_eq!(
            checked.is_ok(),
            known,
            "{names} for {host}, port {port}: {checked:?}"
        );
    }
}

#[test]
fn another_key_is_refused_with_both_fingerprints() {
    let lines = line("db.example", "ed25519")
        + &line("db.example", "rsa")
        + &line("[db.example]:2222", "other");
    let keys = read(&lines, &[]).expect("good");
    for name in ["ed25519", "rsa"] {
        assert_eq!(keys.check("db.example", 22, &key(name)), Ok(()), "{name}");
    }
    let said = keys.check("db.example", 22, &key("other"));
    let words = format!(
        "host key mismatch for db.example: got {OTHER} (ssh-ed25519), expected {ED25519}, {RSA}"
    );
    assert_eq!(said, Err(words));
    // A line for the port comes before one for the name.
    let said = keys.check("db.example", 2222, &key("rsa"));
    let words =
        format!("host key mismatch for [db.example]:2222: got {RSA} (ssh-rsa), expected {OTHER}");
    assert_eq!(said, Err(words));
    let said = keys.check("web.example", 22, &key("ed25519"));
    let words = format!("no host key of web.example in known_hosts: got {ED25519} (ssh-ed25519)");
    assert_eq!(said, Err(words));
}

#[test]
fn fingerprints_are_of_any_host_and_join_the_lines() {
    let keys = read("", &[OTHER, &format!(" {ED25519}\n")]).expect("good");
    assert_eq!(keys.check("db.example", 22, &key("ed25519")), Ok(()));
    assert_eq!(keys.check("web.example", 2222, &key("other")), Ok(()));
    let said = keys.check("db.example", 22, &key("rsa"));
    let words = format!(
        "host key mismatch for db.example: got {RSA} (ssh-rsa), expected {OTHER}, {ED25519}"
    );
    assert_eq!(said, Err(words));

    let both = read(&line("db.example", "rsa"), &[OTHER]).expect("good");
    for name in ["rsa", "other"] {
        assert_eq!(both.check("db.example", 22, &key(name)), Ok(()), "{name}");
    }
    let said = both
        .check("db.example", 22, &key("ed25519"))
        .expect_err("neither");
    assert!(
        said.ends_with(&format!("expected {RSA}, {OTHER}")),
        "{said}"
    );
}

#[test]
fn a_revoked_key_is_refused_whatever_else_is_said_of_it() {
    let lines = line("*", "ed25519") + &line("@revoked old.example", "ed25519") + &line("*", "rsa");
    let keys = read(&lines, &[ED25519]).expect("good");
    let said = keys.check("db.example", 22, &key("ed25519"));
    let words =
        format!("host key of db.example is revoked in known_hosts: got {ED25519} (ssh-ed25519)");
    assert_eq!(said, Err(words));
    let said = keys
        .check("db.example", 22, &key("other"))
        .expect_err("unknown");
    assert!(said.contains(&format!("expected {RSA}")), "{said}");
    assert_eq!(keys.check("db.example", 22, &key("rsa")), Ok(()));
}

#[test]
fn what_cannot_be_read_is_named_and_never_quoted() {
    let good = line("db.example", "ed25519");
    for (lines, fingerprints, words) in [
        (
            "",
            &[][..],
            "host key required (known_hosts lines or SHA256 fingerprints): nothing is trusted on first use",
        ),
        ("# db.example:22 SSH-2.0\n\n", &[], "host key required"),
        (&line("@revoked *", "rsa"), &[], "host key required"),
        (
            &(good.clone() + "hunter2"),
            &[],
            "known_hosts, line 2: it must be names",
        ),
        (
            "db.example ssh-ed25519 hunter2",
            &[],
            "known_hosts, line 1: it must be names",
        ),
        (
            &good.replace("ssh-ed25519", "ssh-rsa"),
            &[],
            "known_hosts, line 1: it must be names",
        ),
        (
            &line("|1|hunter2", "rsa"),
            &[],
            "known_hosts, line 1: it must be names",
        ),
        (
            &format!("\n#\n@cert-authority {good}"),
            &[],
            "known_hosts, line 3: certificates are not supported",
        ),
        (
            &format!("@hunter2 {good}"),
            &[],
            "known_hosts, line 1: its marker is unknown",
        ),
        (
            &good,
            &["hunter2"],
            "fingerprints, number 1: it must be SHA256:",
        ),
        ("", &[ED25519, ""], "fingerprints, number 2"),
        (
            "",
            &["MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"],
            "fingerprints, number 1",
        ),
        ("", &[&ED25519[..49]], "fingerprints, number 1"),
        ("", &[&ED25519[7..]], "fingerprints, number 1"),
    ] {
        let said = read(lines, fingerprints).expect_err(words);
        assert!(
            said.starts_with(words) && !said.contains("hunter2"),
            "{said}"
        );
    }
}

#[test]
fn lines_are_read_as_openssh_writes_them() {
    let lines = format!(
        "\u{feff}# a\r\n \tdb.example\t{} comment # b\r\n",
        text("ed25519").replace(' ', " \t")
    );
    let keys = read(&lines, &[]).expect("good");
    assert_eq!(keys.check("db.example", 22, &key("ed25519")), Ok(()));
}

#[test]
fn a_host_is_asked_first_for_the_keys_that_are_known_of_it() {
    let names = |keys: &HostKeys, host| {
        let asked = keys.algorithms(host, 22);
        let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
        asked.join(" ")
    };
    let lines = line("a", "rsa") + &line("a", "ecdsa384") + &line("b", "ed25519");
    let keys = read(&lines, &[]).expect("good");
    let rest = "ssh-ed25519 ecdsa-sha2-nistp256 ecdsa-sha2-nistp521";
    let known = "ecdsa-sha2-nistp384 rsa-sha2-512 rsa-sha2-256";
    assert_eq!(names(&keys, "a"), format!("{known} {rest}"));
    assert!(names(&keys, "b").starts_with("ssh-ed25519 "));
    assert_eq!(keys.algorithms("c", 22).len(), 6);
}
